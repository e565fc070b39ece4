"""Topic 12: the recurrent net and the layers around it."""

import numpy as np

from ..model import Exercise, Mistake, backward, call, case, edge
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


STEP_FORWARD = [
    Mistake("12.s1", "tanh is missing", "Can |next_h| be larger than 1?", "np.tanh(a)", "a"),
    Mistake("12.s2", "sigmoid instead of tanh", "May next_h be negative?", "np.tanh(a)", "1 / (1 + np.exp(-a))"),
    Mistake(
        "12.s3",
        "the bias is not added",
        "One of the parameters has no effect. Which?",
        "prev_h @ Wh + b",
        "prev_h @ Wh",
    ),
    Mistake("12.s4", "the previous h does not enter", "Where is the memory?", "x @ Wx + prev_h @ Wh + b", "x @ Wx + b"),
    Mistake("12.s5", "x does not enter", "What does this step read?", "x @ Wx + prev_h @ Wh + b", "prev_h @ Wh + b"),
    Mistake(
        "12.s6", "Wh is transposed", "Forward: which of the two products has a .T?", "prev_h @ Wh", "prev_h @ Wh.T"
    ),
    Mistake("12.s7", "ReLU instead of tanh", "May next_h be negative?", "np.tanh(a)", "np.maximum(a, 0)"),
    Mistake(
        "12.s8",
        "tanh of each part instead of tanh of the sum",
        "One tanh or two?",
        "np.tanh(a)",
        "np.tanh(x @ Wx) + np.tanh(prev_h @ Wh + b)",
    ),
]

STEP_BACKWARD = [
    Mistake(
        "12.a",
        "the slope of tanh is missing",
        "What is the derivative of tanh in terms of its output?",
        "dnext_h * (1 - next_h**2)",
        "dnext_h",
    ),
    Mistake(
        "12.b",
        "1 - h instead of 1 - h²",
        "What is the derivative of tanh in terms of its output?",
        "1 - next_h**2",
        "1 - next_h",
    ),
    Mistake(
        "12.b1",
        "h (1 - h), the slope of the sigmoid",
        "What is the derivative of tanh in terms of its output?",
        "(1 - next_h**2)",
        "next_h * (1 - next_h)",
    ),
    Mistake(
        "12.b2",
        "the tanh of the output is taken again",
        "The cache holds h already. Does it need another tanh?",
        "1 - next_h**2",
        "1 - np.tanh(next_h) ** 2",
    ),
    Mistake(
        "12.c",
        "dprev_h without the transpose of Wh",
        "Write the shapes: and if they are square, which index of Wh is the old h?",
        "da @ Wh.T",
        "da @ Wh",
    ),
    Mistake("12.c2", "dWh uses next_h instead of prev_h", "Which h met Wh?", "prev_h.T @ da", "next_h.T @ da"),
    Mistake(
        "12.c3", "db is summed over the units", "One bias serves how many rows?", "da.sum(axis=0)", "da.sum(axis=1)"
    ),
    Mistake("12.c4", "db is a mean", "The mean is already in dout.", "da.sum(axis=0)", "da.mean(axis=0)"),
    Mistake(
        "12.c5",
        "db uses the gradient before tanh's slope",
        "b stands inside the tanh. Which gradient has passed it?",
        "db = da",
        "db = dnext_h",
    ),
    Mistake(
        "12.c6",
        "dprev_h goes through Wx's gradient without tanh's slope",
        "Wh stands inside the tanh. Which gradient has passed it?",
        "dprev_h = da",
        "dprev_h = dnext_h",
    ),
    Mistake(
        "12.c7",
        "dx without tanh's slope",
        "Wx stands inside the tanh. Which gradient has passed it?",
        "dx = da",
        "dx = dnext_h",
    ),
    Mistake(
        "12.c8",
        "1 + h² instead of 1 - h²",
        "Is the slope of tanh ever larger than 1?",
        "1 - next_h**2",
        "1 + next_h**2",
    ),
]

FORWARD = [
    Mistake(
        "12.i",
        "every step starts from h0",
        "Who reads the h that the last step wrote?",
        "prev_h, cache = rnn_step_forward(x[:, t], prev_h,",
        "prev_h, cache = rnn_step_forward(x[:, t], h0,",
    ),
    Mistake("12.i1", "h0 is not used", "Where does the memory begin?", "prev_h = h0", "prev_h = np.zeros_like(h0)"),
    Mistake("12.i2", "every step reads the first input", "Which word does step t read?", "x[:, t]", "x[:, 0]"),
    Mistake("12.i3", "the steps run backwards in time", "Which word comes first?", "range(T)", "range(T - 1, -1, -1)"),
    Mistake(
        "12.i4",
        "h holds the state before each step",
        "h[:, t] has read how many words?",
        "        prev_h, cache = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)\n        h[:, t] = prev_h\n",
        "        h[:, t] = prev_h\n        prev_h, cache = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)\n",
    ),
    Mistake(
        "12.i5",
        "the last step is left out",
        "How many steps has a sequence of T words?",
        "in range(T)",
        "in range(T - 1)",
    ),
]


