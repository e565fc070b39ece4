"""Where a wrong function goes wrong: up to which line it is right, the line of the first wrong value, its cells."""

import numpy as np
import pytest

from cs231n_lib.check import blank, check, memory, registry, sites
from cs231n_lib.check.judge import Judge
from cs231n_lib.check.locate import Located, locate
from cs231n_lib.check.played import Played
from cs231n_lib.check.variants import book, patched, reference
from cs231n_lib.check.where import where


@pytest.fixture(autouse=True)
def _forget_hints():
    memory.forget()


def played(name: str, fn) -> Played:
    """Play all cases of an exercise."""
    exercise, known = registry.exercise(name), book(name)
    judge = Judge(exercise, fn, "en", 60, {})
    subject = judge.subject()
    assert subject is not None
    state = blank.state(name, fn, exercise.given, exercise.returns)
    return Played(exercise, known, subject, judge.outcomes(known, subject), state, "en")


def places(name: str, fn) -> list[Located]:
    """Return the places, with lines counted from the `def`."""
    first = fn.__code__.co_firstlineno if hasattr(fn, "__code__") else 0
    found = locate(played(name, fn))
    lines = (
        {
            "line": one.line - first,
            "right_line": one.right_line - first,
            "made": one.made and one.made - first,
            "between": [line - first for line in one.between],
        }
        for one in found
    )
    return [Located(**{**vars(one), **line}) for one, line in zip(found, lines, strict=True)]


# --- seeing changes nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [lambda e: patched(e, ()), reference], ids=["textbook", "library"])
@pytest.mark.parametrize("name", [n for n, item in registry.items().items() if hasattr(item, "cases")][::7])
def test_a_function_with_sites_gives_what_it_gave_before(name, version):
    exercise, known = registry.exercise(name), book(name)
    subject = version(exercise)
    seen = sites.program(exercise, subject)
    assert seen is not None
    seen.subject.companions = subject.companions
    i = known.ordinary[0]
    outcome = seen.watch(known.cases[i]).outcome
    want = known.run(subject)[i]
    assert outcome.failure is None and outcome.values.keys() == want.values.keys()
    assert all(np.array_equal(outcome.values[n], want.values[n], equal_nan=True) for n in want.values)


# --- the line -------------------------------------------------------------------------------------------------------


def test_right_up_to_a_line_and_wrong_from_the_next():
    def batchnorm_backward(dout, cache):
        x, gamma, mean, var, eps = cache[0], cache[2], cache[3], cache[4], cache[5]
        root = np.sqrt(var + eps)
        hat = (x - mean) / root
        up = dout * gamma
        inner = up - up.mean(axis=0) - hat * np.sum(up * hat, axis=0) ** 3
        return inner / root, np.sum(dout * hat, axis=0), dout.sum(axis=0)

    (place,) = places("batchnorm_backward", batchnorm_backward)
    assert (place.right_line, place.right) == (4, "up") and 5 in (place.line, *place.between)


def test_a_loop_is_told_by_what_it_leaves():
    def conv_forward_naive(x, w, b, conv_param):
        s, p = conv_param["stride"], conv_param["pad"]
        (n, _, h, wide), (f, _, hh, ww) = x.shape, w.shape
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        out = np.zeros((n, f, 1 + (h + 2 * p - hh) // s, 1 + (wide + 2 * p - ww) // s))
        for k in range(f):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    window = padded[:, :, i * s : i * s + hh, j * s : j * s + ww]
                    out[:, k, i, j] = np.tanh((window * w[k]).sum(axis=(1, 2, 3))) + b[k]
        return out, (x, w, b, conv_param)

    (place,) = places("conv_forward_naive", conv_forward_naive)
    assert place.line == 9 and place.text == "out" and place.loop


def test_each_of_two_wrong_results_has_its_place():
    def affine_backward(dout, cache):
        x, w, _ = cache
        rows = x.reshape(len(x), -1)
        dw = rows.T @ np.tanh(dout)
        db = np.tanh(dout).sum(axis=0)
        return (dout @ w.T).reshape(x.shape), dw, db

    assert [place.line for place in places("affine_backward", affine_backward)] == [3, 4]


def test_a_missing_step_is_told_between_two_lines():
    def softmax_loss(x, y):
        n = len(x)
        top = x - x.max(axis=1, keepdims=True)
        p = np.exp(top) / np.exp(top).sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(n), y]).mean()
        grad = p.copy()
        grad[np.arange(n), y] -= 1
        return loss, grad

    (place,) = places("softmax_loss", softmax_loss)
    assert place.made and place.line == 7


