"""A failed check opens the learner's call and a right one at the step that makes the first wrong cell."""

import re
from dataclasses import asdict

import numpy as np
import pytest

from cs231n_lib.check import check, hint, memory
from cs231n_lib.step import Beside, Steps


@pytest.fixture(autouse=True)
def first_time():
    memory.forget()


def last(name, fn):
    """Return the report once the hints have grown to the last: a right version beside the learner's call."""
    check(name, fn)
    return [hint(name) for _ in range(3)][-1]


def affine_backward_short(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    db = np.zeros(b.shape)
    for n in range(len(dout) - 1):
        db += dout[n]
    return dx, dw, db


def shown(steps):
    """Return the frame a stepper opens at."""
    return steps.frames[steps._start]


def test_the_first_failure_shows_no_right_version():
    report = check("affine_backward", affine_backward_short)
    assert isinstance(report.step, Steps) and shown(report.step).say.startswith("line 7 (n = 0): db becomes")
    assert report._repr_html_().count("<script>") == 1
    assert isinstance(check("affine_backward", affine_backward_short).step, Steps)
    assert isinstance(last("affine_backward", affine_backward_short).step, Beside)


def test_the_text_says_the_line_as_numbered_in_the_file():
    report = check("affine_backward", affine_backward_short, mend=False)
    line = affine_backward_short.__code__.co_firstlineno + 6
    assert f"The wrong number is made in line {line}: `db += dout[n]`. The slip may be earlier." in report.lines


def test_the_steps_open_where_the_first_wrong_cell_is_made():
    report = last("affine_backward", affine_backward_short)
    mine, ours = report.step.left, report.step.right
    number = mine.find("db", (0,))
    assert report.pointer.startswith(f"Step {number} of your call makes the first wrong number.")
    assert shown(mine).say.startswith("line 7 (n = 0): db becomes")
    assert shown(ours).say.startswith("line 6: db becomes")
    assert repr(report).splitlines()[-1].strip() == report.pointer


def test_the_first_wrong_value_counts_not_the_first_value():
    def swapped(x, y):
        loss = 0.0
        for i in range(len(x)):
            s = x[i] - x[i].max()
            loss += np.log(np.exp(s).sum()) - s[y[i]]
        e = np.exp(x - x.max(axis=1, keepdims=True))
        dx = e / e.sum(axis=1, keepdims=True)
        dx[np.arange(len(x)), y] += 1
        return loss / len(x), dx / len(x)

    report = last("softmax_loss", swapped)
    assert shown(report.step.left).kind == "return"
    assert report.step.left.frames[-1].returned[1] in shown(report.step.left).wrote


def test_the_report_folds_the_steps_in_and_is_the_same_each_time():
    last("affine_backward", affine_backward_short)
    pages = [check("affine_backward", affine_backward_short)._repr_html_().partition("Open this") for _ in range(2)]
    assert pages[0][2] == pages[1][2] != ""
    assert "<details" in pages[0][0]
    assert pages[0][2].count("<script>") == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Open this to see it made: step 6 of your call.", "Open this to see step 6 of your call beside"]),
        ("zh", ["点开这里，看它是怎么算出来的：你的调用的第 6 步", "点开这里，对照查看你的调用的第 6 步"]),
    ],
)
def test_a_notebook_says_what_to_open_and_names_no_attribute(language, said):
    for words, ask in zip(said, (check, last), strict=True):
        ask("affine_backward", affine_backward_short)
        report = check("affine_backward", affine_backward_short, language=language)
        summary = report._repr_html_().partition("<summary>")[2].partition("</summary>")[0]
        assert summary.startswith(words)
        assert "report" not in summary and ".step" not in summary


def test_a_terminal_is_told_what_prints_the_steps():
    for printed, ask in ((["report.step"], check), (["report.step.left", "report.step.right"], last)):
        report = ask("affine_backward", affine_backward_short)
        step = re.search(r"Step (\d+)", report.pointer)
        assert step is not None
        number = int(step[1])
        assert [code for code in report.pointer.split("`") if "print" in code] == [f"print({one})" for one in printed]
        assert f"\n{number:3}  line 7 (n = 0): db becomes" in str(eval(printed[0], {"report": report}))


def test_a_long_page_is_left_to_the_attribute(monkeypatch):
    monkeypatch.setattr("cs231n_lib.check.report.FOLDED", 1000)
    report = check("affine_backward", affine_backward_short)
    assert report.step is not None
    assert "<script>" not in report._repr_html_()
    assert "of your call makes the first wrong number" in report._repr_html_()


def test_an_argument_handed_back_as_it_came_is_shown_at_the_return():
    def handed_back(dout, cache):
        return dout

    def handed_back_in_part(dout, cache):
        return (dout if cache.ndim > 2 else np.zeros_like(dout)) if dout.size else dout * cache

    report = check("relu_backward", handed_back_in_part)
    assert report.status == "failed"
    assert shown(report.step).kind == "return"
    assert check("relu_backward", handed_back).headline.startswith("`dout` comes back just as it was handed in")


def test_a_report_that_travels_leaves_the_steps_behind():
    assert {"step", "pointer"}.isdisjoint(asdict(check("affine_backward", affine_backward_short)))


@pytest.mark.parametrize(
    "mine",
    [
        lambda x, w, b: (np.zeros((1, 1)), None),  # a wrong shape: no one cell to point at
        lambda x, w, b: None,
        eval("lambda x, w, b: (x.reshape(len(x), -1) @ w - b, None)"),  # no source to step through
        np.add,
    ],
)
def test_where_there_is_nothing_to_show_the_report_stands_alone(mine):
    report = check("affine_forward", mine)
    assert report.status != "passed"
    assert report.step is None
    assert "makes it" not in repr(report) and "Open this" not in report._repr_html_()


def test_methods_and_rules_called_several_times_are_shown_at_the_call_that_differs():
    def sgd_momentum(w, dw, config=None):
        config = {} if config is None else config
        config.setdefault("learning_rate", 1e-2)
        config.setdefault("momentum", 0.9)
        v = config["momentum"] * np.zeros_like(w) - config["learning_rate"] * dw
        config["velocity"] = v
        next_w = w + v
        return next_w, config

    report = last("sgd_momentum", sgd_momentum)
    assert report.status == "failed"
    ends = report.step.left.frames[-1].values["next_w"], report.step.right.frames[-1].values["next_w"]
    assert not np.allclose(*ends)
