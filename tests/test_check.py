"""The checker judges in one order, never raises, says the same thing each time, and stays out of the learner's way."""

import contextlib
import json
import re
import string
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.check import (
    add_file,
    check,
    compare,
    exercises,
    hint,
    judge,
    lines,
    memory,
    messages,
    registry,
    variants,
)
from cs231n_lib.check.model import Exercise, Mistake
from cs231n_lib.check.puzzles import FindMistake, LineOrder
from cs231n_lib.textbook import layers, norm

DISTANCES = "KNearestNeighbor.compute_distances_no_loops"


@pytest.fixture(autouse=True)
def _forget_hints():
    memory.forget()


# --- a blank -----------------------------------------------------------------------------------------------------


def ellipsis_body(dout, cache): ...


def nothing(dout, cache):
    return None


def unfilled(dout, cache):
    dx, dw, db = None, None, None
    return dx, dw, db


def not_implemented(dout, cache):
    raise NotImplementedError


def zeros(dout, cache):
    x, w, b = cache
    return np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)


def half_filled(dout, cache):
    x, w, b = cache  # noqa: RUF059
    ...  # noqa: PIE790
    return dx, dw, db  # noqa: F821


@pytest.mark.parametrize("fn", [ellipsis_body, nothing, unfilled, not_implemented, zeros, half_filled, None, ...])
def test_a_blank_is_told_kindly(fn):
    report = check("affine_backward", fn)
    assert report.status == "blank"
    assert repr(report) == ("affine_backward: not attempted yet. Fill in the function above and run this cell again.")


def test_a_forgotten_return_is_told():
    def mine(dout, cache):
        x, w, _ = cache
        dx = (dout @ w.T).reshape(x.shape)  # noqa: F841

    report = check("affine_backward", mine)
    assert report.status == "blank"
    assert (
        repr(report) == "affine_backward: it computes or prints something and returns nothing. Is the `return` missing?"
    )


def test_a_handout_with_its_first_lines_given_is_still_a_blank():
    def mine(dout, cache):
        x, w, _ = cache  # noqa: RUF059
        rows = x.reshape(len(x), -1)  # noqa: F841
        ...  # noqa: PIE790

    assert repr(check("affine_backward", mine)).endswith("run this cell again.")


def test_a_key_that_is_no_setting_is_told():
    report = check("best_setting", lambda results: max(val for _, val in results.values()))
    assert report.lines[0].startswith("It must return one of the settings, a key of results. It returned 0.55.")


def test_a_missing_division_is_named_whatever_the_coins():
    def mine(x, dropout_param):
        mask = np.random.default_rng(dropout_param.get("seed")).random(x.shape) < dropout_param["p"]
        return (x * mask if dropout_param["mode"] == "train" else x), (dropout_param, mask)

    assert [d.id for d in check("dropout_forward", mine).diagnosis] == ["09.a"]


def test_one_value_not_filled_in_is_named():
    def mine(dout, cache):
        return (*layers.affine_backward(dout, cache)[:2], None)

    report = check("affine_backward", mine)
    assert report.status == "half"
    assert report.headline == "half done. Right so far: `dx`, `dw`. Not begun: `db`."


def test_a_branch_that_returns_nothing_is_no_blank():
    def mine(x, gamma, beta, bn_param):
        if bn_param["mode"] == "train":
            return norm.batchnorm_forward(x, gamma, beta, bn_param)
        return None

    report = check("batchnorm_forward", mine)
    assert report.status == "half"
    assert report.headline.startswith("half done. ") and "Not begun: `out in test mode`" in report.headline


# --- errors ------------------------------------------------------------------------------------------------------


def test_an_error_is_reported_with_its_line_and_the_arguments():
    def mine(x, w, b):
        return x @ w + b[:, None, None], None

    report = check("affine_forward", mine)
    assert report.status == "error"
    assert "stopped with ValueError" in report.headline
    line = mine.__code__.co_firstlineno + 1
    assert f"In line {line}: `return x @ w + b[:, None, None], None`" in report.lines
    assert any("x (2, 2, 2) float64" in line for line in report.lines)  # the smallest call that stops


