"""The checker accuses nobody: edges, guards, old editions, defaults, half done work, and code that fights back."""

import asyncio
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from cs231n_lib import layers
from cs231n_lib.check import check, hint, memory
from cs231n_lib.check.explain import explain
from cs231n_lib.check.run import Failure


@pytest.fixture(autouse=True)
def _forget_hints():
    memory.forget()


# --- right, with a word on it ----------------------------------------------------------------------------------------


def guarded_softmax(guard):
    """Return a softmax loss whose logarithm is guarded."""

    def softmax_loss(x, y):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        rows = np.arange(len(x))
        loss = -np.log(p[rows, y] + 1e-8).mean() if guard else 0.0
        p[rows, y] -= 1
        return loss, p / len(x)

    return softmax_loss


def test_a_guarded_logarithm_is_right_and_told_with_its_line():
    mine = guarded_softmax(True)
    report = check("softmax_loss", mine)
    line = mine.__code__.co_firstlineno + 4
    assert report.status == "passed"
    assert report.lines[-1].startswith(f"Remark: the guard `p[rows, y] + 1e-08` in line {line}")


def test_a_guard_does_not_excuse_a_mistake():
    def mine(x, y):
        loss, dx = guarded_softmax(True)(x, y)
        return loss + 1e-8, 2 * dx

    assert check("softmax_loss", mine).status == "failed"


def test_unshifted_softmax_is_right_with_an_edge_and_the_mistake_is_named():
    def mine(s):
        return np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)

    report = check("softmax", mine)
    assert report.status in ("passed", "failed")  # the lesson's own exercise may ask for the shift
    assert [d.id for d in report.diagnosis] == ["03.p.shift"]


def test_a_loss_in_an_array_of_one_number_is_right_with_an_edge():
    def mine(x, y):
        loss, dx = layers.softmax_loss(x, y)
        return np.array([loss]), dx

    report = check("softmax_loss", mine)
    assert report.status == "passed" and report.edge
    assert "One edge: it returns an array of shape (1,) where a number is due." in report.lines


# --- old editions ----------------------------------------------------------------------------------------------------


def test_the_words_of_an_old_numpy_are_read_as_they_were_meant():
    def mine(x):
        return x * (x > 0).astype(np.float), x  # noqa: NPY001

    report = check("relu_forward", mine)
    assert report.status == "passed"
    assert "`np.float`" in report.lines[-1] and "Write `float`" in report.lines[-1]
    assert not hasattr(np, "float")


def test_a_mistake_is_found_behind_old_words():
    def mine(dout, cache):
        x, w, b = cache
        db = np.zeros_like(b)
        for n in xrange(len(x)):  # noqa: F821
            db += dout[n]
        return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout / len(x), db

    report = check("affine_backward", mine)
    assert report.status == "failed"
    assert [d.id for d in report.diagnosis] == ["04.d4"]
    assert "`xrange`" in report.lines[-1]


def test_sizes_made_with_python_2_s_division_are_told():
    def mine(x, pool_param):
        height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        rows, columns = (x.shape[2] - height) / stride + 1, (x.shape[3] - width) / stride + 1
        out = np.zeros((*x.shape[:2], rows, columns))
        for i in range(rows):
            for j in range(columns):
                window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
                out[:, :, i, j] = window.max(axis=(2, 3))
        return out, (x, pool_param)

    report = check("max_pool_forward_naive", mine)
    assert report.status == "passed"
    assert "Write `//` for sizes" in report.lines[-1]


# --- half done -------------------------------------------------------------------------------------------------------


def test_a_part_that_is_not_begun_is_told_and_the_rest_is_right():
    def softmax_loss(x, y):
        dx = np.zeros_like(x)
        shifted = x - x.max(axis=1, keepdims=True)
        losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(x)), y]
        return losses.mean(), dx

    report = check("softmax_loss", softmax_loss)
    assert report.status == "half"
    assert report.headline == "half done. Right so far: `loss`. Not begun: `dx`."
    assert "half" not in check("softmax_loss", layers.softmax_loss).status


def test_a_mode_that_is_not_begun_is_told():
    def dropout_forward(x, dropout_param):
        mode, p = dropout_param["mode"], dropout_param["p"]
        mask = out = None
        if mode == "train":
            mask = (np.random.rand(*x.shape) < p) / p
            out = x * mask
        elif mode == "test":
            pass
        out = out.astype(x.dtype, copy=False)
        return out, (dropout_param, mask)

    report = check("dropout_forward", dropout_forward)
    assert report.status == "half"
    assert "test" in report.headline


