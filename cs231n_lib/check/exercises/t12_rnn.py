"""Topic 12: the recurrent net and the layers around it."""

import numpy as np

from .. import catalogue
from ..model import Exercise, backward, call, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.rnn"
RECURRENT = "cs231n_lib.layers.recurrent"
SEQUENCE = "cs231n_lib.layers.sequence"


def step_args(seed, N, D, H, gates=1):
    """Return x, prev_h and weights of one step."""
    rng = np.random.default_rng(seed)
    return {
        "x": rng.standard_normal((N, D)),
        "prev_h": rng.standard_normal((N, H)),
        **weights(rng, D, H, gates),
    }


def weights(rng, D, H, gates):
    """Return Wx, Wh, b."""
    return {
        "Wx": 0.6 * rng.standard_normal((D, gates * H)),
        "Wh": 0.6 * rng.standard_normal((H, gates * H)),
        "b": 0.5 * rng.standard_normal(gates * H),
    }


def sequence_args(seed, N, T, D, H, gates=1):
    """Return x, h0 and weights of a sequence."""
    rng = np.random.default_rng(seed)
    return {
        "x": rng.standard_normal((N, T, D)),
        "h0": rng.standard_normal((N, H)),
        **weights(rng, D, H, gates),
    }


STEPS = [(1, 3, 4, 5), (2, 4, 4, 4), (10, 5, 2, 3), (11, 2, 6, 4), (3, 1, 3, 2)]
SEQUENCES = [(1, 2, 4, 3, 5), (2, 3, 3, 3, 3), (10, 4, 3, 5, 2), (11, 2, 6, 4, 3), (3, 1, 5, 2, 4), (4, 3, 1, 2, 4)]


def step_case(N, D, H, **args):
    """Return the case of one step, an edge where it is of one row alone."""
    if N == D == H:
        return case("as many rows as inputs and units", **args)
    return (edge if N == 1 else case)(f"{N} rows" if N > 1 else "one row", **args)


def sequence_case(N, T, sizes, **args):
    """Return the case of N sequences of T steps, an edge where it is of one sequence or of one step alone."""
    if len(set(sizes)) == 1:
        return case("all sizes equal", **args)
    if N == 1:
        return edge("one sequence", **args)
    return edge("one step alone", **args) if T == 1 else case(f"{N} sequences of {T} steps", **args)


def with_gradient(name, args, shape, seed):
    """Return args behind a random gradient of this shape."""
    return {name: np.random.default_rng(seed + 100).standard_normal(shape), **args}


def step_forward_cases():
    """Sizes all different and all alike, one row."""
    return [step_case(*s[1:], **step_args(*s)) for s in STEPS]


def step_backward_cases():
    """The same with a gradient from above."""
    return [step_case(*s[1:], **with_gradient("dnext_h", step_args(*s), (s[1], s[3]), s[0])) for s in STEPS]


def sequence_forward_cases(gates=1):
    """Sizes all different and all alike, one step alone, one sequence alone."""
    return [sequence_case(s[1], s[2], s[1:], **sequence_args(*s, gates)) for s in SEQUENCES]


def sequence_backward_cases(gates=1):
    """The same with a gradient from above at every step, in one case a large one."""
    found = []
    for s in SEQUENCES:
        args = with_gradient("dh", sequence_args(*s, gates), (s[1], s[2], s[4]), s[0])
        one = sequence_case(s[1], s[2], s[1:], **args)
        found.append(case("large gradients from above", **{**args, "dh": 20 * args["dh"]}) if s[0] == 11 else one)
    return found


def back(fn, dnext_h=None, dh=None, **args):
    """Play a backward on the cache of its forward."""
    return fn(dnext_h if dh is None else dh, fn.companions["forward"](*args.values())[-1])


def words(seed, N, T, V, D):
    """Return words, some of them twice, and vectors."""
    rng = np.random.default_rng(seed)
    return {"x": rng.integers(0, V, (N, T)), "W": rng.standard_normal((V, D))}


WORDS = [(1, 2, 4, 5, 3), (2, 3, 3, 3, 3), (3, 2, 6, 4, 5), (10, 1, 5, 3, 2)]


def words_case(N, T, sizes, **args):
    """Return the case of N captions of T words, an edge where it is of one caption alone."""
    if len(set(sizes)) == 1:
        return case("all sizes equal", **args)
    return edge("one caption", **args) if N == 1 else case(f"{N} captions of {T} words", **args)


def embedding_forward_cases():
    """Words that stand twice, sizes all different and all alike."""
    return [words_case(s[1], s[2], s[1:], **words(*s)) for s in WORDS]