def test_an_error_says_what_a_dictionary_of_settings_held():
    def mine(dout, cache):
        return dout * cache[1]  # there is no mask in test mode

    given = check("dropout_backward", mine).lines[-1]
    assert "dropout_param={'mode': 'test', 'p': 0.3" in given


@pytest.mark.parametrize("factor", [1, 2])
def test_forgetting_test_mode_is_named_whatever_the_coins_and_the_seed(factor):
    def mine(x, dropout_param):
        p = dropout_param["p"]
        mask = (np.random.rand(*x.shape) < p) / p ** (factor - 1)  # the seed is not looked at
        return x * mask, (dropout_param, mask)

    assert "09.i" in [d.id for d in check("dropout_forward", mine).diagnosis]


def test_an_error_in_a_backward_says_what_the_cache_holds():
    def mine(dout, cache):
        x, w, b, rows = cache  # noqa: RUF059
        return dout @ w.T, rows.T @ dout, dout.sum(axis=0)

    told = "The cache it was given holds (x, w, b). With a forward of your own, hand it in"
    assert any(line.startswith(told) for line in check("affine_backward", mine).lines)


def leave(x):
    sys.exit(3)


def recurse(x):
    return recurse(x)


def strange(x):
    return {"a": object()}, 1


def strings(x):
    return np.array(["a"]), 1


def ragged(x):
    return [[1, 2], [3]], 1


NO_ARGUMENTS = eval("lambda: 1")


@pytest.mark.parametrize("fn", [leave, recurse, strange, strings, ragged, NO_ARGUMENTS, len, int])
def test_nothing_is_ever_raised(fn):
    assert check("relu_forward", fn).status in ("error", "failed")


def test_an_error_in_every_case_names_no_mistake():
    def mine(self, X):
        return np.ones(3) + np.ones(4)

    report = check(DISTANCES, mine)
    assert report.status == "error"
    assert report.diagnosis == []  # a forgotten keepdims stops in the same way, but not only it


def test_a_fault_of_the_checker_itself_is_told_and_not_raised(monkeypatch):
    monkeypatch.setattr(judge, "book", lambda name: {}[name])
    report = check("relu_forward", leave)
    assert report.status == "error"
    assert "the checker itself stumbled: KeyError" in report.headline


def test_an_interrupt_is_the_learners_own():
    def mine(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("relu_forward", mine)


@pytest.mark.parametrize("given", [3, "relu", np.zeros(3), [1, 2]])
def test_what_cannot_be_called_is_refused(given):
    report = check("relu_forward", given)
    assert report.status == "error"
    assert type(given).__name__ in report.headline


def test_a_class_without_the_method_is_told():
    class Mine:
        pass

    assert "has no method predict_labels" in check("KNearestNeighbor.predict_labels", Mine).headline


def test_an_unknown_name_brings_near_ones():
    report = check("afine_backward", zeros)
    assert report.status == "error"
    assert "affine_backward" in report.lines[0]
    assert check(None, zeros).status == check("", zeros).status == "error"


def test_an_endless_loop_is_stopped():
    def mine(x):
        while True:
            pass

    start = time.monotonic()
    report = check("relu_forward", mine, seconds=0.2)
    assert report.status == "error"
    assert "stopped after 0.2 seconds" in report.headline
    assert time.monotonic() - start < 5


def test_an_endless_loop_is_stopped_outside_the_main_thread():
    def mine(x):
        while True:
            with contextlib.suppress(Exception):
                x = x + 1

    found = []
    worker = threading.Thread(target=lambda: found.append(check("relu_forward", mine, seconds=0.2)), daemon=True)
    worker.start()
    worker.join(10)
    assert found and "stopped after" in found[0].headline


# --- the form of the answer ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (lambda dout, cache: layers.affine_backward(dout, cache)[:2], "must return 3 values: dx, dw, db"),
        (lambda dout, cache: dout, "It returned ndarray"),
        (lambda dout, cache: (*layers.affine_backward(dout, cache)[:2], "db"), "`db` is not an array of numbers"),
    ],
)
def test_arity_and_kind_are_told(fn, words):
    report = check("affine_backward", fn)
    assert report.status == "failed"
    assert words in repr(report)


