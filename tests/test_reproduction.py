"""The proof of reproduction counts what differs, goes on where it stopped, and does not count what is stale."""

import json
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from tests import reproduction
from tests.reproduction import Condition, Piece, code_digest, main, measure, pieces_of, python_with
from tests.test_strict import DRAWING, Plant, notebook, prints, shows

LESSONS = {
    "01": [Plant(DRAWING, []), Plant("print('loss 0.500')", prints("loss 0.501\n")), Plant("show()", shows(up=1))],
    "02": [
        Plant(DRAWING, []),
        Plant("print('loss 0.500, then 0.400')", prints("loss 0.502, then 0.402\n")),  # the first is named
        Plant("show()", shows(height=340)),
        Plant("show()", shows()),
        Plant("1 / 0", []),
    ],
}
REPORT = """<testsuites><testsuite><testcase name="stored form"/><testcase name="Cell 0"><properties>
<property name="pictures" value="3"/><property name="pictures near" value="2"/>
<property name="pictures equal" value="1"/>
<property name="difference" value="picture 2: size&#10; 9 x 9"/></properties><failure>long</failure></testcase>
<testcase name="Cell 1"/></testsuite></testsuites>"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Put two planted lessons, two conditions and an empty store in the places of the real ones."""
    lessons = {}
    for digits, plants in LESSONS.items():
        lessons[digits] = tmp_path / f"{digits}_planted.ipynb"
        nbformat.write(notebook(plants), lessons[digits])
    monkeypatch.setattr(reproduction, "LESSONS", lessons)
    plain, drawn = Condition(lessons=tuple(lessons)), Condition({"PYTHONHASHSEED": "drawn"}, None, ("02",), 3)
    monkeypatch.setattr(reproduction, "CONDITIONS", {"plain": plain, "hash seeds": drawn})
    monkeypatch.setattr(reproduction, "STORE", tmp_path / "build" / "found.jsonl")
    return lessons


@pytest.fixture
def runs(course, monkeypatch):
    """List the runs of the suite, which are replaced by a report."""
    seen = []

    def run_suite(_python, lesson, report, variables):
        seen.append((lesson.stem[:2], variables["PYTHONHASHSEED"]))
        report.write_text(REPORT)
        return SimpleNamespace(returncode=1)

    monkeypatch.setattr(reproduction, "run_suite", run_suite)
    return seen


def test_equal_lesson_is_counted(course):
    found = measure(Piece("plain", course["01"], 0))
    assert found["differ"] == {}
    assert (found["cells"], found["cells same"]) == (3, 3)
    assert (found["pictures"], found["pictures near"], found["pictures equal"]) == (1, 1, 0)


def test_cells_that_differ_are_counted_and_named(course, capsys):
    assert main(["--conditions", "plain", "--lessons", "02"]) == 1
    rows, *differ = capsys.readouterr().out.splitlines()[2:]
    assert rows == "| plain | 2 / 5 | 1 / 2 | 1 | 1 / 1 |"
    starts = [
        "In [2]: stdout: stored 0.502, computed 0.500",
        "In [3]: picture 1: blurred difference",
        "In [5]: ZeroDivisionError: division by zero",
    ]
    for line, start in zip(differ, starts, strict=True):
        assert line.startswith(f"plain (hash seed 0): 02_planted, {start}")


def test_one_call_does_one_run_and_the_next_goes_on(runs, capsys):
    for expected in ("01", "02", "02", "02", "02"):
        main([])
        assert runs.pop()[0] == expected
    main([])
    main(["--minutes", "1"])
    assert runs == []
    rows = capsys.readouterr().out.splitlines()
    assert rows[2] == "| plain | 1 / 2 | 2 / 3 | 1 | 1 / 2 |"  # of the first call
    assert "| plain | 2 / 4 | 4 / 6 | 2 | 2 / 2 |" in rows
    assert "| hash seeds | 2 / 4 | 4 / 6 | 2 | 0 / 1 |" in rows  # a lesson is done when all its runs are
    assert rows[-1].endswith(": 02_planted, In [1]: picture 2: size 9 x 9")


def test_minutes_allow_many_runs_each_with_its_seed(runs):
    main(["--minutes", "1"])
    assert [lesson for lesson, _ in runs] == ["01", "02", "02", "02", "02"]
    assert [seed for _, seed in runs[:2]] == ["0", "0"]
    assert len({int(seed) for _, seed in runs[2:]} - {0}) == 3


def test_table_alone_runs_nothing(runs, capsys):
    assert main(["--table"]) == 0
    assert runs == []
    assert "| plain | 0 / 0 | 0 / 0 | 0 | 0 / 2 |" in capsys.readouterr().out