def embedding_backward_cases():
    """The same with a gradient from above, and captions without repeated words."""
    repeated = [
        words_case(s[1], s[2], s[1:], **with_gradient("dout", words(*s), (s[1], s[2], s[4]), s[0])) for s in WORDS
    ]
    once = {"x": np.array([[2, 0, 3], [1, 4, 5]]), "W": np.zeros((6, 2)) + 1.0}
    return [case("no word twice", **with_gradient("dout", once, (2, 3, 2), 7)), *repeated]


def temporal(seed, N, T, V):
    """Return scores, words and a mask with a different number of words in each caption."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, T + 1, N)
    return {
        "x": 2 * rng.standard_normal((N, T, V)),
        "y": rng.integers(0, V, (N, T)),
        "mask": np.arange(T) < lengths[:, None],
    }


def temporal_cases():
    """Captions of unequal length, all of full length, one caption, all sizes alike, scores near 1000."""
    full = temporal(4, 3, 4, 5) | {"mask": np.ones((3, 4), dtype=bool)}
    large = temporal(5, 2, 3, 4)
    large["x"] = large["x"] + np.array([1000.0, 0, -1000])[:, None]
    more = [(s, s % 3 + 2, s % 4 + 3, s % 5 + 3) for s in range(10, 13)]
    return [
        case("captions of unequal length", **temporal(1, 3, 4, 5)),
        case("all sizes equal", **temporal(2, 4, 4, 4)),
        case("no padding", **full),
        *(case(f"{N} captions of up to {T} words", **temporal(s, N, T, V)) for s, N, T, V in more),
        edge("a loss that is a number and not an array of shape (1,)", **temporal(13, 2, 4, 3), shaped=True),
        edge("one caption", **temporal(3, 1, 6, 4)),
        edge("scores near 1000", **large),
    ]


def temporal_play(fn, x, y, mask, shaped=False):
    """Play the loss; one of shape (1,) is a number as well, but for the case that asks for the shape."""
    loss, dx = fn(x, y, mask)
    return {"loss": loss if shaped else as_number(loss), "dx": dx}


def as_number(loss):
    """Return an array that holds one number as this number; anything else as it is."""
    return np.reshape(loss, ()) if isinstance(loss, np.ndarray) and loss.size == 1 else loss


def affine_cases(dout):
    """Sizes all different and all alike."""
    sizes = [(1, 2, 4, 3, 5), (2, 3, 3, 3, 3), (10, 4, 2, 5, 3), (3, 1, 5, 2, 4)]

    def one(seed, N, T, D, M):
        rng = np.random.default_rng(seed)
        args = {"x": rng.standard_normal((N, T, D)), "w": rng.standard_normal((D, M)), "b": rng.standard_normal(M)}
        return {"dout": rng.standard_normal((N, T, M)), **args} if dout else args

    return [sequence_case(s[1], s[2], s[1:], **one(*s)) for s in sizes]


def echo_cases():
    """Sounds with echoes of several strengths, one sound of a single number, one with no echo."""

    def one(seed, T, a):
        rng = np.random.default_rng(seed)
        x, out = rng.standard_normal(T), np.zeros(T)
        for t in range(T):
            out[t] = x[t] + (a * out[t - 1] if t > 0 else 0)
        return {"dout": rng.standard_normal(T), "out": out, "a": a}

    return [
        case("a sound of 3 numbers", **one(1, 3, 0.5)),
        case("no echo", **one(3, 4, 0.0)),
        case("an echo that turns the sign", **one(4, 6, -0.8)),
        *(case(f"a sound of {4 + seed} numbers", **one(seed, 4 + seed, 0.1 * seed)) for seed in range(5, 10)),
        edge("a single number", **one(2, 1, 0.7)),
    ]


def exercise(name, module, returns, cases, proof, why, mistakes, forward="", cache="", play=None):
    """Return an exercise; with the name of its forward, that of a backward."""
    extra = {"companions": {"forward": forward}, "cache": cache} if forward else {}
    extra["play"] = play or (backward if forward else call)
    return Exercise(name, f"{module}:{name}", returns, cases, proof, why, mistakes, plain=f"{PLAIN}:{name}", **extra)


RNN_GRADIENTS = ("dx", "dprev_h", "dWx", "dWh", "db")
EXERCISES = [
    exercise(
        "rnn_step_forward",
        RECURRENT,
        ("next_h", "_cache"),
        step_forward_cases,
        "Five steps, sizes all different and all alike.",
        "One layer that reads two things: what comes in, and what it remembered.",
        catalogue.rows("rnn.rnn_step_forward"),
    ),
    exercise(
        "rnn_step_backward",
        RECURRENT,
        RNN_GRADIENTS,
        step_backward_cases,
        "Five steps with random gradients from above, sizes all different and all alike.",
        "With as many inputs as units a forgotten .T raises no error; only the numbers tell.",
        catalogue.rows("rnn.rnn_step_backward"),
        "rnn_step_forward",
        "(x, prev_h, Wx, Wh, next_h)",
        back,
    ),
    exercise(
        "rnn_forward",
        RECURRENT,
        ("h", "_cache"),
        sequence_forward_cases,
        "Six sets of sequences, one step alone among them.",
        "The same three arrays at every step: that is what makes it recurrent.",
        catalogue.rows("rnn.rnn_forward"),
    ),
    exercise(
        "rnn_backward",
        RECURRENT,
        ("dx", "dh0", "dWx", "dWh", "db"),
        sequence_backward_cases,
        "Six sets of sequences with random gradients at every step.",
        "Each h_t is read twice: by the loss and by the next step, so two gradients come back to it.",
        catalogue.rows("rnn.rnn_backward"),
        "rnn_forward",
        "a list: what rnn_step_forward cached at each step",
        back,
    ),
    exercise(
        "word_embedding_forward",
        SEQUENCE,
        ("out", "_cache"),
        embedding_forward_cases,
        "Four sets of words.",
        "A table look-up: as if a one-hot vector were multiplied with W, without the multiplication.",
        catalogue.rows("rnn.word_embedding_forward"),
    ),
    exercise(
        "word_embedding_backward",
        SEQUENCE,
        ("dW",),
        embedding_backward_cases,
        "Five sets of words, repeated ones among them.",
        "A word that stands twice gets both gradients; `dW[x] += dout` would keep one of them.",
        catalogue.rows("rnn.word_embedding_backward"),
        "word_embedding_forward",
        "(x, W)",
    ),
    exercise(
        "temporal_affine_forward",
        SEQUENCE,
        ("out", "_cache"),
        lambda: affine_cases(dout=False),
        "Four sets of sequences.",
        "The same affine layer at every step: batch and time are one long axis to it.",
        catalogue.rows("rnn.temporal_affine_forward"),
    ),
    exercise(
        "temporal_affine_backward",
        SEQUENCE,
        ("dx", "dw", "db"),
        lambda: affine_cases(dout=True),
        "Four sets of sequences with random gradients from above.",
        "w and b were used at every step, so their gradients are sums over batch and time.",
        catalogue.rows("rnn.temporal_affine_backward"),
        "temporal_affine_forward",
        "(x, w, b)",
    ),
    exercise(
        "temporal_softmax_loss",
        SEQUENCE,
        ("loss", "dx"),
        temporal_cases,
        "Nine sets of captions: unequal lengths, no padding, scores near 1000.",
        "Padding costs nothing and gets no gradient, so a short caption is not graded on silence.",
        catalogue.rows("rnn.temporal_softmax_loss"),
        play=temporal_play,
    ),
    Exercise(
        "echo_backward",
        f"{PLAIN}:echo_backward",
        ("dx", "da"),
        echo_cases,
        "Nine sounds: a single number, no echo, an echo that turns the sign.",
        "A chain in time is a chain in time: two paths to each out[t], and one sum for the number all moments share.",
        catalogue.rows("rnn.echo_backward"),
    ),
    LineOrder(
        "rnn_backward_lines",
        "rnn_step_backward",
        "def rnn_step_backward(dnext_h, cache):",
        (
            "return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, db",
            "da = dnext_h * (1 - next_h)",
            "x, prev_h, Wx, Wh, next_h = cache",
            "db = da.sum(axis=0)",
            "da = dnext_h * (1 - next_h**2)",
        ),
        (3, 5, 4, 1),
        "Everything stands inside the tanh, so its slope 1 - h² comes first.",
    ),
    FindMistake(
        "rnn_mistake",
        """
        def rnn_backward(dh, caches):
            N, T, H = dh.shape
            dprev_h, dWh = np.zeros((N, H)), np.zeros((H, H))
            for t in reversed(range(T)):
                dnext_h = dh[:, t] + dprev_h
                dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dnext_h, caches[t])
                dWh += dWh_t
            return dWh
        """,
        "dWh += dWh_t",
        "dWh = dWh_t",
        "dWh is that of one step only",
        "The same Wh was used T times. Which steps' shares does the result hold?",
        "Each step has its share in the gradient of the weights they all use; = keeps that of step 0 alone.",
    ),
]