BACKWARD = [
    Mistake(
        "12.d",
        "only the gradient of each step's own output is used",
        "Two paths reach h_t.",
        "dh[:, t] + dprev_h",
        "dh[:, t]",
    ),
    Mistake(
        "12.e",
        "only the gradient from the step after is used",
        "Two paths reach h_t.",
        "dh[:, t] + dprev_h",
        "(dh[:, t] if t == T - 1 else dprev_h)",
    ),
    Mistake(
        "12.f",
        "dWx, dWh and db are those of one step only",
        "The same W was used T times.",
        "dWx += dWx_t",
        "dWx = dWx_t",
        more=(("dWh += dWh_t", "dWh = dWh_t"), ("db += db_t", "db = db_t")),
    ),
    Mistake(
        "12.f1",
        "dWx is that of one step only",
        "The same Wx was used T times.",
        "dWx += dWx_t",
        "dWx = dWx_t",
    ),
    Mistake(
        "12.f2",
        "dWh is that of one step only",
        "The same Wh was used T times.",
        "dWh += dWh_t",
        "dWh = dWh_t",
    ),
    Mistake("12.f3", "db is that of one step only", "The same b was used T times.", "db += db_t", "db = db_t"),
    Mistake(
        "12.g",
        "the loop runs forward in time",
        "Walk back the way you came.",
        "range(T - 1, -1, -1)",
        "range(T)",
    ),
    Mistake(
        "12.h",
        "dh0 is zero",
        "h0 was read by step 0. What comes back to it?",
        "return dx, dprev_h,",
        "return dx, np.zeros((N, H)),",
    ),
    Mistake(
        "12.h1",
        "step 0 is left out of the walk back",
        "How many steps has a sequence of T words?",
        "range(T - 1, -1, -1)",
        "range(T - 1, 0, -1)",
    ),
    Mistake(
        "12.h2",
        "the weights' gradients are means over time",
        "Each step adds its share. Sum or mean?",
        "    return dx",
        "    dWx, dWh, db = dWx / T, dWh / T, db / T\n    return dx",
    ),
    Mistake(
        "12.h3",
        "dh0 is the gradient of h at step 0, not of h0",
        "dh0 lies behind step 0. What does step 0's backward give you?",
        "return dx, dprev_h,",
        "return dx, dnext_h,",
    ),
]


BACKWARD += [
    Mistake(
        f"12.q{number}",
        f"{what} are clipped to -{limit} .. {limit} inside the backward pass",
        "The gradient is what it is, however large. Who limits the step: the layer, or the training loop?",
        "    return dx, dprev_h, dWx, dWh, db",
        f"    {names} = (np.clip(one, -{limit}, {limit}) for one in ({names}))\n    return dx, dprev_h, dWx, dWh, db",
    )
    for number, what, names, limit in (
        (1, "all gradients", "dx, dprev_h, dWx, dWh, db", 1),
        (2, "all gradients", "dx, dprev_h, dWx, dWh, db", 5),
        (3, "the weights' gradients", "dWx, dWh, db", 1),
        (4, "the weights' gradients", "dWx, dWh, db", 5),
    )
]


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


EMBEDDING_FORWARD = [
    Mistake("12.w2", "one word too far", "Which row belongs to word 0?", "W[x]", "W[x - 1]"),
    Mistake(
        "12.w3",
        "the vectors are multiplied by the word's number",
        "Is word 4 twice word 2?",
        "W[x]",
        "W[x] * x[..., None]",
    ),
    Mistake(
        "12.w4", "time and batch are exchanged", "out is (N, T, D). Which axis is time?", "out = W[x]", "out = W[x.T]"
    ),
]

EMBEDDING_BACKWARD = [
    Mistake(
        "12.j",
        "dW[x] += dout: of repeated words only the last counts",
        "'a cat and a dog': who counts 'a' twice?",
        "np.add.at(dW, x, dout)",
        "dW[x] += dout",
    ),
    Mistake(
        "12.j1",
        "each word's gradient is a mean over its places",
        "One vector was read twice. Sum or mean?",
        "    return dW",
        "    dW = dW / np.maximum(np.bincount(x.ravel(), minlength=len(W)), 1)[:, None]\n    return dW",
    ),
    Mistake(
        "12.j2",
        "the vectors themselves are added to their gradients",
        "What is dW before anything came back?",
        "np.zeros_like(W)",
        "W.copy()",
    ),
    Mistake(
        "12.j3",
        "the sign is turned round",
        "out = W[x]: which way does out go when W grows?",
        "np.add.at(dW, x, dout)",
        "np.subtract.at(dW, x, dout)",
    ),
    Mistake(
        "12.j4",
        "divided by the number of captions",
        "The mean is already in dout.",
        "    return dW",
        "    return dW / len(x)",
    ),
]


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