def test_a_transposed_answer_is_guessed():
    def mine(dout, cache):
        dx, dw, db = layers.affine_backward(dout, cache)
        return dx, dw.T.copy(), db

    report = check("affine_backward", mine)
    assert report.lines[:2] == [
        "`dw` has shape (4, 3); it must be (3, 4).",
        "The sizes are right in the other order: transposed?",
    ]
    assert [d.id for d in report.diagnosis] == ["04.d3"]


def test_an_axis_too_many_is_guessed():
    report = check("softmax_row_losses", lambda s, y: -np.ones((len(s), 1)))
    assert "keepdims?" in repr(report)


def test_nan_is_told_with_its_case():
    def mine(s):
        return np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)

    report = check("softmax", mine)
    where = "for s = [[1e+04, 0, 5], [0, 3, -1e+04]]"
    assert report.lines[0] == f"`p` holds nan or inf where every number should be finite, {where}."
    assert [d.id for d in report.diagnosis] == ["03.p.shift"]


def test_nan_that_follows_from_an_earlier_value_is_not_told_first():
    def mine(x, gamma, beta, bn_param):
        out, cache = norm.batchnorm_forward(x, gamma, beta, bn_param)
        bn_param["running_var"] = -bn_param["running_var"]
        return out, cache

    first, *_ = check("batchnorm_forward", mine).lines
    assert "running_var" in first and "nan" not in first


def test_a_change_of_the_arguments_is_told():
    def mine(dout, cache):
        dout *= cache > 0
        return dout

    report = check("relu_backward", mine)
    assert report.status == "passed" and report.edge  # no official test looks at it
    assert "`dout` was changed in place" in report.lines[0]
    assert [d.id for d in report.diagnosis] == ["04.i"]


# --- right, whatever the road ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_any_float_type_is_right(dtype):
    def mine(x, w, b):
        return (x.reshape(len(x), -1) @ w + b).astype(dtype), None

    assert check("affine_forward", mine).status == "passed"


def test_an_answer_computed_in_float32_is_right():
    def mine(x, y):
        loss, dx = layers.softmax_loss(x.astype(np.float32), y)
        return np.float32(loss), dx

    assert check("softmax_loss", mine).status == "passed"


def test_an_error_of_a_thousandth_is_wrong():
    assert check("relu_forward", lambda x: (1.001 * np.maximum(x, 0), x)).status == "failed"


def test_lists_for_tuples_and_for_arrays_are_right():
    def mine(dout, cache):
        return [value.tolist() for value in layers.affine_backward(dout, cache)]

    assert check("affine_backward", mine).status == "passed"


def test_a_right_answer_that_loops_is_told():
    def mine(W, X, y, reg):
        from cs231n_lib.textbook import linear

        dW, loss = np.zeros_like(W), 0.0
        for i in range(len(X)):
            row_loss, row_dW = linear.svm_loss(W, X[i : i + 1], y[i : i + 1], 0)
            loss, dW = loss + row_loss / len(X), dW + row_dW / len(X)
        return loss + reg * np.sum(W * W), dW + 2 * reg * W

    report = check("svm_loss_vectorized", mine)
    assert report.status == "passed"
    assert "it loops in Python" in report.lines[1]
    assert "loops" not in repr(check("svm_loss_naive", mine))


def test_a_right_answer_that_gives_nan_beyond_the_exercise_is_told():
    def mine(self, X):
        squares = (X**2).sum(1)[:, None] + (self.X_train**2).sum(1) - 2 * X @ self.X_train.T
        return np.sqrt(squares)

    report = check(DISTANCES, mine)
    assert report.status == "passed"
    assert "identical pictures in float32" in report.lines[-1]