@pytest.mark.parametrize("stale", ["lesson", "package"])
def test_what_was_edited_does_not_count_and_runs_again(stale, course, runs, monkeypatch, capsys):
    main(["--minutes", "1", "--conditions", "plain"])
    if stale == "lesson":
        nbformat.write(notebook(LESSONS["01"]), course["02"])
    else:
        monkeypatch.setattr(reproduction, "code_digest", lambda: b"another")
    capsys.readouterr()
    main(["--table", "--conditions", "plain"])
    left = {"lesson": "1 / 2", "package": "0 / 2"}[stale]
    assert capsys.readouterr().out.splitlines()[2].endswith(f"| {left} |")
    main(["--minutes", "1", "--conditions", "plain"])
    assert [lesson for lesson, _ in runs[2:]] == {"lesson": ["02"], "package": ["01", "02"]}[stale]


def test_digest_of_code_sees_each_edit_and_no_bytecode(tmp_path, monkeypatch):
    monkeypatch.setattr(reproduction, "ROOT", tmp_path)
    package = tmp_path / "cs231n_lib"
    (package / "__pycache__").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("numpy==2.4.6")
    (package / "a.py").write_text("1")
    first = code_digest()
    (package / "__pycache__" / "a.pyc").write_text("1")
    assert code_digest() == first
    (package / "a.py").write_text("2")
    second = code_digest()
    (tmp_path / "requirements.txt").write_text("numpy==2.4.5")
    assert len({first, second, code_digest()}) == 3


def test_lesson_edited_while_it_runs_is_not_kept(course, runs, monkeypatch, capsys):
    replaced = reproduction.run_suite

    def run_and_edit(python, lesson, report, variables):
        course["01"].write_bytes(course["02"].read_bytes())
        return replaced(python, lesson, report, variables)

    monkeypatch.setattr(reproduction, "run_suite", run_and_edit)
    for _ in range(3):
        main(["--conditions", "plain", "--lessons", "01"])
    assert len(runs) == 2  # the second time it already was what it became
    assert capsys.readouterr().err.count("this run is void") == 1


def test_fresh_forgets_only_what_is_chosen(runs):
    main(["--minutes", "1"])
    runs.clear()
    main(["--fresh", "--conditions", "hash seeds"])
    main(["--minutes", "1"])
    assert [lesson for lesson, _ in runs] == ["02", "02", "02"]


def test_line_cut_short_is_no_result_and_harms_no_other(runs):
    main(["--lessons", "01"])
    whole = reproduction.STORE.read_text()
    reproduction.STORE.write_text(whole[:-20])
    main(["--lessons", "01"])
    main(["--lessons", "01"])
    assert len(runs) == 2
    assert json.loads(reproduction.STORE.read_text().splitlines()[-1])["cells"] == 2


@pytest.mark.parametrize("arguments", [["--conditions", "two cores"], ["--lessons", "17"]])
def test_unknown_names_are_refused_with_the_known_ones(arguments, runs, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    known = {"--conditions": "'plain', 'hash seeds'", "--lessons": "'01', '02'"}[arguments[0]]
    message = capsys.readouterr().err
    assert f"invalid choice: '{arguments[1]}'" in message
    assert known in message
    assert runs == []


def test_suite_that_does_not_run_stops_the_command(course):
    course["01"].write_text("no notebook")
    with pytest.raises(SystemExit, match=r"01_planted\.ipynb did not run:\n(.|\n)*nbformat"):
        measure(Piece("plain", course["01"], 0))
    assert not reproduction.STORE.exists()


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """List what would be run to make an environment."""
    seen = []

    def run(command, check):
        seen.append(command)
        (tmp_path / "numpy-1.0" / "lib" / "site-packages").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(reproduction, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(reproduction.subprocess, "run", run)
    return seen


def test_environment_is_made_once(commands, tmp_path):
    python = python_with(("numpy", "1.0"))
    assert [command[-1] for command in commands] == [str(tmp_path / "numpy-1.0"), "numpy==1.0", "check"]
    assert python.startswith(str(tmp_path / "numpy-1.0"))
    assert list(tmp_path.glob("numpy-1.0/lib/site-packages/*.pth"))
    assert python_with(("numpy", "1.0")) == python
    assert len(commands) == 3


def test_environment_that_was_not_finished_is_made_again(commands, monkeypatch):
    fails = SimpleNamespace(get_path=lambda name: (_ for _ in ()).throw(KeyboardInterrupt))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(reproduction, "sysconfig", fails)
        python_with(("numpy", "1.0"))
    python_with(("numpy", "1.0"))
    assert [command[-1] for command in commands].count("numpy==1.0") == 2


def test_environment_that_cannot_be_made_stops_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(reproduction, "ENVIRONMENTS", tmp_path)

    def run(command, check):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(reproduction.subprocess, "run", run)
    with pytest.raises(SystemExit, match=r"no environment with numpy==1\.0"):
        python_with(("numpy", "1.0"))


def test_installed_version_needs_no_environment(commands):
    assert python_with(None) == sys.executable
    assert python_with(("nbval", "0.11.0")) == sys.executable
    assert commands == []


def test_every_condition_but_repetition_covers_every_lesson():
    lessons = set(reproduction.LESSONS)
    for name in reproduction.CONDITIONS:
        covered = {piece.lesson.stem[:2] for piece in pieces_of([name], lessons)}
        assert len(covered) == (5 if name == "in a row" else len(lessons))