def test_what_is_wrong_is_told_before_what_is_not_begun():
    def softmax_loss(x, y):
        dx = np.zeros_like(x)
        return -np.log(np.exp(x)[np.arange(len(x)), y] / np.exp(x).sum()).mean(), dx

    report = check("softmax_loss", softmax_loss)
    assert report.status == "failed"
    assert report.lines[0].startswith("`loss` is")
    assert "Not begun yet: `dx`." in report.lines


def test_a_right_function_that_hands_an_argument_back_is_not_blank():
    assert check("relu_forward", lambda x: (np.where(x > 0, x, 0), x)).status == "passed"


# --- no false pass ---------------------------------------------------------------------------------------------------


def test_a_dict_or_a_masked_array_is_no_answer():
    assert check("relu_backward", lambda dout, cache: {"dx": dout * (cache > 0)}).status == "failed"
    masked = check("relu_backward", lambda dout, cache: np.ma.masked_array(dout * (cache > 0), mask=True))
    assert masked.status == "failed"


def affine_by_the_library(x, w, b):
    """Return what the library returns."""
    out, cache = layers.affine_forward(x, w, b)
    return out, cache


def affine_with_a_step_of_its_own(x, w, b):
    out, cache = layers.affine_forward(x, w, 0 * b)
    return out + b, cache


def test_a_function_that_only_calls_the_library_is_not_attempted():
    report = check("affine_forward", affine_by_the_library)
    assert report.status == "blank"
    assert "`layers.affine_forward`" in report.headline
    assert check("affine_forward", affine_with_a_step_of_its_own).status == "passed"


# --- what is told ----------------------------------------------------------------------------------------------------


def test_the_first_wrong_value_is_named_though_the_rest_has_another_fault():
    def mine(W, X, y, reg):
        scores = X @ W
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        rows = np.arange(len(X))
        loss = -np.log(p[rows, y]).mean()  # no penalty
        p[rows, y] -= 1
        return loss, X.T @ np.sin(p) / len(X)

    report = check("softmax_loss_vectorized", mine)
    assert "The rest may follow from it." in report.lines
    assert "penalty" in report.diagnosis[0].title


def test_a_small_input_is_shown():
    report = check("spread", lambda x: x.max() + x.min() + 1)
    assert ", for x = [" in report.lines[0]


def test_a_case_that_no_one_line_tells_is_quoted():
    def mine(x, w, b):
        return x.reshape(len(x), -1) @ w + 1.5 * b, None

    assert "in the case “" in check("affine_forward", mine).lines[0]


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("axis 3 is out of bounds for array of dimension 2", "explain_axis"),
        ("operands could not be broadcast together with shapes (5,3) (5,)", "explain_column"),
        ("operands could not be broadcast together with shapes (5,3) (4,)", "explain_broadcast"),
        (
            "matmul: Input operand 1 has a mismatch in its core dimension 0 (size 3 is different from 12)",
            "explain_product",
        ),
        ("unsupported operand type(s) for *: 'float' and 'NoneType'", "explain_none"),
        ("nothing known", None),
    ],
)
def test_common_errors_are_explained(message, key):
    told = explain(Failure("ValueError", message))
    assert (told and told[0]) == key


# --- never stumbles --------------------------------------------------------------------------------------------------


class Mute(Exception):
    def __str__(self):
        raise ValueError("no text")


class Own(BaseException):
    pass


class NoArray:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")


@pytest.mark.parametrize("error", [Mute(), Own(), asyncio.CancelledError(), GeneratorExit(), StopIteration()])
def test_any_error_is_a_report(error):
    def mine(x):
        raise error

    report = check("relu_forward", mine)
    assert report.status == "error" and type(error).__name__ in report.headline


@pytest.mark.parametrize("answer", [NoArray(), iter(int, 1), (n for n in range(3)), type, lambda: 0])
def test_any_answer_is_a_report(answer):
    assert check("spread", lambda x: answer).status == "failed"


SWALLOWS = {
    "one loop": """
        while True:
            try:
                while True:
                    pass
            except:
                pass
    """,
    "a loop in a loop": """
        while True:
            try:
                while True:
                    try:
                        time.sleep(0.001)
                    except BaseException:
                        x = x + 1
            except:
                x = x - 1
    """,
    "sleep": "time.sleep(1000)",
}