def test_a_method_may_come_with_its_class():
    class Mine:
        def __init__(self):
            pass

        def compute_distances_no_loops(self, X):
            return self.helper(X)

        def helper(self, X):
            return np.sqrt(((X[:, None] - self.X_train) ** 2).sum(axis=2))

    assert check(DISTANCES, Mine).status == "passed"
    assert check(DISTANCES, Mine.compute_distances_no_loops).status == "error"  # the library's class has no helper


def test_a_backward_may_come_with_its_own_forward():
    def forward(x, w, b):
        return x.reshape(len(x), -1) @ w + b, {"x": x, "w": w}

    def backward(dout, cache):
        x, w = cache["x"], cache["w"]
        return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)

    assert check("affine_backward", backward, forward=forward).status == "passed"
    assert check("affine_backward", backward).status == "error"


def test_a_backward_may_read_the_library_s_cache():
    from cs231n_lib.layers.normalization import batchnorm_backward

    assert check("batchnorm_backward", batchnorm_backward).status == "passed"


# --- wrong, in a way that is not in the catalogue --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dx: 2 * dx, "`dx` is 2 times the right answer."),
        (lambda dx: -dx, "`dx` is -1 times the right answer."),
        (lambda dx: dx / len(dx), "`dx` is the right answer divided by N."),
        (lambda dx: dx * len(dx), "`dx` is N times the right answer."),
    ],
)
def test_a_constant_factor_is_found(change, words):
    def mine(dout, cache):
        dx, dw, db = layers.affine_backward(dout, cache)
        return change(dx), dw, db

    report = check("affine_backward", mine)
    assert words in report.lines
    assert "Right already: `dw`, `db`." in report.lines


def test_a_term_too_many_is_found():
    def mine(self, X, y=None):
        result = layers.TwoLayerNet.loss(self, X, y)
        if y is not None:
            result[1]["b1"] += 3 * self.reg * self.params["b1"]
        return result

    report = check("TwoLayerNet.loss", mine)
    assert "`grads['b1']` differs from the right answer by exactly 3 * reg * b1." in report.lines


def test_cases_that_are_right_are_told_from_those_that_are_wrong():
    def mine(self, dists, k=1):
        from cs231n_lib.textbook.knn import KNearestNeighbor

        labels = KNearestNeighbor.predict_labels(self, dists, k)
        return labels if k < 6 else labels + 1

    report = check("KNearestNeighbor.predict_labels", mine)
    assert any(line.endswith("Wrong for “k = all”, “random votes”.") for line in report.lines)


def test_two_mistakes_at_once_are_named():
    def mine(W, X, y, reg):
        N = len(X)
        margins = np.maximum(0, X @ W - (X @ W)[np.arange(N), y][:, None] + 1)
        margins[np.arange(N), y] = 0
        d = (margins > 0).astype(float)
        d[np.arange(N), y] = -d.sum(axis=1)
        return margins.sum() / N + reg * np.sum(W * W), X.T @ d + reg * W

    assert {d.id for d in check("svm_loss_vectorized", mine).diagnosis} == {"02.a", "02.c"}


