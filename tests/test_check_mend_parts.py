"""Mending takes parts from the textbook, searches defaults and helpers, and says where it cannot search."""

import functools
import types

import numpy as np
import pytest

from cs231n_lib.check import check, memory, mend, registry, search, workshop
from cs231n_lib.check.agree import Mended
from cs231n_lib.check.blank import state
from cs231n_lib.check.judge import Judge
from cs231n_lib.check.played import Played
from cs231n_lib.check.source import read
from cs231n_lib.check.variants import book


@pytest.fixture(autouse=True)
def _forget_hints():
    memory.forget()


def played(name, given) -> Played:
    exercise = registry.exercise(name)
    judge = Judge(exercise, given, "en", 10, {})
    subject, known = judge.subject(), book(name)
    assert subject is not None
    begun = state(name, given, exercise.given, exercise.returns)
    return Played(exercise, known, subject, judge.outcomes(known, subject), begun, "en")


def line(given, after: int) -> int:
    """Return a line of the file by how far it is from a function's `def`."""
    return given.__code__.co_firstlineno + after


# --- what the textbook has --------------------------------------------------------------------------------------------


def softmax_loss(x, y):
    rows = len(x)
    shares = np.exp(x - x.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    loss = -np.log(shares[np.arange(rows), y]).mean()
    slope = shares.copy()
    slope = slope / rows
    return loss, slope


def affine_forward(x, w, b):
    out = x.dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = flat.T.dot(dout)  # type: ignore[name-defined]  # noqa: F821 -- the line that makes it is missing
    return dx, dw, dout.sum(axis=0)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + b)
    return next_h, (x, prev_h, Wx, Wh, b, next_h)


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    out = x.reshape(N * T, D).dot(w).reshape(T, N, -1) + b
    return out, (x, w, b)


@pytest.mark.parametrize(
    ("name", "fn", "after", "new"),
    [
        ("softmax_loss", softmax_loss, 6, ""),  # before the copy, or after it
        ("affine_forward", affine_forward, 1, "x.reshape(x.shape[0], -1)"),
        ("affine_backward", affine_backward, 3, "flat = x.reshape"),
        ("rnn_step_forward", rnn_step_forward, 1, "prev_h @ Wh"),
        ("temporal_affine_forward", temporal_affine_forward, 2, ""),
    ],
)
def test_a_missing_part_is_taken_from_the_textbook_in_the_learners_names(name, fn, after, new):
    found = mend.mend(played(name, fn))
    assert found is not None and found.lines and abs(found.lines[0] - line(fn, after)) <= 1, found
    assert new in found.parts[0].new, found


def test_a_missing_line_is_told_with_its_place():
    report = check("affine_backward", affine_backward, hints=4)
    assert any("a line is missing" in text for text in report.mended), report


# --- operators --------------------------------------------------------------------------------------------------------


def svm_loss(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            margin = x[i, j] - x[i, y[i]] + 1
            if margin > 0:
                loss += margin
                dx[i, j] += 1
                dx[i, y[i]] -= 1
    return loss / len(x), dx / len(x)


def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v = config["momentum"] + v - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    for n in range(len(x)):
        for t in range(x.shape[1]):
            if t == 0:
                dW[x[n, t]] += dout[n, t]
    return dW


@pytest.mark.parametrize(
    ("name", "fn", "after", "operator"),
    [
        ("svm_loss", svm_loss, 4, "absent"),
        ("sgd_momentum", sgd_momentum, 5, "operation"),
        ("word_embedding_backward", word_embedding_backward, 5, ""),
    ],
)
def test_operators_of_lines_and_operations(name, fn, after, operator):
    found = mend.mend(played(name, fn))
    assert found is not None and [part.operator for part in found.parts] == [operator], found
    assert abs(found.lines[0] - line(fn, after)) <= 1, found


class KNearestNeighbor:
    y_train: np.ndarray

    def predict_labels(self, dists, k=2):
        chosen = self.y_train[np.argsort(dists, axis=1, kind="stable")[:, :k]]
        return np.array([np.bincount(row).argmax() for row in chosen])


def test_the_default_of_a_parameter_is_mended():
    found = mend.mend(played("KNearestNeighbor.predict_labels", KNearestNeighbor))
    assert found is not None and (found.parts[0].old, found.parts[0].new) == ("2", "1")
    assert found.lines == [line(KNearestNeighbor.predict_labels, 0)]


# --- helpers, lambdas, decorators -------------------------------------------------------------------------------------


def shares_of(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + len(x))


def softmax_loss_by_helper(x, y):
    p = shares_of(x)
    loss = -np.log(p[np.arange(len(x)), y]).mean()
    p[np.arange(len(x)), y] -= 1
    return loss, p / len(x)


def test_a_helper_of_the_same_file_is_searched_and_named():
    report = check("softmax_loss", softmax_loss_by_helper)
    told = (
        f"A change in line {line(shares_of, 2)} of your `shares_of` makes it right in every case: a term is too many."
    )
    assert told in report.lines, report


def made_inside():
    def slope(h):
        return 1 + h**2

    def rnn_step_backward(dnext_h, cache):
        x, prev_h, Wx, Wh, _, h = cache if len(cache) == 6 else (*cache[:4], None, cache[-1])
        da = dnext_h * slope(h)
        return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)

    return rnn_step_backward, slope