TEMPORAL_LOSS = [
    Mistake(
        "12.l",
        "padding is graded as well",
        "Should silence be graded?",
        "np.sum(weights * np.log(p[np.arange(N * T), words]))",
        "np.sum(np.log(p[np.arange(N * T), words]))",
        more=(("    dx = dx * weights[:, None]\n", ""),),
    ),
    Mistake(
        "12.l1",
        "padding is graded in the loss",
        "Should silence be graded?",
        "np.sum(weights * np.log(p[np.arange(N * T), words]))",
        "np.sum(np.log(p[np.arange(N * T), words]))",
    ),
    Mistake(
        "12.l2",
        "padding has a gradient",
        "Should silence be graded? The loss says no, and the gradient?",
        "    dx = dx * weights[:, None]\n",
        "",
    ),
    Mistake(
        "12.m",
        "the mask is turned round",
        "1 = counts or 1 = padding?",
        "mask.reshape(N * T)",
        "1 - mask.reshape(N * T)",
    ),
    Mistake(
        "12.m1",
        "divided by the number of words that count",
        "By which number does this course divide: captions, or words?",
        "words])) / N",
        "words])) / weights.sum()",
        more=(("dx = dx / N", "dx = dx / weights.sum()"),),
    ),
    Mistake(
        "12.m2",
        "divided by N T",
        "By which number does this course divide: captions, or words?",
        "words])) / N",
        "words])) / (N * T)",
        more=(("dx = dx / N", "dx = dx / (N * T)"),),
    ),
    Mistake(
        "12.m3",
        "not divided at all",
        "Take every caption twice: should the loss double?",
        "words])) / N",
        "words]))",
        more=(("    dx = dx / N\n", ""),),
    ),
    Mistake(
        "12.m10",
        "the loss is divided by N T, its gradient by N",
        "Differentiate your own loss: does its divisor come along?",
        "words])) / N",
        "words])) / (N * T)",
    ),
    Mistake(
        "12.m11",
        "the gradient is divided by N T, the loss by N",
        "Differentiate your own loss: does its divisor come along?",
        "dx = dx / N",
        "dx = dx / (N * T)",
    ),
    Mistake("12.m4", "dx is not divided by N", "The loss is. And its gradient?", "    dx = dx / N\n", ""),
    Mistake(
        "12.m5",
        "the truth does not enter the gradient",
        "Where does the right word enter?",
        "    dx[np.arange(N * T), words] -= 1\n",
        "",
    ),
    Mistake(
        "12.m6",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "scores - scores.max(axis=1, keepdims=True)",
        "scores",
    ),
    Mistake(
        "12.m7",
        "the sign of the loss is turned round",
        "A log of a probability is never positive. Is a loss?",
        "-np.sum",
        "np.sum",
    ),
    Mistake(
        "12.m8",
        "softmax over time instead of over the words",
        "Which numbers should sum to 1?",
        "exp / exp.sum(axis=1, keepdims=True)",
        "(exp.reshape(N, T, V) / exp.reshape(N, T, V).sum(axis=1, keepdims=True)).reshape(N * T, V)",
    ),
    Mistake(
        "12.m9",
        "one maximum for all scores",
        "One very large row: what happens to the others?",
        "scores.max(axis=1, keepdims=True)",
        "scores.max()",
    ),
]


def affine_cases(dout):
    """Sizes all different and all alike."""
    sizes = [(1, 2, 4, 3, 5), (2, 3, 3, 3, 3), (10, 4, 2, 5, 3), (3, 1, 5, 2, 4)]

    def one(seed, N, T, D, M):
        rng = np.random.default_rng(seed)
        args = {"x": rng.standard_normal((N, T, D)), "w": rng.standard_normal((D, M)), "b": rng.standard_normal(M)}
        return {"dout": rng.standard_normal((N, T, M)), **args} if dout else args

    return [sequence_case(s[1], s[2], s[1:], **one(*s)) for s in sizes]