LOOP = """
def svm_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(X)):
        scores = X[i] @ W
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
"""
ENDS = ["loss /= len(X)", "dW /= len(X)", "loss += reg * np.sum(W * W)", "dW += 2 * reg * W", "return loss, dW"]


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ((), []),
        ((0,), ["02.loop.loss"]),
        ((1,), ["02.loop.dW"]),
        ((0, 1), ["02.loop.loss", "02.loop.dW"]),
        ((0, 2), ["02.loop.lossreg"]),
        ((1, 3), ["02.loop.dWreg"]),
        ((0, 1, 2, 3), ["02.loop.lossreg", "02.loop.dWreg"]),
        ((0, 1, 2, 3, 4), ["02.loop.return"]),
    ],
)
def test_a_line_that_slipped_into_the_loop_is_named(inside, named):
    lines = [8 * " " + ENDS[n] for n in inside] + [4 * " " + line for n, line in enumerate(ENDS) if n not in inside]
    made = {"np": np}
    exec(LOOP + "\n".join(lines), made)
    assert [d.id for d in check("svm_loss_naive", made["svm_loss_naive"]).diagnosis] == named


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("[:, np.newaxis]", "", ["02.column"]), ("X.T @ dS", "X @ dS", ["02.T"]), ("X.T @ dS", "np.dot(X, dS)", ["02.T"])],
)
def test_tables_that_do_not_fit_are_named_though_an_error_stops_them(old, new, named):
    text = """
def svm_loss_vectorized(W, X, y, reg):
    rows, S = np.arange(len(y)), X @ W
    M = np.maximum(S - S[rows, y][:, np.newaxis] + 1, 0)
    M[rows, y] = 0
    dS = (M > 0).astype(float)
    dS[rows, y] = -np.sum(dS, axis=1)
    return np.sum(M) / len(y) + reg * np.sum(W * W), X.T @ dS / len(y) + 2 * reg * W
"""
    made = {"np": np}
    exec(text.replace(old, new), made)
    report = check("svm_loss_vectorized", made["svm_loss_vectorized"])
    assert report.status == "error" and [d.id for d in report.diagnosis] == named


# --- what is said, and how --------------------------------------------------------------------------------------------


def no_root(self, X):
    return ((X[:, None] - self.X_train) ** 2).sum(axis=2)


def test_hints_grow_when_asked_for_and_not_by_running_a_cell_again():
    first = [repr(check(DISTANCES, no_root)) for _ in range(3)]
    line = no_root.__code__.co_firstlineno + 1
    assert first[0] == (
        f"{DISTANCES}: not right yet.\n"
        "  `dists[0, 0]` is 25; it should be 5, in the case “by hand”.\n"
        "  Looks like: the square root is missing.\n"
        "  Hint: Are these distances, or distances before one last step?\n"
        f"  In line {line}, `((X[:, None] - self.X_train) ** 2).sum(axis=2)` is right as far as it goes, but `dists` "
        "needs another value there: a step is missing, or another value belongs there.\n"
        "  Step 2 of your call makes the first wrong number. To look: `report = check(...)`, then `print(report.step)`."
    )
    assert len(set(first)) == 1
    more = [hint(DISTANCES) for _ in range(4)]
    assert [repr(report).count("\n") for report in more] == [6, 7, 7, 7]
    assert "The place: " in repr(more[0]) and "The idea: " in repr(more[1]) and "a right version" in repr(more[2])
    memory.forget()
    assert repr(check(DISTANCES, no_root)) == first[0]


def test_hints_grow_with_each_changed_attempt():
    def squares(self, X):
        return ((X[:, None] - self.X_train) ** 2).sum(2)

    def demonstration(self, X):
        return np.square(X[:, None] - self.X_train).sum(axis=2)

    check(DISTANCES, demonstration)  # a function of another name is another series
    first = check(DISTANCES, squares)

    def squares(self, X):
        gap = X[:, None] - self.X_train
        return (gap**2).sum(axis=-1)

    assert "The place: " not in repr(first) and "The place: " in repr(check(DISTANCES, squares))


@pytest.mark.parametrize(("most", "lines"), [("0", 0), ("1", 4), ("2", 5)])
def test_a_teacher_caps_the_hints(monkeypatch, most, lines):
    monkeypatch.setenv("CS231N_HINTS", most)
    check(DISTANCES, no_root)
    for _ in range(3):
        report = hint(DISTANCES)
    assert len(report.lines) == lines + 1 and report.lines[-1].startswith("No more is said here")
    assert bool(report.diagnosis) == (most != "0")
    assert len(check(DISTANCES, no_root, hints=1).lines) == 4


def test_a_hint_without_an_attempt_says_so():
    assert hint(DISTANCES).status == "blank"


def test_two_numbers_that_differ_look_different():
    assert compare.first_difference(np.array([1.0, 2.00012]), np.array([1.0, 2.0])) == ("[1]", "2.0001", "2")
    assert compare.first_difference(np.array(-1.9627), np.array(-1.963)) == ("", "-1.9627", "-1.963")