@pytest.mark.parametrize("name", SWALLOWS)
def test_a_loop_that_swallows_every_exception_is_stopped(name):
    body = textwrap.indent(textwrap.dedent(SWALLOWS[name]), "    ")
    code = f"""
import time
from cs231n_lib.check import check
def mine(x):
{body}
print(check("spread", mine, seconds=0.3))
print("and goes on")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "stopped after 0.3 seconds" in done.stdout and "and goes on" in done.stdout


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"langauge": "zh"}, "there is no setting 'langauge' here; use one of language, seconds, hints, mend."),
        ({"language": "fr"}, "language is 'fr'; use one of en, zh."),
        ({"seconds": 0}, "seconds is 0; use a number above 0."),
        ({"hints": 7}, "hints is '7'; use a number from 0 to 4."),
    ],
)
def test_a_wrong_setting_is_told_with_those_allowed(settings, words):
    report = check("spread", lambda x: x.max() - x.min(), **settings)
    assert report.status == "error" and report.headline == words


def test_the_language_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("CS231N_LANGUAGE", "zh")
    assert check("spread", lambda x: x.max()).headline == "还不对。"
    assert check("spread", lambda x: x.max(), language="en").headline == "not right yet."
    monkeypatch.setenv("CS231N_LANGUAGE", "xx")
    assert check("spread", lambda x: x.max()).headline == "CS231N_LANGUAGE is 'xx'; use one of en, zh."


def test_line_orders_that_do_not_nest_are_told():
    report = check("max_pool_backward_lines", [5, 9, 7, 6, 1, 4, 3, 2])
    assert report.status == "failed" and "do not nest" in report.lines[0]


# --- what a first reader stumbled over ------------------------------------------------------------------------------


def test_a_crash_in_a_line_of_ones_own_is_no_blank():
    def relu_backward(dout, cache):
        if cache > 0:
            dx = dout
        else:
            dx = 0
        return dx

    report = check("relu_backward", relu_backward)
    assert report.status == "error"
    assert any("`is None`" in line for line in report.lines)


def test_lines_before_a_remaining_dot_line_are_half_done():
    def affine_backward(dout, cache):
        x, w, b = cache  # noqa: RUF059
        dx = (dout @ w.T).reshape(x.shape)
        ...  # noqa: PIE790
        return dx, dw, db  # noqa: F821

    assert check("affine_backward", affine_backward).status == "half"


def test_the_wrong_variable_returned_is_told():
    def relu_backward(dout, cache):
        dx = cache > 0  # noqa: F841
        return dout

    def affine_backward(dout, cache):
        x, w, b = cache
        dx, dw = (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout
        return dx, dw, b

    assert check("relu_backward", relu_backward).diagnosis[0].title == "dout passes everywhere"
    assert "`db` holds `b` just as it was handed in." in check("affine_backward", affine_backward).lines


def test_two_values_in_the_other_order_are_told():
    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        from cs231n_lib.textbook import rnn

        h, c, cache = rnn.lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)
        return c + 0, h + 0, cache

    report = check("lstm_step_forward", lstm_step_forward)
    assert any("other way round" in line for line in report.lines) or "order" in report.diagnosis[0].title


def test_a_wrong_part_is_told_where_another_is_not_begun():
    def affine_backward(dout, cache):
        x, w, _ = cache
        return 3 * (dout @ w.T).reshape(x.shape), None, None

    report = check("affine_backward", affine_backward)
    assert report.status == "failed"
    assert report.lines[0].startswith("`dx") and "Not begun yet: `dw`, `db`." in report.lines


def test_a_value_that_is_left_somewhere_points_at_no_line():
    def batchnorm_forward(x, gamma, beta, bn_param):
        from cs231n_lib.textbook import norm

        out, cache = norm.batchnorm_forward(x, gamma, beta, bn_param)
        bn_param["running_mean"] = 0.9 * bn_param["running_mean"] + 0.3
        return out, cache

    report = check("batchnorm_forward", batchnorm_forward)
    assert "running_mean" in report.lines[0]
    assert not any("is made in line" in line for line in report.lines)


def test_a_right_answer_settles_the_hints():
    def mine(x):
        return x.max()

    check("spread", mine)
    check("spread", lambda x: x.max() - x.min())
    assert hint("spread").status == "blank"
    assert "Did you mean" in hint("sprea").lines[0]


def test_a_cache_of_another_form_is_told():
    def affine_backward(dout, cache):
        x, w = cache
        return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)

    report = check("affine_backward", affine_backward)
    assert report.status in ("passed", "error")
    assert any("(x, w, b)" in line for line in report.lines)