def test_a_function_made_inside_another_is_searched_with_those_it_closes_over():
    fn, slope = made_inside()
    found = mend.mend(played("rnn_step_backward", fn))
    assert found is not None and found.lines == [line(slope, 1)] and found.parts[0].owners == ["slope"], found


relu_in_short = lambda x: (np.minimum(x, 0), x)


def test_a_lambda_is_searched():
    found = mend.mend(played("relu_forward", relu_in_short))
    assert found is not None and found.lines == [line(relu_in_short, 0)]


def as_it_is(fn):
    @functools.wraps(fn)
    def wrapper(*args):
        return fn(*args)

    return wrapper


def doubled(fn):
    @functools.wraps(fn)
    def wrapper(*args):
        return 2 * fn(*args)

    return wrapper


@as_it_is
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@doubled
def softmax_doubled(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_what_is_decorated_is_searched_where_that_changes_nothing_and_refused_where_it_does():
    found = mend.mend(played("softmax", softmax))
    assert found is not None and [part.operator for part in found.parts] == ["axis"]
    assert mend.mend(played("softmax", softmax_doubled)) == Mended([], "mend_unlike")


# --- where nothing can be sought --------------------------------------------------------------------------------------


def typed_in() -> types.FunctionType:
    namespace: dict = {"np": np}
    exec("def softmax(x):\n    e = np.exp(x)\n    return e / e.sum(axis=0) * 3", namespace)
    return namespace["softmax"]


def test_without_a_source_that_is_said():
    assert mend.mend(played("softmax", typed_in())) == Mended([], "mend_no_source")
    report = check("softmax", typed_in())
    assert any("cannot be found" in text for text in report.lines), report
    assert any("看不到" in text for text in check("softmax", typed_in(), language="zh").lines)


def test_a_limit_that_strikes_leaves_no_name(monkeypatch):
    monkeypatch.setattr(mend, "apart", lambda _: None)
    report = check("affine_backward", affine_backward)
    assert "The search for a change that mends it was cut short." in report.lines
    assert not any("makes it right in every case" in text for text in report.lines)


# --- no harm ----------------------------------------------------------------------------------------------------------

LOG: list[int] = []


def noted(x):
    LOG.append(1)
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def test_candidates_have_globals_of_their_own():
    one = played("softmax", noted)
    before, source = len(LOG), read(noted)
    assert source is not None
    assert mend.searched(one, source, mend.BUDGET)["parts"] and len(LOG) == before


def test_a_candidate_with_arrays_far_too_large_is_stopped():
    one, source = played("softmax", softmax), read(softmax)
    assert source is not None
    seek = search.Search(one, source, mend.BUDGET)
    seek.look()
    most = seek.sizes[seek.first]
    seek.outcome(seek.shop.made(), seek.first)
    assert 0 < seek.shop.largest <= most
    with pytest.raises(workshop.Large):
        seek.shop.held(np.zeros(most // 8 + 1))


def test_what_is_loaded_does_not_change_the_price():
    import torch

    prices = []
    for seeded in (torch.manual_seed, lambda _: [len("") for _ in range(1000)]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch, "manual_seed", seeded)
            one, source = played("softmax", softmax), read(softmax)
            assert source is not None
            seek = search.Search(one, source, mend.BUDGET)
            seek.look()
            prices.append(seek.prices)
    assert prices[0] == prices[1]


def test_what_holds_itself_is_not_handed_on():
    rows: list = [1.0]
    rows.append(rows)
    assert workshop.holds_itself((rows, 2), ()) and not workshop.holds_itself(([1.0], [1.0]), ())
