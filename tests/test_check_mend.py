"""Mending tells a wrong function's line and slip, touches no right one, is no luck, and does no harm."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.check import check, hint, memory, mend, operators, registry, search
from cs231n_lib.check.__main__ import main
from cs231n_lib.check.apart import FORKS, apart
from cs231n_lib.check.blank import state
from cs231n_lib.check.harmless import harmless
from cs231n_lib.check.judge import Judge
from cs231n_lib.check.played import Played
from cs231n_lib.check.source import read
from cs231n_lib.check.variants import book, redrawn
from tests.learners import learners

INVENTED = learners("invented")
UNTOLD = {  # two slips in one value, or a search that is not come to its end
    "wrong_attention_scale_and_axis",
    "wrong_conv_backward_window_of_output",
    "wrong_svm_naive_minus_row_j",
}


@pytest.fixture(autouse=True)
def _forget_hints():
    memory.forget()


def played(name, fn) -> Played:
    exercise = registry.exercise(name)
    judge = Judge(exercise, fn, "en", 10, {})
    subject, known = judge.subject(), book(name)
    assert subject is not None
    begun = state(name, fn, exercise.given, exercise.returns)
    return Played(exercise, known, subject, judge.outcomes(known, subject), begun, "en")


def mended(name, fn) -> mend.Mended | None:
    return mend.mend(played(name, fn))


@pytest.mark.parametrize(
    "learner",
    [pytest.param(one, id=one.path.stem, marks=[] if i % 2 else pytest.mark.full) for i, one in enumerate(INVENTED)],
)
def test_the_line_of_a_wrong_function_is_found_without_the_catalogue(learner):
    found = mended(learner.exercise, learner.load())
    lines = [int(n) for n in learner.about["line"].split(",")]
    told = found is not None and all(any(abs(line - n) <= 1 for line in found.lines) for n in lines)
    assert told == (learner.path.stem not in UNTOLD), found


# --- what is said -----------------------------------------------------------------------------------------------------


def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    keep = config["decay_rate"]
    config["cache"] = keep * config["cache"] + keep * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config


BY = "One change makes it right in every case"
LINE = rmsprop.__code__.co_firstlineno + 7


def told(report) -> list[str]:
    return [line for line in report.lines if "hange" in line or "whole line" in line]


def test_a_hint_tells_the_line_first_then_the_place_then_the_change():
    first, second, third = check("rmsprop", rmsprop), hint("rmsprop"), hint("rmsprop")
    assert told(first) == [f"A change in line {LINE} makes it right in every case: x is mistaken for 1 - x."]
    assert told(second) == [f"{BY}, in line {LINE} at `keep`: x is mistaken for 1 - x."]
    assert told(third) == [
        f"{BY}: in line {LINE} `1 - keep` in place of `keep` (x is mistaken for 1 - x).",
        "The whole line is then `config['cache'] = keep * config['cache'] + (1 - keep) * dw ** 2`.",
    ]


def test_it_is_said_in_chinese_as_well():
    report = check("rmsprop", rmsprop, language="zh")
    assert any(f"第 {LINE} 行" in line and "1 - x" in line for line in report.lines)


def test_it_may_be_left_out():
    assert told(check("rmsprop", rmsprop, mend=False)) == []
    assert told(check("rmsprop", rmsprop, hints=0)) == []


def test_two_runs_say_the_same():
    first = repr(check("rmsprop", rmsprop))
    memory.forget()
    assert repr(check("rmsprop", rmsprop)) == first


def test_a_folder_tells_it_too_unless_told_not_to(tmp_path, capsys):
    package = tmp_path / "cs231n"
    package.mkdir()
    wrong = next(one for one in learners("foreign") if one.path.stem == "wrong_rnn_step_backward_square_place")
    (package / "rnn_layers.py").write_text(wrong.path.read_text("utf-8"), encoding="utf-8")
    main([str(tmp_path), "--language", "en"])
    assert "A change in line 12 makes it right in every case: brackets." in capsys.readouterr().out
    main([str(tmp_path), "--language", "en", "--no-mend"])
    assert "makes it right" not in capsys.readouterr().out


def only_a_name(dout, cache):
    x, w, _ = cache
    rows = x.reshape(len(x), -1)
    return dout.dot(w.T).reshape(x.shape), rows.T.dot(dout), dout.mean(axis=0)


def test_where_the_catalogue_names_the_mistake_nothing_is_mended(monkeypatch):
    monkeypatch.setattr(mend, "mend", lambda *_: pytest.fail("a search"))
    report = check("affine_backward", only_a_name)
    assert [d.title for d in report.diagnosis] == ["db is a mean instead of a sum"]


# --- no harm ----------------------------------------------------------------------------------------------------------


def affine_backward(dout, cache):
    x, w, _ = cache
    rows = x.reshape(len(x), -1)
    return dout.dot(w.T).reshape(x.shape), rows.T.dot(dout), dout.sum(axis=0)


def test_a_right_function_is_never_searched(monkeypatch):
    monkeypatch.setattr(mend, "mend", lambda *_: pytest.fail("a search"))
    assert check("affine_backward", affine_backward).status == "passed"
    monkeypatch.undo()
    assert mended("affine_backward", affine_backward) is None


def one_batch_alone(dout, cache):
    x, w, _ = cache
    rows = x.reshape(len(x), -1)
    return dout.dot(w.T).reshape(x.shape), rows.T.dot(dout), dout.sum(axis=0) + 1


def test_a_mend_that_is_right_by_luck_on_the_cases_is_refused(monkeypatch):
    assert mended("affine_backward", one_batch_alone) is not None
    drawn = []

    def other(exercise, draw):
        fresh = redrawn(exercise, draw)
        drawn.append(draw)
        for outcome in fresh.truth:
            outcome.values["db"] = outcome.values["db"] + 0.5  # as if the fresh draws told otherwise
        return fresh

    monkeypatch.setattr(search, "redrawn", other)
    assert mend.searched(*searched("affine_backward", one_batch_alone))["parts"] == []
    assert drawn == [mend.DRAWS[0]]


def searched(name, fn):
    one = played(name, fn)
    source = read(one.subject.fn)
    assert source is not None
    return one, source, mend.BUDGET


def counts_down(x):
    total, left = 0.0, len(x)
    while left > 0:
        left -= 1
        total += x[left]
    return total


def softmax_in_a_loop(x):
    p = np.zeros_like(x)
    i = 0
    while i < len(x):
        e = np.exp(x[i] - x[i].max())
        p[i] = e / e.sum() * 3
        i += 1
    return p


def test_a_candidate_that_never_ends_is_stopped_by_its_rounds():
    start = time.process_time()
    one, source, budget = searched("softmax", softmax_in_a_loop)
    seek = search.Search(one, source, budget)
    seek.look()
    endless = [e for e in operators.edits(seek.shop.units[0].node, operators.Scope([])) if e.operator == "line"]
    with seek.shop.changed(endless[-1]) as subject:
        outcome = seek.outcome(subject, seek.first)
    assert outcome.failure is not None and outcome.failure.error == "Endless"
    found = mended("softmax", softmax_in_a_loop)
    assert found is not None and found.lines == [softmax_in_a_loop.__code__.co_firstlineno + 5]
    assert time.process_time() - start < 5


def writes(x):
    with open(os.environ["CS231N_TEST_FILE"], "a") as file:
        file.write("x")
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) * 3


def test_a_function_that_opens_a_file_is_not_searched(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_TEST_FILE", str(tmp_path / "file"))
    one = played("softmax", writes)
    before = (tmp_path / "file").read_text()
    assert not harmless(one.subject) and mend.mend(one) == mend.Mended([], "mend_out_of_reach")
    assert (tmp_path / "file").read_text() == before


def through_a_helper(x):
    return writes(x)


def with_an_import(x):
    import glob

    return np.exp(x) * len(glob.glob("*"))


def of_another_module(x):
    return np.exp(x) * len(str(Path.home()))


@pytest.mark.parametrize("fn", [through_a_helper, with_an_import, of_another_module, eval("lambda x: x")])
def test_no_search_beyond_what_only_computes(fn):
    judge = Judge(registry.exercise("softmax"), fn, "en", 10, {})
    subject = judge.subject()
    assert subject is not None and not harmless(subject)


@pytest.mark.skipif(not FORKS, reason="there is no fork here")
def test_what_ends_the_child_ends_no_more_than_the_search():
    assert apart(lambda: os._exit(3)) is None
    assert apart(lambda: 1 / 0) is None
    assert apart(lambda: np.ones(10**10).sum().item()) is None  # 80 GB
    assert apart(lambda: [1, {"a": "b"}]) == [1, {"a": "b"}]


# --- operators --------------------------------------------------------------------------------------------------------


def test_every_operator_has_a_title():
    more = {"swap", "line", "out", "in", "ends", "elsewhere", "absent", "other"}
    assert set(operators.EXPRESSIONS) | more == set(operators.TITLES)


@pytest.mark.parametrize("learner", INVENTED[:6], ids=lambda one: one.path.stem)
def test_an_edit_leaves_the_tree_as_it_was(learner):
    one, source, budget = searched(learner.exercise, learner.load())
    seek = search.Search(one, source, budget)
    [scope, *_] = seek.look()
    node = seek.shop.units[0].node
    before = operators.ast.unparse(node)
    for edit in [*operators.edits(node, scope), *seek.textbook()]:
        edit.apply()
        edit.undo()
    assert operators.ast.unparse(node) == before