def test_a_cache_that_was_not_compared_is_not_called_right():
    told = "The cache was not compared: it may hold whatever your own backward reads."
    assert check("relu_forward", lambda x: (np.maximum(x, 0), None)).lines[-1] == told
    assert told not in check("relu_backward", layers.relu_backward).lines


def test_a_zero_is_shown_without_a_sign():
    def mine(x):
        out = np.maximum(x, 0)
        out[..., :-1] *= -0.0
        return out, x

    assert "is 0; it should be" in str(check("relu_forward", mine))


def test_prints_warnings_and_random_numbers_of_the_learner_stay_out_of_the_way(capsys):
    def mine(x):
        print("here I am")
        print("and here", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        np.random.rand(3)
        return np.maximum(x, 0) + 0 * np.log(-1.0 + 0 * x[..., :1]).sum() * 0, x

    before = np.random.get_state()[1].copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check("relu_forward", mine)
    assert capsys.readouterr() == ("", "")
    assert np.array_equal(np.random.get_state()[1], before)


def test_the_html_needs_no_style_sheet_and_escapes_what_the_learner_wrote():
    def mine(x):
        raise ValueError("<script>alert(1)</script> `a`")

    page = check("relu_forward", mine)._repr_html_()
    assert "<script" not in page and "<style" not in page
    assert "&lt;script&gt;" in page
    assert "relu_forward" in page


def test_a_report_in_chinese_holds_no_english_sentence():
    report = check(DISTANCES, no_root, language="zh")
    assert report.headline == "还不对。"
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in line) for line in report.lines)


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_stands_in_both_languages_with_the_same_fields():
    texts = [json.loads((Path(messages.__file__).parent / f"{one}.json").read_text("utf-8")) for one in ("en", "zh")]
    assert texts[0].keys() == texts[1].keys()
    assert all(fields(texts[0][key]) == fields(texts[1][key]) for key in texts[0])


def texts_of_the_course():
    """Give every text of an exercise, a mistake or a puzzle that a report may hold."""
    for item in registry.items().values():
        if isinstance(item, Exercise):
            yield from (item.proof, item.why, *(r.text for r in item.remarks), *(a.text for a in item.also))
            yield from (case.label for case in item.cases() if re.search(r"[a-zA-Z]{4}", case.label))
            for mistake in item.mistakes:
                yield from (mistake.title, mistake.hint)
        else:
            yield from (getattr(item, name) for name in ("title", "hint", "why") if hasattr(item, name))


def test_every_text_of_the_course_stands_in_both_languages():
    missing = [text for text in texts_of_the_course() if messages.translate("zh", text) == text]
    assert not missing, "zh_topics.json (of a mistake: its row) lacks\n" + "\n".join(missing)


def test_the_checker_says_picture_as_the_lessons_do():
    sentences = json.loads((Path(messages.__file__).parent / "en.json").read_text("utf-8")).values()
    assert [text for text in [*texts_of_the_course(), *sentences] if re.search(r"\bimages?\b", text, re.I)] == []


def test_a_translation_keeps_the_names_and_numbers_of_its_text():
    own = {"RNN", "10", "detach", "reshape", "logits", "ReLU", "LSTM", "softmax"}
    for text in texts_of_the_course():
        words = [set(re.findall(r"[A-Za-z_]\w+|\d+\.\d+|\d\d+", t)) for t in (messages.translate("zh", text), text)]
        assert words[0] <= words[1] | own, text


def test_every_sentence_is_said_somewhere():
    source = "".join(p.read_text("utf-8") for p in Path(judge.__file__).parent.rglob("*.py"))
    keys = json.loads((Path(messages.__file__).parent / "en.json").read_text("utf-8"))
    written = {key.removesuffix("_divided") for key in keys}
    assert [key for key in written if f'"{key}"' not in source] == []


# --- puzzles ------------------------------------------------------------------------------------------------------