def test_a_round_of_a_loop_is_told():
    def rnn_forward(x, h0, Wx, Wh, b):
        states, state = [], h0
        for t in range(x.shape[1]):
            state = np.tanh(x[:, t] @ Wx + h0 @ Wh + b)
            states.append(state)
        return np.stack(states, axis=1), None

    (place,) = places("rnn_forward", rnn_forward)
    assert place.line == 3 and place.cells == ("where_from_round", {"number": 2, "count": 3})


def test_a_function_that_stops_is_told_where_its_value_is_made():
    def affine_backward(dout, cache):
        x, w, _ = cache
        rows = x.reshape(len(x), -1).sum(axis=0)
        dw = rows.T @ dout
        return (dout @ w.T).reshape(x.shape), dw, dout.sum(axis=0)

    (place,) = places("affine_backward", affine_backward)
    assert place.line == 2


def test_a_helper_of_the_same_file_is_seen_in_the_line_that_calls_it():
    (place,) = places("softmax_loss", softmax_loss)
    assert place.text == "shares(x)" and place.line == 1


def shares(s):
    """A learner's helper: shares of a softmax, and not quite."""
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e**1.1 / e.sum(axis=1, keepdims=True)


def softmax_loss(x, y):
    p = shares(x)
    loss = -np.log(p[np.arange(len(x)), y]).mean()
    p[np.arange(len(x)), y] -= 1
    return loss, p / len(x)


def test_a_model_is_located():
    import torch
    from torch import nn

    class MultiHeadAttention(nn.Module):
        def __init__(self, embed_dim, num_heads, dropout=0.1):
            super().__init__()
            self.key = nn.Linear(embed_dim, embed_dim)
            self.query = nn.Linear(embed_dim, embed_dim)
            self.value = nn.Linear(embed_dim, embed_dim)
            self.proj = nn.Linear(embed_dim, embed_dim)
            self.attn_drop = nn.Dropout(dropout)
            self.heads = num_heads

        def forward(self, query, key, value, attn_mask=None):
            n, s, e = query.shape
            q, k, v = (
                part(x).view(n, x.shape[1], self.heads, -1).transpose(1, 2)
                for part, x in ((self.query, query), (self.key, key), (self.value, value))
            )
            scores = q @ k.transpose(2, 3) / (e / self.heads)
            if attn_mask is not None:
                scores = scores.masked_fill(attn_mask == 0, float("-inf"))
            weights = self.attn_drop(torch.softmax(scores, dim=-1))
            return self.proj((weights @ v).transpose(1, 2).reshape(n, s, e))

    found = locate(played("MultiHeadAttention", MultiHeadAttention))
    assert (found and "scores" in found[0].text) or "e / self.heads" in found[0].text


def test_nothing_is_said_of_a_right_function():
    def relu_forward(x):
        return np.maximum(0, x), x

    assert places("relu_forward", relu_forward) == []


def test_no_search_where_files_are_reached(tmp_path):
    def relu_forward(x):
        open(tmp_path / "seen", "w").write("x")  # noqa: SIM115
        return np.maximum(1, x), x

    found = played("relu_forward", relu_forward)
    (tmp_path / "seen").unlink()
    assert locate(found) == [] and not (tmp_path / "seen").exists()


# --- which cells ----------------------------------------------------------------------------------------------------

SQUARE = np.array([[1.0, -2, 0], [-3, 4, -5], [6, 0, 7]])


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (np.eye(3, dtype=bool), ("where_diagonal", {})),
        (SQUARE == 0, ("where_zero", {})),
        (SQUARE > 0, ("where_positive", {})),
        (SQUARE < 0, ("where_negative", {})),
        (np.arange(9).reshape(3, 3) >= 6, ("where_last", {"axis": 0})),
        (np.arange(9).reshape(3, 3) % 3 == 0, ("where_first", {"axis": 1})),
        (np.arange(9).reshape(3, 3) % 3 == 1, None),
        (np.ones((3, 3), dtype=bool), None),
        (np.arange(9).reshape(3, 3) % 4 == 1, None),
    ],
)
def test_the_cells_that_are_wrong_are_said(mask, told):
    assert where([SQUARE + mask], [SQUARE]) == told


# --- what the learner reads -------------------------------------------------------------------------------------------


def odd_layernorm(x, gamma, beta, ln_param):
    """A layer norm whose slip no operator can say."""
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    hat = 1.3 * np.sin((x - mean) / np.sqrt(var + ln_param.get("eps", 1e-5)))
    return gamma * hat + beta, None


@pytest.mark.parametrize(("language", "words"), [("en", "`out` comes out right"), ("zh", "`out` 就正确了")])
def test_the_report_says_the_line(language, words):
    report = check("layernorm_forward", odd_layernorm, language=language)
    assert words in str(report) and "1.3 * np.sin" in str(report)


def test_mend_false_says_no_place():
    assert "comes out right" not in str(check("layernorm_forward", odd_layernorm, mend=False))
