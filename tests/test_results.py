"""The table of results: every row runs, is computed once, and goes on where it was stopped."""

import importlib
import json
import os
import re
import signal
import subprocess
import sys

import pytest

from cs231n_lib import results
from cs231n_lib.data import write_cifar_batches
from cs231n_lib.results import ROWS, Job, Row


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "cifar-10-batches-py"
    write_cifar_batches(folder, 100)
    return folder


@pytest.fixture
def row(monkeypatch, batches):
    """A row "counted" that says how often it ran; each time it gives another accuracy."""
    calls: list[int] = []

    def run(job: Job) -> float:
        calls.append(len(job.data()["y_train"]))
        return len(calls) / 10

    monkeypatch.setitem(ROWS, "counted", Row("counted", run, "none", 0.15))
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(batches))
    return calls


def test_every_row_runs_and_the_table_has_them_all(batches, tmp_path, capsys):
    assert results.main(["--data", str(batches.parent), "--quick", "--out", str(tmp_path)]) == 0
    head, rule, *lines = capsys.readouterr().out.splitlines()
    assert head == "| method | setting | accuracy | of | expected | minutes |" and rule.count("---") == 6
    assert [line.split(" | ")[0] for line in lines] == [f"| {row.title}" for row in ROWS.values()]
    assert sorted(os.listdir(tmp_path)) == sorted(f"{name}.json" for name in ROWS)  # no checkpoint is left


def test_a_row_is_computed_once(row, tmp_path):
    first = results.compute(["counted"], tmp_path)["counted"]
    assert results.compute(["counted"], tmp_path)["counted"] == first
    assert row == [490] and first.accuracy == 0.1 and first.minutes >= 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[1, 2]",
        lambda text: text.replace("0.1", "NaN"),
        lambda text: text.replace("0.1", "1.7"),
        lambda text: text.replace("0.1", '"much"'),
        lambda text: re.sub(r'"minutes": [^,]+', '"minutes": NaN', text),
        lambda text: text.replace("minutes", "hours"),
        lambda text: text.replace("{", '{"more": 1, '),
    ],
)
def test_a_damaged_row_is_computed_again(row, tmp_path, damage):
    results.compute(["counted"], tmp_path)
    kept = tmp_path / "counted.json"
    kept.write_text(damage(kept.read_text()))
    assert results.compute(["counted"], tmp_path)["counted"].accuracy == 0.2
    assert json.loads(kept.read_text())["accuracy"] == 0.2


def test_other_data_or_settings_make_another_row(row, tmp_path, monkeypatch):
    def accuracy(quick=False):
        return results.compute(["counted"], tmp_path / "kept", quick)["counted"].accuracy

    assert accuracy() == 0.1
    assert accuracy(quick=True) == 0.2 and row == [490, 400]
    monkeypatch.setitem(ROWS, "counted", Row("counted", ROWS["counted"].run, "another", None))
    assert accuracy() == 0.3
    write_cifar_batches(tmp_path / "other", 50)
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(tmp_path / "other"))
    assert accuracy() == 0.4 and row[-1] == 245


def test_an_unknown_row_is_refused_before_anything_runs(batches, tmp_path, capsys):
    with pytest.raises(SystemExit):
        results.main(["--data", str(batches), "--rows", "svm", "deepest", "--out", str(tmp_path / "out")])
    assert "there is no row 'deepest'; use knn_small, knn_all, svm" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_cifar_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"No table: .*data_batch_1"):
        results.main(["--data", str(tmp_path), "--rows", "svm", "--out", str(tmp_path / "out")])


def test_a_row_below_its_bar_is_told(row, batches, tmp_path, capsys):
    arguments = ["--data", str(batches), "--rows", "counted", "--out", str(tmp_path)]
    assert results.main(arguments) == 1
    assert "counted is below what is expected" in capsys.readouterr().err
    assert results.main([*arguments, "--quick"]) == 0


def test_minutes_of_a_stopped_row_are_added(row, tmp_path, monkeypatch):
    def run(job: Job) -> float:
        if job.before == 0:
            job.started -= 600
            raise KeyboardInterrupt
        return 0.5

    monkeypatch.setitem(ROWS, "counted", Row("counted", run, "none", None))
    with pytest.raises(KeyboardInterrupt):
        results.compute(["counted"], tmp_path)
    assert not (tmp_path / "counted.json").exists()
    monkeypatch.setitem(ROWS, "other", Row("other", lambda job: 0.5, "none", None))
    assert results.compute(["other"], tmp_path)["other"].minutes < 0.5  # the same setting, but its own time
    assert 10 <= results.compute(["counted"], tmp_path)["counted"].minutes < 10.5
    assert sorted(os.listdir(tmp_path)) == ["counted.json", "other.json"]


# The process kills itself where it has just written down its time for the second time: after an epoch's checkpoint.
KILLED = """
import os, signal, sys
from cs231n_lib import results
note_time, calls = results.Job.note_time, []
def and_die(self):
    note_time(self)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
results.Job.note_time = and_die
results.main(sys.argv[1:])
"""


@pytest.mark.parametrize("damaged", [False, True])
@pytest.mark.parametrize(
    ("name", "trainer"), [("five_layers_norm", "solver.Solver"), ("best_net", "pytorch.training.Trainer")]
)
def test_a_row_that_was_killed_goes_on_to_the_same_result(tmp_path, monkeypatch, capsys, name, trainer, damaged):
    """Kill -9 after an epoch; a damaged checkpoint means to begin anew. Both end as if nothing had happened."""
    write_cifar_batches(tmp_path / "data", 20)
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(tmp_path / "data"))
    whole = results.compute([name], tmp_path / "whole")[name]
    out = tmp_path / "killed"
    arguments = ["--data", str(tmp_path / "data"), "--rows", name, "--out", str(out)]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True)
    assert done.returncode == -signal.SIGKILL and not (out / f"{name}.json").exists()
    newest = max(out.glob("*/*_epoch_*"), key=results._epoch)
    if damaged:
        newest.write_bytes(newest.read_bytes()[:1000])
    resumed = []
    resume = _attribute(trainer, "resume")
    monkeypatch.setattr(f"cs231n_lib.{trainer}.resume", lambda self, path: resumed.append(resume(self, path)))
    capsys.readouterr()
    assert results.compute([name], out)[name].accuracy == whole.accuracy
    assert len(resumed) == (not damaged)
    assert ("is of no use" in capsys.readouterr().err) is damaged


def _attribute(trainer, name):
    place, _, kind = trainer.rpartition(".")
    return getattr(getattr(importlib.import_module(f"cs231n_lib.{place}"), kind), name)