ORDERS = [i for i in registry.items().values() if isinstance(i, LineOrder)]
SEARCHES = [i for i in registry.items().values() if isinstance(i, FindMistake)]


@pytest.mark.parametrize("puzzle", ORDERS, ids=lambda p: p.name)
def test_the_order_of_a_puzzle_is_right_and_others_are_not(puzzle):
    order = list(puzzle.order)
    assert check(puzzle.name, order).status == "passed"
    assert order != sorted(order)  # the lines are shown out of order
    assert check(puzzle.name, order[:-1]).status == "failed"
    assert check(puzzle.name, order[::-1]).status == "failed"
    assert check(puzzle.name, []).status == check(puzzle.name, ...).status == "blank"
    assert check(puzzle.name, [*order, 99]).status == check(puzzle.name, [*order, order[0]]).status == "failed"
    assert check(puzzle.name, 3).status == check(puzzle.name, ["a"]).status == "error"


def test_a_line_that_comes_too_early_is_named():
    report = check("knn_no_loops_lines", [1, 2, 3, 5, 6])
    assert report.lines == ["Line 1 uses `cross` before any line has made it."]


def test_a_wrong_line_in_a_puzzle_is_diagnosed():
    assert [d.id for d in check("knn_no_loops_lines", [5, 6, 2, 4, 3]).diagnosis] == ["01.c"]


@pytest.mark.parametrize("puzzle", SEARCHES, ids=lambda p: p.name)
def test_one_line_holds_the_mistake(puzzle):
    assert "\n".join(puzzle.right_lines).count(puzzle.old) == 1
    verdicts = [check(puzzle.name, n).status for n in range(1, len(lines(puzzle.name)) + 1)]
    assert verdicts.count("passed") == 1
    assert verdicts[puzzle.answer - 1] == "passed"
    compile("\n".join(lines(puzzle.name)), puzzle.name, "exec")
    assert check(puzzle.name, None).status == "blank"
    assert check(puzzle.name, 99).status == "failed"
    assert check(puzzle.name, "three").status == "error"


def test_lines_show_themselves_numbered_and_refuse_other_names():
    assert repr(lines("knn_mistake")).startswith(" 1  def compute_distances_one_loop(self, X):\n 2  ")
    with pytest.raises(ValueError, match="use one of knn_no_loops_lines"):
        lines("affine_forward")


# --- the whole --------------------------------------------------------------------------------------------------------


def test_names_are_unique_and_there_are_many():
    names = exercises()
    assert len(names) == len(set(names)) >= 60
    entries = [m.id for e in registry.items().values() if isinstance(e, Exercise) for m in e.mistakes]
    assert len(set(entries)) >= 250


def test_the_checker_is_light_to_import():
    code = "import sys, cs231n_lib.check as c; c.exercises(); print({'torch', 'matplotlib'} & sys.modules.keys())"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


TEACHERS_FILE = """
import numpy as np
from cs231n_lib.check.model import Exercise, Mistake, case

def double(x):
    return 2 * x

EXERCISES = [
    Exercise(
        "double", f"{__name__}:double", ("out",), lambda: [case("three", x=np.array([3.0]))], "3.", "Why not.",
        [Mistake("t.square", "squared", "Twice three is not nine.", "2 * x", "x * x")],
    )
]
"""


def test_a_patch_that_lost_its_place_is_refused():
    exercise = registry.exercise("relu_forward")
    for old in ("np.minimum", "x"):  # gone, and standing there more than once
        with pytest.raises(variants.PatchError, match="must occur once"):
            variants.patched(exercise, (Mistake("t", "", "", old, ""),))


def test_a_teacher_adds_exercises_in_a_plain_file(tmp_path):
    path = tmp_path / "my_topic.py"
    path.write_text(TEACHERS_FILE)
    assert add_file(path) == ["double"]
    assert check("double", lambda x: x + x).status == "passed"
    assert [d.id for d in check("double", lambda x: x**2).diagnosis] == ["t.square"]