AFFINE_FORWARD = [
    Mistake("12.x1", "the bias is not added", "One of the parameters has no effect. Which?", "x @ w + b", "x @ w"),
    Mistake(
        "12.x2",
        "batch and time are exchanged",
        "out is (N, T, M). Which axis is time?",
        "x @ w + b",
        "x.swapaxes(0, 1) @ w + b",
    ),
    Mistake(
        "12.x3",
        "reshaped so that batch and time mix",
        "Row 1 of the flat array: whose step is it?",
        "x @ w + b",
        "(x.swapaxes(0, 1).reshape(-1, x.shape[2]) @ w + b).reshape(*x.shape[:2], -1)",
    ),
    Mistake("12.x4", "w is transposed", "Write the shapes under x @ w.", "x @ w", "x @ w.T"),
]
AFFINE_BACKWARD = [
    Mistake(
        "12.y1",
        "db is summed over the captions only",
        "One bias serves how many words?",
        "dout.sum(axis=(0, 1))",
        "dout.sum(axis=0)",
    ),
    Mistake("12.y2", "db is a mean", "The mean is already in dout.", "dout.sum(axis=(0, 1))", "dout.mean(axis=(0, 1))"),
    Mistake(
        "12.y3",
        "dx without the transpose of w",
        "Write the shapes: dx is as wide as w is high.",
        "dout @ w.T",
        "dout @ w",
    ),
    Mistake(
        "12.y4",
        "dw is transposed",
        "Which shape has w?",
        "np.tensordot(x, dout, ((0, 1), (0, 1)))",
        "np.tensordot(dout, x, ((0, 1), (0, 1)))",
    ),
    Mistake(
        "12.y5",
        "dw is a mean over the steps",
        "Each step adds its share. Sum or mean?",
        "np.tensordot(x, dout, ((0, 1), (0, 1)))",
        "np.tensordot(x, dout, ((0, 1), (0, 1))) / x.shape[1]",
    ),
]


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


ECHO = [
    Mistake(
        "12.e1",
        "only the gradient of each number's own output is used",
        "x[t] is heard at time t. And at time t + 1?",
        "dout[t] + a * later",
        "dout[t]",
    ),
    Mistake(
        "12.e2",
        "what comes from the next moment is not multiplied by a",
        "How much of out[t] is heard a moment later?",
        "a * later",
        "later",
    ),
    Mistake(
        "12.e3",
        "da is that of one moment only",
        "The same a was used at every moment but the first.",
        "da += dx[t]",
        "da = dx[t]",
    ),
    Mistake(
        "12.e4",
        "da uses out[t] instead of out[t - 1]",
        "Which sound met a at time t?",
        "* out[t - 1]",
        "* out[t]",
    ),
    Mistake(
        "12.e5",
        "the loop runs forward in time",
        "Walk back the way you came.",
        "range(len(dout) - 1, -1, -1)",
        "range(len(dout))",
    ),
    Mistake(
        "12.e6",
        "da uses dout alone, without what came back from later moments",
        "out[t] reaches the loss along two paths. Which gradient holds both?",
        "da += dx[t]",
        "da += dout[t]",
    ),
    Mistake(
        "12.e7",
        "da is a mean over time",
        "Each step adds its share. Sum or mean?",
        "return dx, da",
        "return dx, da / len(dout)",
    ),
    Mistake(
        "12.e8",
        "the first moment hears the last one",
        "At t = 0, which number is out[t - 1] for Python?",
        "        if t > 0:\n            da += dx[t] * out[t - 1]\n",
        "        da += dx[t] * out[t - 1]\n",
    ),
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
        STEP_FORWARD,
    ),
    exercise(
        "rnn_step_backward",
        RECURRENT,
        RNN_GRADIENTS,
        step_backward_cases,
        "Five steps with random gradients from above, sizes all different and all alike.",
        "With as many inputs as units a forgotten .T raises no error; only the numbers tell.",
        STEP_BACKWARD,
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
        FORWARD,
    ),
    exercise(
        "rnn_backward",
        RECURRENT,
        ("dx", "dh0", "dWx", "dWh", "db"),
        sequence_backward_cases,
        "Six sets of sequences with random gradients at every step.",
        "Each h_t is read twice: by the loss and by the next step, so two gradients come back to it.",
        BACKWARD,
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
        EMBEDDING_FORWARD,
    ),
    exercise(
        "word_embedding_backward",
        SEQUENCE,
        ("dW",),
        embedding_backward_cases,
        "Five sets of words, repeated ones among them.",
        "A word that stands twice gets both gradients; `dW[x] += dout` would keep one of them.",
        EMBEDDING_BACKWARD,
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
        AFFINE_FORWARD,
    ),
    exercise(
        "temporal_affine_backward",
        SEQUENCE,
        ("dx", "dw", "db"),
        lambda: affine_cases(dout=True),
        "Four sets of sequences with random gradients from above.",
        "w and b were used at every step, so their gradients are sums over batch and time.",
        AFFINE_BACKWARD,
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
        TEMPORAL_LOSS,
        play=temporal_play,
    ),
    Exercise(
        "echo_backward",
        f"{PLAIN}:echo_backward",
        ("dx", "da"),
        echo_cases,
        "Nine sounds: a single number, no echo, an echo that turns the sign.",
        "A chain in time is a chain in time: two paths to each out[t], and one sum for the number all moments share.",
        ECHO,
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
