"""Topic 04: affine and ReLU layers, losses over scores, the two-layer net."""

import inspect
from dataclasses import replace

import numpy as np

from ..model import Exercise, Mistake, Remark, backward, case, edge
from ..puzzles import FindMistake, LineOrder
from ..run import Blank, WrongForm
from .t02_svm import from_ones

PLAIN = "cs231n_lib.textbook.layers"
LAYERS = "cs231n_lib.layers"
FORWARD_ONLY = ("out", "_cache")


def affine(seed, N, shape, M, dout=True):
    """Return x (N, *shape), w, b, and a random dout."""
    rng = np.random.default_rng(seed)
    D = int(np.prod(shape))
    args = {
        "x": rng.standard_normal((N, *shape)),
        "w": rng.standard_normal((D, M)),
        "b": rng.standard_normal(M),
    }
    return {"dout": rng.standard_normal((N, M)), **args} if dout else args


def affine_cases(dout=True):
    """Rows and pictures, sizes all different and all alike; an edge: one row alone."""

    def one(label, *args):
        return case(label, **affine(*args, dout=dout))

    return [
        one("4 rows of 3 numbers", 1, 4, (3,), 5),
        one("2 pictures", 2, 2, (3, 4, 2), 5),
        one("all sizes equal", 3, 4, (4,), 4),
        one("as many rows as outputs", 4, 4, (3,), 4),
        one("as many inputs as outputs", 5, 2, (3,), 3),
        *(one("random sizes", s, s % 4 + 2, (s % 3 + 2, 2), s % 5 + 2) for s in range(10, 14)),
        edge("one row", **affine(6, 1, (2, 3), 4, dout=dout)),
    ]


AFFINE_FORWARD = [
    Mistake(
        "04.c", "the bias is not added", "One of the three parameters has no effect. Which?", "rows @ w + b", "rows @ w"
    ),
    Mistake("04.c2", "the bias is subtracted", "Set x to zero: what should out be?", "rows @ w + b", "rows @ w - b"),
    Mistake("04.c3", "the bias is multiplied", "Set x to zero: what should out be?", "rows @ w + b", "rows @ w * b"),
    Mistake(
        "04.c4",
        "w is transposed",
        "Write the shapes under x @ w. Which inner sizes must agree?",
        "rows @ w",
        "rows @ w.T",
    ),
    Mistake(
        "04.c5",
        "only the first bias is added, to every output",
        "How many outputs are there, and how many biases?",
        "+ b",
        "+ b[0]",
    ),
    Mistake(
        "04.c6",
        "the bias is added to the rows instead of the outputs",
        "b has one number for each output. Along which axis do the outputs lie?",
        "rows @ w + b",
        "rows @ w + b[:, None]",
    ),
    Mistake(
        "04.c10",
        "x is not flattened: each picture must be one row",
        "Which shape has x where it holds pictures, and which shape has w?",
        "rows @ w",
        "x @ w",
    ),
    Mistake(
        "04.c7",
        "the rows of x are flattened in another order",
        "reshape runs through the last axis first. What does your flattening run through first?",
        "x.reshape(len(x), -1)",
        'x.reshape(len(x), -1, order="F")',
    ),
    Mistake(
        "04.c8",
        "x is reshaped so that pictures and pixels are mixed",
        "Row 0 of the reshaped x: does it hold the pixels of picture 0 alone?",
        "x.reshape(len(x), -1)",
        "x.reshape(-1, len(x)).T",
    ),
    Mistake(
        "04.c9",
        "a ReLU is applied as well",
        "This layer is affine only: can its output be negative?",
        "rows @ w + b",
        "np.maximum(rows @ w + b, 0)",
    ),
]

AFFINE_BACKWARD = [
    Mistake(
        "04.a",
        "db is summed over the outputs instead of the pictures",
        "One bias serves how many pictures?",
        "dout.sum(axis=0)",
        "dout.sum(axis=1)",
    ),
    Mistake(
        "04.b",
        "db is a mean instead of a sum",
        "The mean is already in dout. Should you take it again?",
        "dout.sum(axis=0)",
        "dout.mean(axis=0)",
    ),
    Mistake(
        "04.d",
        "dx without the transpose of w",
        "Write the shapes next to it: dx is as wide as w is high.",
        "dout @ w.T",
        "dout @ w",
    ),
    Mistake(
        "04.d2",
        "dx is not reshaped to the shape of x",
        "What shape has x, and what shape has your dx?",
        "(dout @ w.T).reshape(x.shape)",
        "dout @ w.T",
    ),
    Mistake(
        "04.d11",
        "x is not flattened for dw",
        "Which shape has x where it holds pictures, and which shape has w?",
        "rows.T @ dout",
        "x.T @ dout",
    ),
    Mistake("04.d3", "dw is transposed", "Which shape has w? dw has the same.", "rows.T @ dout", "dout.T @ rows"),
    Mistake(
        "04.d4",
        "dw is divided by N",
        "The mean is already in dout. Should you take it again?",
        "rows.T @ dout",
        "rows.T @ dout / len(x)",
    ),
    Mistake(
        "04.d5", "db adds up everything into one number", "How many biases are there?", "dout.sum(axis=0)", "dout.sum()"
    ),
    Mistake(
        "04.d6",
        "db is kept as a row of shape (1, M)",
        "Which shape has b? db has the same.",
        "dout.sum(axis=0)",
        "dout.sum(axis=0, keepdims=True)",
    ),
    Mistake("04.d7", "db is dout itself, not summed", "One bias serves how many pictures?", "dout.sum(axis=0)", "dout"),
    Mistake(
        "04.d8",
        "dw uses x without dout's sign",
        "Which way does the loss go when w grows?",
        "rows.T @ dout",
        "-rows.T @ dout",
    ),
    Mistake(
        "04.d9",
        "the bias is added to dx",
        "Does the slope of x w + b with respect to x know b?",
        "dout @ w.T",
        "(dout + b) @ w.T",
    ),
    Mistake(
        "04.d10",
        "dx and dw are returned in the other order",
        "In which order does forward take x and w?",
        "return dx, dw, db",
        "return dw, dx, db",
    ),
]


def relu(seed, *shape, dout=True):
    """Return numbers of both signs, none of them 0, and a random dout."""
    rng = np.random.default_rng(seed)
    args = {"x": rng.integers(-3, 3, shape) + 0.5}
    return {"dout": rng.standard_normal(shape), **args} if dout else args


def relu_cases(dout=True):
    """Rows, pictures, rows all negative and all positive; an edge: zeros among the inputs."""
    extra = {"dout": np.array([[-1.0, 2.0], [0.5, -3.0]])} if dout else {}
    zeros = relu(4, 4, 6, dout=dout)
    return [
        case("4 rows of 5 numbers", **relu(1, 4, 5, dout=dout)),
        case("2 pictures", **relu(2, 2, 3, 4, 2, dout=dout)),
        case("one row negative and one positive", **extra, x=np.array([[-1.0, -2.0], [3.0, 0.5]])),
        *(case("random inputs", **relu(s, s % 4 + 2, 7, dout=dout)) for s in range(10, 13)),
        edge("zeros among the inputs", **zeros | {"x": np.round(zeros["x"] / 2)}),
    ]


RELU_FORWARD = [
    Mistake(
        "04.g",
        "the 0/1 mask is returned instead of the numbers",
        "The gate looks at x, then lets something through. What?",
        "np.maximum(x, 0)",
        "(x > 0).astype(float)",
    ),
    Mistake(
        "04.g8",
        "the 0/1 mask is returned instead of the numbers, with a 1 where x = 0",
        "The gate looks at x, then lets something through. What?",
        "np.maximum(x, 0)",
        "(x >= 0).astype(float)",
    ),
    Mistake(
        "04.g2",
        "the minimum instead of the maximum",
        "Should positive or negative numbers pass?",
        "np.maximum(x, 0)",
        "np.minimum(x, 0)",
    ),
    Mistake("04.g3", "the absolute value", "What should a -3 become?", "np.maximum(x, 0)", "np.abs(x)"),
    Mistake(
        "04.g4",
        "x is changed in place",
        "Who else holds this array? The backward needs x as it was.",
        "np.maximum(x, 0)",
        "np.maximum(x, 0, out=x)",
    ),
    Mistake(
        "04.g5",
        "np.max, one number, instead of np.maximum",
        "np.max finds one number; what compares each number with 0?",
        "np.maximum(x, 0)",
        "np.max(x) * np.ones_like(x)",
    ),
    Mistake(
        "04.g6",
        "negative numbers are scaled, not set to 0",
        "That is the leaky ReLU. Which one is asked for?",
        "np.maximum(x, 0)",
        "np.maximum(x, 0.01 * x)",
    ),
    Mistake(
        "04.g7",
        "numbers below 1 are set to 0",
        "Where is the corner of the ReLU?",
        "np.maximum(x, 0)",
        "np.maximum(x, 1)",
    ),
]

RELU_BACKWARD = [
    Mistake(
        "04.f",
        "the gate looks at dout instead of x",
        "Who decides whether the gate is open: what came in, or what comes back?",
        "(x > 0)",
        "(dout > 0)",
    ),
    Mistake(
        "04.h",
        "the mask itself is returned",
        "The gate looks at x, then lets something through. What?",
        "dout * (x > 0)",
        "(x > 0).astype(float)",
    ),
    Mistake(
        "04.i",
        "dout is changed in place",
        "Who else holds this array?",
        "dx = dout * (x > 0)",
        "dx = dout\n    dx[x <= 0] = 0",
    ),
    Mistake(
        "04.i2",
        "dout is changed in place, and passes where x = 0",
        "Who else holds this array? And what is the slope at 0?",
        "dx = dout * (x > 0)",
        "dx = dout\n    dx[x < 0] = 0",
    ),
    Mistake(
        "04.i8",
        "dout passes where x = 0",
        "What is the slope at 0? Any number from 0 to 1 would serve; this course and PyTorch take 0.",
        "(x > 0)",
        "(x >= 0)",
    ),
    Mistake(
        "04.i3",
        "x is returned where it is positive, instead of dout",
        "What travels backwards: numbers or gradients?",
        "dout * (x > 0)",
        "x * (x > 0)",
    ),
    Mistake(
        "04.i4",
        "dout is multiplied by max(x, 0)",
        "What is the slope of max(x, 0) at x = 3?",
        "dout * (x > 0)",
        "dout * np.maximum(x, 0)",
    ),
    Mistake(
        "04.i9",
        "dout is multiplied by x",
        "What is the slope of max(x, 0) at x = 3? And at x = -3?",
        "dout * (x > 0)",
        "dout * x",
    ),
    Mistake(
        "04.i5",
        "the gate is open where x is negative",
        "Which numbers passed on the way forward?",
        "(x > 0)",
        "(x < 0)",
    ),
    Mistake(
        "04.i6", "dout passes everywhere", "What is the slope of max(x, 0) at x = -3?", "dout * (x > 0)", "dout.copy()"
    ),
    Mistake(
        "04.i7",
        "negative gradients are cut off as well",
        "May a gradient be negative?",
        "dout * (x > 0)",
        "np.maximum(dout, 0) * (x > 0)",
    ),
]


def smooth(seed, *shape, dout=True):
    """Return random inputs and dout."""
    rng = np.random.default_rng(seed)
    args = {"x": 2 * rng.standard_normal(shape)}
    return {"dout": rng.standard_normal(shape), **args} if dout else args


def smooth_cases(dout=True):
    """Rows, pictures, zero, and more draws."""
    extra = {"dout": np.array([2.0, -1.0, 0.5])} if dout else {}
    return [
        case("4 rows of 5 numbers", **smooth(1, 4, 5, dout=dout)),
        case("2 pictures", **smooth(2, 2, 3, 4, dout=dout)),
        case("zero and large inputs", **extra, x=np.array([0.0, 9.0, -9.0])),
        *(case("random inputs", **smooth(s, 3, s % 4 + 2, dout=dout)) for s in range(10, 13)),
    ]


SIGMOID_FORWARD = [
    Mistake(
        "04.s",
        "1/1 + exp(-x): the brackets are missing",
        "Put x = 0 in: 0.5 is right. Which operation comes first in yours?",
        "1 / (1 + np.exp(-x))",
        "1 / 1 + np.exp(-x)",
    ),
    Mistake(
        "04.s2", "exp(x) for exp(-x)", "Which value should a large positive x give: 0 or 1?", "np.exp(-x)", "np.exp(x)"
    ),
    Mistake("04.s3", "tanh instead of the sigmoid", "Can a sigmoid be negative?", "1 / (1 + np.exp(-x))", "np.tanh(x)"),
    Mistake(
        "04.s4", "1 - exp(-x) below the line", "Put x = 0 in: 0.5 is right.", "(1 + np.exp(-x))", "(1 - np.exp(-x))"
    ),
]

SIGMOID_BACKWARD = [
    Mistake(
        "04.t",
        "the slope is 1 - out², which belongs to tanh",
        "At x = 0 the slope of the sigmoid is 1/4. What is yours?",
        "out * (1 - out)",
        "(1 - out * out)",
    ),
    Mistake(
        "04.t2",
        "the factor 1 - out is missing",
        "At x = 0 the slope of the sigmoid is 1/4. What is yours?",
        "out * (1 - out)",
        "out",
    ),
    Mistake(
        "04.t3",
        "the factor out is missing",
        "At x = 0 the slope of the sigmoid is 1/4. What is yours?",
        "dout * out * (1 - out)",
        "dout * (1 - out)",
    ),
    Mistake(
        "04.t4",
        "dout is not used",
        "Chain rule: what comes back is multiplied by what?",
        "dout * out * (1 - out)",
        "out * (1 - out)",
    ),
    Mistake(
        "04.t5", "out - 1 instead of 1 - out", "Is the slope of the sigmoid ever negative?", "(1 - out)", "(out - 1)"
    ),
    Mistake(
        "04.t6",
        "the sigmoid is applied again to the cache",
        "The cache holds the output already. Does it need another squashing?",
        "out = cache",
        "out = 1 / (1 + np.exp(-cache))",
    ),
]

LEAKY_FORWARD = [
    Mistake("04.l1", "negative numbers are set to 0, as in the plain ReLU", "What leaks?", "alpha * x", "0"),
    Mistake(
        "04.l2",
        "negative numbers become alpha instead of alpha * x",
        "What should -3 become with alpha = 0.1?",
        "alpha * x)",
        "alpha)",
    ),
    Mistake(
        "04.l3",
        "the positive side is scaled",
        "Which side leaks?",
        "np.where(x > 0, x, alpha * x)",
        "np.where(x > 0, alpha * x, x)",
    ),
    Mistake(
        "04.l4",
        "a negative slope on the negative side",
        "Should a more negative x give a more negative output?",
        "alpha * x)",
        "-alpha * x)",
    ),
    Mistake("04.l5", "alpha is fixed at 0.01", "Which alpha was given?", "alpha * x)", "0.01 * x)"),
]

LEAKY_BACKWARD = [
    Mistake("04.m1", "nothing passes where x is negative, as in the plain ReLU", "What leaks?", "alpha * dout", "0"),
    Mistake(
        "04.m2",
        "the gate looks at dout instead of x",
        "Who decides: what came in, or what comes back?",
        "x > 0",
        "dout > 0",
    ),
    Mistake(
        "04.m3",
        "alpha * x instead of alpha * dout",
        "What travels backwards: numbers or gradients?",
        "alpha * dout",
        "alpha * x",
    ),
    Mistake(
        "04.m4",
        "alpha alone where x is negative",
        "Chain rule: what comes back is multiplied by the slope.",
        "alpha * dout",
        "alpha",
    ),
    Mistake(
        "04.m5",
        "the slopes are swapped",
        "Which side leaks?",
        "np.where(x > 0, dout, alpha * dout)",
        "np.where(x > 0, alpha * dout, dout)",
    ),
]


def leaky_cases(dout=True):
    """The cases of smooth inputs with a slope each; an edge: an input of 0, where the slope is a convention."""
    order = ("dout", "x") if dout else ("x",)
    return [
        replace(c, args={**{n: c.args[n] for n in order}, "alpha": alpha}, edge=0 in c.args["x"])
        for c, alpha in zip(smooth_cases(dout), (0.1, 0.3, 0.5, 0.01, 0.2, 0.25), strict=True)
    ]


def scores(seed, N, C, size=2.0):
    """Return scores and labels."""
    rng = np.random.default_rng(seed)
    return {"x": size * rng.standard_normal((N, C)), "y": rng.integers(0, C, N)}


def loss_cases():
    """Sizes all different and all alike, equal scores, more draws; an edge: one row."""
    return [
        case("5 rows and 3 classes", **scores(1, 5, 3)),
        case("as many rows as classes", **scores(2, 4, 4)),
        case("all scores zero", x=np.zeros((3, 5)), y=np.array([0, 4, 2])),
        *(case("random scores", **scores(s, s % 4 + 3, s % 5 + 3)) for s in range(10, 16)),
        edge("one row", **scores(3, 1, 4)),
    ]


def softmax_cases():
    """The cases above; edges: scores near 1000, alone and beside small ones."""
    rng = np.random.default_rng(4)
    mixed = rng.standard_normal((4, 3)) + np.array([[1000.0], [0], [-1000], [3]])
    return [
        *loss_cases(),
        edge("scores near 1000", x=1000 + rng.standard_normal((3, 4)), y=np.array([1, 0, 3])),
        edge("scores near 1000 beside scores near 0", x=mixed, y=np.array([2, 0, 1, 1])),
    ]


SVM_SCORES = [
    Mistake(
        "04.v1",
        "dx is not divided by N",
        "Your loss is a mean over the pictures. Is your gradient?",
        "    dx = dx / N\n",
        "",
    ),
    Mistake(
        "04.v2",
        "neither loss nor dx is divided by N",
        "Take every picture twice: should the loss double?",
        "    dx = dx / N\n",
        "",
        more=(("margins.sum() / N", "margins.sum()"),),
    ),
    Mistake(
        "04.v3",
        "the loss is not divided by N",
        "Take every picture twice: should the loss double?",
        "margins.sum() / N",
        "margins.sum()",
    ),
    Mistake(
        "04.v4",
        "the right class is counted in the loss",
        "How much loss should a perfect score give?",
        "loss = margins.sum() / N",
        "loss = margins.sum() / N + 1",
    ),
    Mistake(
        "04.v5",
        "the right class is counted in loss and gradient",
        "What is the margin of the right class against itself?",
        "    margins[np.arange(N), y] = 0\n",
        "",
    ),
    Mistake(
        "04.v6",
        "the margin of 1 is missing",
        "All scores alike: the loss should be the number of classes minus 1.",
        "correct[:, None] + 1",
        "correct[:, None]",
    ),
    Mistake(
        "04.v7",
        "the right class gets -1 instead of minus the number of violated margins",
        "Three violated margins: how often does the right score stand in the loss?",
        "-dx.sum(axis=1)",
        "-1",
    ),
    Mistake(
        "04.v8",
        "the gradient of the right class is missing",
        "Each violated margin holds two scores. Which did you not touch?",
        "= -dx.sum(axis=1)",
        "= 0",
    ),
    Mistake("04.v9", "the sign of dx is turned round", "Downhill or uphill?", "return loss, dx", "return loss, -dx"),
    Mistake(
        "04.v10",
        "the margins themselves stand in the gradient, not 0 or 1",
        "What is the slope of max(0, m) where m > 0?",
        "(margins > 0).astype(float)",
        "margins.copy()",
    ),
    Mistake(
        "04.v11",
        "the mean runs over rows and classes",
        "margins.mean() divides by how many numbers?",
        "margins.sum() / N",
        "margins.mean()",
    ),
    Mistake(
        "04.v12",
        "the right scores are a row where a column is needed",
        "NumPy lays N numbers along the last axis of x. Which axis holds the rows?",
        "correct[:, None]",
        "correct",
    ),
    Mistake(
        "04.v13",
        "loss and gradient are divided by N * C, the number of all scores",
        "A mean over what: pictures, or single scores?",
        "margins.sum() / N",
        "margins.mean()",
        more=(("dx = dx / N", "dx = dx / x.size"),),
    ),
    Mistake(
        "04.v14",
        "dx is divided by N * C, the number of all scores",
        "A mean over what: pictures, or single scores?",
        "dx = dx / N",
        "dx = dx / x.size",
    ),
    Mistake(
        "04.v15",
        "every class counts in the gradient, violated or not",
        "A margin that is satisfied: how does the loss change when its score moves a little?",
        "(margins > 0)",
        "(margins > -1)",
    ),
    *from_ones("04.v", "dx"),
]

SOFTMAX_SCORES = [
    Mistake(
        "04.w1",
        "dx is not divided by N",
        "Your loss is a mean over the pictures. Is your gradient?",
        "    dx = dx / N\n",
        "",
    ),
    Mistake(
        "04.w2",
        "neither loss nor dx is divided by N",
        "Take every picture twice: should the loss double?",
        "    dx = dx / N\n",
        "",
        more=(("    loss = loss / N\n", ""),),
    ),
    Mistake(
        "04.w3",
        "the loss is not divided by N",
        "Take every picture twice: should the loss double?",
        "    loss = loss / N\n",
        "",
    ),
    Mistake(
        "04.w4",
        "the truth does not enter the gradient: 1 is not subtracted at y",
        "Where does the right class enter your gradient?",
        "    dx[np.arange(N), y] -= 1\n",
        "",
    ),
    Mistake(
        "04.w5",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "x - x.max(axis=1, keepdims=True)",
        "x",
    ),
    Mistake(
        "04.w6",
        "one maximum for all rows",
        "One very large row: what happens to the exponentials of the others?",
        "x.max(axis=1, keepdims=True)",
        "x.max()",
    ),
    Mistake(
        "04.w7",
        "the maximum runs over the pictures instead of the classes",
        "Softmax cancels what is added to a whole row. Is your maximum one number a row?",
        "x.max(axis=1, keepdims=True)",
        "x.max(axis=0, keepdims=True)",
    ),
    Mistake(
        "04.w8",
        "the loss takes the log of exp, not of a probability",
        "Is what you take the log of a probability?",
        "np.log(p[np.arange(N), y])",
        "np.log(exp[np.arange(N), y])",
    ),
    Mistake(
        "04.w9",
        "the probabilities sum to 1 over the pictures instead of the classes",
        "Which numbers should sum to 1?",
        "exp.sum(axis=1, keepdims=True)",
        "exp.sum(axis=0, keepdims=True)",
    ),
    Mistake(
        "04.w10",
        "the probabilities sum to 1 over all pictures together",
        "Which numbers should sum to 1?",
        "exp.sum(axis=1, keepdims=True)",
        "exp.sum()",
    ),
    Mistake(
        "04.w11",
        "the sign of dx is turned round",
        "The right class's score should go up.",
        "return loss, dx",
        "return loss, -dx",
    ),
    Mistake(
        "04.w12",
        "the sign of the loss is turned round",
        "A log of a probability is never positive. Is a loss?",
        "-np.log",
        "np.log",
    ),
    Mistake(
        "04.w13",
        "1 is taken from the probabilities before the log",
        "Are you still taking the log of a probability?",
        "loss = -np.log(p[np.arange(N), y]).sum()",
        "p[np.arange(N), y] -= 1\n    loss = -np.log(p[np.arange(N), y]).sum()",
        more=(("    dx[np.arange(N), y] -= 1\n", ""),),
    ),
    Mistake(
        "04.w14",
        "the logs of all classes are added",
        "The loss of a picture asks for one probability. Which?",
        "np.log(p[np.arange(N), y])",
        "np.log(p)",
    ),
    Mistake(
        "04.w.mixed",
        "the shift is in the sum of the exponentials, but not in the right score",
        "What is taken off every score before exp: is it off the right score as well?",
        "-np.log(p[np.arange(N), y]).sum()",
        "(np.log(exp.sum(axis=1)) - x[np.arange(N), y]).sum()",
    ),
    Mistake(
        "04.w.every",
        "1 is subtracted at every class, not at the right one alone",
        "Do the rows of the gradient of the scores sum to 0?",
        "dx[np.arange(N), y] -= 1",
        "dx -= 1",
    ),
    Mistake(
        "04.w.right",
        "only the right class has a gradient",
        "Every score stands in the denominator. Which ones did you not touch?",
        "dx[np.arange(N), y] -= 1\n",
        "dx[np.arange(N), y] -= 1\n    dx = np.where(np.arange(x.shape[1]) == y[:, None], dx, 0)\n",
    ),
    Mistake(
        "04.w15",
        "loss and gradient are divided by N * C, the number of all scores",
        "A mean over what: pictures, or single scores?",
        "loss = loss / N",
        "loss = loss / x.size",
        more=(("dx = dx / N", "dx = dx / x.size"),),
    ),
    Mistake(
        "04.w16",
        "the mean runs over rows and classes",
        "np.mean of a whole table divides by how many numbers?",
        "loss = loss / N",
        "loss = loss / x.size",
    ),
    Mistake(
        "04.w17",
        "dx is divided by N * C, the number of all scores",
        "A mean over what: pictures, or single scores?",
        "dx = dx / N",
        "dx = dx / x.size",
    ),
    Mistake(
        "04.w18",
        "p - 1 is multiplied by p * (1 - p) once more",
        "p - 1 is the derivative of log and softmax together. What is left to multiply by?",
        "dx[np.arange(N), y] -= 1\n",
        "dx[np.arange(N), y] -= 1\n    dx = dx * p * (1 - p)\n",
    ),
]


def underflow():
    """Scores so far apart that the right class's probability is rounded to 0."""
    return case("scores 1000 apart", x=np.array([[1000.0, 0.0], [0.0, 1000.0]]), y=np.array([1, 1]))


def net_loss(fn, params, reg, X, y, **settings):
    """Play a net's loss: the loss and the gradients by name, then the scores."""
    net = fn.new(init={**settings, "reg": reg}, reg=reg, params=params)
    result = fn.raw(net, X, y)
    if result is None:
        raise Blank
    if not isinstance(result, (tuple, list)) or len(result) != 2 or not isinstance(result[1], dict):
        raise WrongForm("arity", {"count": 2, "names": "loss, grads", "got": type(result).__name__})
    loss, grads = result
    gradients = {f"grads[{name!r}]": grads.get(name) for name in params}
    return {"scores": fn.raw(net, X), "loss": loss, **gradients}


SCALES = (0.03, 0.7)  # weight scales that no net has by default
DRAWS = 4
FIRST = {"b": 0, "beta": 0, "gamma": 1}  # where the parameters that are not drawn start


def made_case(shapes, **settings):
    """Return the case that makes a net with these settings and looks at its first parameters."""
    return case("the parameters it is made with", shapes=shapes, **settings)


def net_play(fn, shapes=None, **args):
    """Play a net's loss, or the making of the net where a case tells the shapes of its parameters."""
    return net_loss(fn, **args) if shapes is None else net_made(fn, shapes, args)


def net_made(fn, shapes, settings):
    """Name what is to be seen of a net's first parameters, over several draws at each of two weight scales."""
    found = {"number of parameters": len(shapes), **{k: v for n in shapes for k, v in ideal(n, shapes[n]).items()}}
    if not can_be_made(fn.owner, settings | {"weight_scale": 1.0}):
        return found
    nets = [[fn.owner(**settings, weight_scale=scale).params for _ in range(DRAWS)] for scale in SCALES]
    found["number of parameters"] = len(nets[0][0])
    for name in shapes:
        arrays = [[None if p.get(name) is None else np.asarray(p[name]) for p in draws] for draws in nets]
        wanted = ideal(name, shapes[name])
        found |= dict.fromkeys(wanted) if arrays[0][0] is None else dict(zip(wanted, seen(name, arrays), strict=True))
    return found


def can_be_made(owner, settings) -> bool:
    """Return whether a class says itself how it is made, with weight_scale among its settings."""
    try:
        signature = inspect.signature(owner)
        signature.bind(**settings)
    except (TypeError, ValueError):
        return False
    return "weight_scale" in signature.parameters


def ideal(name, shape):
    """Return what `seen` finds where a parameter is right, each with its name."""
    kind = name.rstrip("0123456789")
    if kind in FIRST:
        return {f"size of {name}": np.prod(shape), f"{name} starts at {FIRST[kind]}": True}
    asked = ("is random", "has the mean 0", "is larger for a larger weight_scale", "has the std weight_scale")
    return {f"shape of {name}": np.array(shape), **{f"{name} {what}": True for what in asked}}


def seen(name, arrays):
    """Return the shape of a parameter and whether its values are as they should be; arrays by scale and draw."""
    one, kind = arrays[0][0], name.rstrip("0123456789")
    if kind in FIRST:
        return one.size, all(np.all(a == FIRST[kind]) for draws in arrays for a in draws)
    together = [np.stack(draws) for draws in arrays]
    std = np.array([a.std() for a in together])
    return (
        np.array(one.shape),
        all(np.ptp(a) > 0 for a in together),
        all(abs(a.mean()) <= 0.3 * s for a, s in zip(together, std, strict=True)),
        std[1] > 5 * std[0],
        bool(np.all(np.abs(std / SCALES - 1) < 0.25)),
    )


def net(seed, N, D, H, C, reg, shape=None):
    """Return parameters, pictures and labels of a two-layer net; no bias is 0."""
    rng = np.random.default_rng(seed)
    params = {
        "W1": rng.standard_normal((D, H)),
        "b1": rng.standard_normal(H),
        "W2": rng.standard_normal((H, C)),
        "b2": rng.standard_normal(C),
    }
    X = rng.standard_normal((N, D)).reshape(N, *(shape or (D,)))
    sizes = {"input_dim": D, "hidden_dim": H, "num_classes": C}
    return {"params": params, "reg": reg, "X": X, "y": rng.integers(0, C, N), **sizes}


def net_cases():
    """reg zero and not, rows and pictures, sizes all different and all alike, and the net as it is made."""
    return [
        case("reg = 0", **net(1, 5, 4, 6, 3, 0.0)),
        case("reg = 0.7", **net(2, 5, 4, 6, 3, 0.7)),
        case("3 pictures", **net(3, 3, 12, 5, 4, 0.3, (3, 2, 2))),
        case("all sizes equal", **net(4, 4, 4, 4, 4, 0.5)),
        *(
            case("random nets", **net(s, s % 3 + 3, s % 4 + 3, s % 5 + 3, s % 3 + 3, 0.2 * (s % 5)))
            for s in range(10, 14)
        ),
        made_case(
            {"W1": (30, 20), "b1": (20,), "W2": (20, 15), "b2": (15,)}, input_dim=30, hidden_dim=20, num_classes=15
        ),
    ]


def net_terms(params=None, reg=0.0, **_):
    """Name what is added too often or forgotten."""
    params = params or {}
    sums = {f"reg * sum({n} * {n})": reg * np.sum(w * w) for n, w in params.items() if w.ndim > 1}
    return {f"reg * {n}": reg * w for n, w in params.items()} | sums


MADE = [  # what __init__ can do wrong in any net: id, title, question, old, new
    (
        "fixed",
        "__init__ ignores weight_scale: the standard deviation of the first weights is fixed",
        "Make the net twice with different weight_scale. Do the first weights differ in size?",
        "weight_scale * np.random.randn",
        "0.01 * np.random.randn",
    ),
    (
        "factor",
        "__init__ scales the first weights by something else besides weight_scale",
        "Which standard deviation does the task ask for? Divide the std of your weights by weight_scale.",
        "np.random.randn(*shape)",
        "np.random.randn(*shape) / np.sqrt(shape[-1])",
    ),
    (
        "uniform",
        "__init__ draws the first weights between 0 and weight_scale, not from a normal distribution around 0",
        "rand or randn: can a weight be negative?",
        "np.random.randn(*shape)",
        "np.random.rand(*shape)",
    ),
    (
        "zeros",
        "__init__ starts all weights at 0",
        "Two hidden units with equal weights get equal gradients. How should they ever differ?",
        "weight_scale * np.random.randn(*shape)",
        "np.zeros(shape)",
    ),
    (
        "alike",
        "__init__ gives all weights the same value",
        "Two hidden units with equal weights get equal gradients. How should they ever differ?",
        "np.random.randn(*shape)",
        "np.ones(shape)",
    ),
    (
        "bias",
        "the biases do not start at 0 in __init__",
        "Nothing has been learned yet. Which side should a unit lean to?",
        '"b{i}"] = np.zeros(outputs)',
        '"b{i}"] = np.ones(outputs)',
    ),
]


def made_wrong(topic, net):
    """Return the mistakes in the __init__ of a plain net."""
    return [Mistake(f"{topic}.made.{id}", *texts, where=f"{net}.__init__") for id, *texts in MADE]


TWO_LAYER = [
    Mistake(
        "04.k",
        "the last matrix has no penalty, in loss and gradient",
        "Count the matrices in your penalty.",
        "np.sum(W1 * W1) + np.sum(W2 * W2)",
        "np.sum(W1 * W1)",
        more=(("h.T @ dscores + self.reg * W2", "h.T @ dscores"),),
    ),
    Mistake(
        "04.k1",
        "the penalty of the first matrix is missing in loss and gradient",
        "Count the matrices in your penalty.",
        "np.sum(W1 * W1) + np.sum(W2 * W2)",
        "np.sum(W2 * W2)",
        more=(("rows.T @ da + self.reg * W1", "rows.T @ da"),),
    ),
    *(
        Mistake(
            f"04.k.{name}.{part}",
            f"{name} has no penalty in {where}",
            "Every matrix of the penalty stands in the loss, and has a gradient. Which did you forget?",
            old,
            new,
        )
        for name, part, where, old, new in (
            ("W1", "loss", "the loss", "np.sum(W1 * W1) + np.sum(W2 * W2)", "np.sum(W2 * W2)"),
            ("W2", "loss", "the loss", "np.sum(W1 * W1) + np.sum(W2 * W2)", "np.sum(W1 * W1)"),
            ("W1", "grad", "its gradient", "rows.T @ da + self.reg * W1", "rows.T @ da"),
            ("W2", "grad", "its gradient", "h.T @ dscores + self.reg * W2", "h.T @ dscores"),
        )
    ),
    Mistake(
        "04.l",
        "the factor 1/2 of the penalty is missing, in loss and gradient",
        "Which convention does this net use: reg or reg / 2?",
        "0.5 * self.reg",
        "self.reg",
        more=(
            ("dscores + self.reg * W2", "dscores + 2 * self.reg * W2"),
            ("da + self.reg * W1", "da + 2 * self.reg * W1"),
        ),
    ),
    Mistake(
        "04.lb",
        "the factor 1/2 of the penalty is missing in the loss",
        "Differentiate your own penalty: is that what you add to the gradients?",
        "0.5 * self.reg",
        "self.reg",
    ),
    Mistake(
        "04.lc",
        "the gradients of the penalty have a factor 2 too many",
        "The derivative of w² is 2w. And of w²/2?",
        "dscores + self.reg * W2",
        "dscores + 2 * self.reg * W2",
        more=(("da + self.reg * W1", "da + 2 * self.reg * W1"),),
    ),
    Mistake(
        "04.n",
        "there is no penalty at all",
        "Set reg to 1000: does anything change?",
        "0.5 * self.reg * penalty",
        "0",
        more=(("dscores + self.reg * W2", "dscores"), ("da + self.reg * W1", "da")),
    ),
    Mistake(
        "04.n1",
        "the penalty is missing in the loss",
        "Set reg to 1000: does your loss notice?",
        "0.5 * self.reg * penalty",
        "0",
    ),
    Mistake(
        "04.n2",
        "the penalty is missing in the gradients",
        "Set reg to 1000: do your gradients notice?",
        "dscores + self.reg * W2",
        "dscores",
        more=(("da + self.reg * W1", "da"),),
    ),
    Mistake(
        "04.o",
        "the biases have a penalty as well",
        "Which parameters make the function steep: weights or biases?",
        "+ np.sum(W2 * W2)",
        "+ np.sum(W2 * W2) + np.sum(b1 * b1) + np.sum(b2 * b2)",
        more=(
            ('grads["b2"] = dscores.sum(axis=0)', 'grads["b2"] = dscores.sum(axis=0) + self.reg * b2'),
            ('grads["b1"] = da.sum(axis=0)', 'grads["b1"] = da.sum(axis=0) + self.reg * b1'),
        ),
    ),
    Mistake(
        "04.p",
        "the ReLU is missing on the way forward",
        "Without it two matrices are one. Where is the nonlinearity?",
        "h = np.maximum(a, 0)",
        "h = a",
    ),
    Mistake(
        "04.p1",
        "the ReLU's gate is missing on the way back",
        "The gate was closed for some numbers. Does your backward know?",
        "dh * (a > 0)",
        "dh",
    ),
    Mistake(
        "04.p2",
        "the gate looks at dh instead of the hidden numbers",
        "Who decides whether the gate is open: what came in, or what comes back?",
        "(a > 0)",
        "(dh > 0)",
    ),
    Mistake(
        "04.p3", "a ReLU on the scores as well", "May a score be negative?", "h @ W2 + b2", "np.maximum(h @ W2 + b2, 0)"
    ),
    Mistake(
        "04.p4",
        "the scores go through a ReLU as well, there and back",
        "May a score be negative?",
        "scores = h @ W2 + b2",
        "last = h @ W2 + b2\n        scores = np.maximum(last, 0)",
        more=(
            (
                "data_loss, dscores = softmax_loss(scores, y)",
                "data_loss, dscores = softmax_loss(scores, y)\n        dscores = dscores * (last > 0)",
            ),
        ),
    ),
    Mistake(
        "04.o1",
        "the biases have the gradient of a penalty that the loss does not hold",
        "Which parameters stand in your penalty, and which gradients know of it?",
        'grads["b2"] = dscores.sum(axis=0)',
        'grads["b2"] = dscores.sum(axis=0) + self.reg * b2',
        more=(('grads["b1"] = da.sum(axis=0)', 'grads["b1"] = da.sum(axis=0) + self.reg * b1'),),
    ),
    Mistake(
        "04.o2",
        "reg * h is added to the gradient of the hidden units",
        "Does the penalty of the loss look at h? What does not enter it sends nothing back.",
        "dh = dscores @ W2.T",
        "dh = dscores @ W2.T + self.reg * h",
    ),
    Mistake(
        "04.q",
        "the first bias is not added",
        "One of the four parameters has no effect. Which?",
        "rows @ W1 + b1",
        "rows @ W1",
    ),
    Mistake(
        "04.q1",
        "the second bias is not added",
        "One of the four parameters has no effect. Which?",
        "h @ W2 + b2",
        "h @ W2",
    ),
    Mistake(
        "04.q2",
        "dW2 uses the numbers before the ReLU",
        "Which numbers met W2 on the way forward?",
        "h.T @ dscores",
        "a.T @ dscores",
    ),
    Mistake(
        "04.q3",
        "a bias gradient is a mean instead of a sum",
        "The mean over the pictures is in dscores already.",
        'grads["b2"] = dscores.sum(axis=0)',
        'grads["b2"] = dscores.mean(axis=0)',
        more=(('grads["b1"] = da.sum(axis=0)', 'grads["b1"] = da.mean(axis=0)'),),
    ),
    Mistake(
        "04.q4",
        "the gradients are divided by N once more",
        "The mean over the pictures is in dscores already.",
        "data_loss, dscores = softmax_loss(scores, y)",
        "data_loss, dscores = softmax_loss(scores, y)\n        dscores = dscores / len(X)",
    ),
    Mistake(
        "04.q5",
        "without labels the winning class is returned instead of the scores",
        "Who asks for scores: could they still find the second best class?",
        "return scores",
        "return scores.argmax(axis=1)",
    ),
    Mistake(
        "04.q6",
        "without labels probabilities are returned instead of the scores",
        "Which step comes after the scores: does it belong to the net or to the loss?",
        "return scores",
        "return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)",
    ),
]


def hidden(seed, N, D, H, C):
    """Return what the backward pass of a two-layer net starts from; about half of the hidden numbers are negative."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((N, H))
    return {
        "dscores": rng.standard_normal((N, C)),
        "X": rng.standard_normal((N, D)),
        "a": a,
        "h": np.maximum(a, 0),
        "W2": rng.standard_normal((H, C)),
    }


def hidden_cases():
    """Sizes all different and all alike, more draws; an edge: one picture."""
    return [
        case("all sizes different", **hidden(1, 5, 4, 6, 3)),
        case("all sizes equal", **hidden(2, 4, 4, 4, 4)),
        *(case("random sizes", **hidden(s, s % 3 + 3, s % 4 + 2, s % 5 + 3, s % 3 + 2)) for s in range(10, 14)),
        edge("one picture", **hidden(3, 1, 3, 5, 2)),
    ]


TWO_LAYER_BACKWARD = [
    Mistake(
        "04.x1",
        "the ReLU's gate is missing on the way back",
        "The gate was closed for some numbers. Does your backward know?",
        "dh * (a > 0)",
        "dh",
    ),
    Mistake(
        "04.x2",
        "the gate looks at dh instead of the hidden numbers",
        "Who decides whether the gate is open: what came in, or what comes back?",
        "(a > 0)",
        "(dh > 0)",
    ),
    Mistake(
        "04.x3",
        "dW2 uses the numbers before the ReLU",
        "Which numbers met W2 on the way forward?",
        "h.T @ dscores",
        "a.T @ dscores",
    ),
    Mistake(
        "04.x4",
        "dW1 uses dh, from before the gate",
        "Which gradient arrives at X W1: the one before the ReLU's gate, or the one behind it?",
        "X.T @ da",
        "X.T @ dh",
    ),
    Mistake(
        "04.x5",
        "db1 uses dh, from before the gate",
        "Which gradient arrives at b1: the one before the ReLU's gate, or the one behind it?",
        "db1 = da.sum(axis=0)",
        "db1 = dh.sum(axis=0)",
    ),
    Mistake(
        "04.x6",
        "a bias gradient is a mean instead of a sum",
        "The mean over the pictures is in dscores already.",
        "db2 = dscores.sum(axis=0)",
        "db2 = dscores.mean(axis=0)",
        more=(("db1 = da.sum(axis=0)", "db1 = da.mean(axis=0)"),),
    ),
    Mistake(
        "04.x7",
        "the gradients of the second layer are returned first",
        "In which order are they asked for?",
        "return dW1, db1, dW2, db2",
        "return dW2, db2, dW1, db1",
    ),
]


def pictures(seed, N, D, H, size=1.0):
    """Return a matrix used twice, and pictures."""
    rng = np.random.default_rng(seed)
    return {"W": size * rng.standard_normal((D, H)), "X": rng.standard_normal((N, D))}


def copy_cases():
    """Sizes all different and all alike, a perfect copy, W = 0, more draws; an edge: one picture."""
    return [
        case("all sizes different", **pictures(1, 5, 4, 3)),
        case("all sizes equal", **pictures(2, 4, 4, 4)),
        case("a perfect copy", W=np.eye(3), X=pictures(4, 4, 3, 3)["X"]),
        case("all weights zero", **pictures(5, 3, 4, 2, 0.0)),
        *(case("random sizes", **pictures(s, s % 3 + 3, s % 4 + 3, s % 3 + 2)) for s in range(10, 14)),
        edge("one picture", **pictures(3, 1, 4, 2)),
    ]


TIED_COPY = [
    Mistake(
        "04.y1",
        "only the last use of W is counted",
        "W is used twice. What does a branch do on the way back?",
        "dW_in + dW_out",
        "dW_out",
    ),
    Mistake(
        "04.y2",
        "only the first use of W is counted",
        "W is used twice. What does a branch do on the way back?",
        "dW_in + dW_out",
        "dW_in",
    ),
    Mistake(
        "04.y3",
        "dW is not divided by N",
        "Your loss is a mean over the pictures. Is your gradient?",
        "dcopies = wrong / N",
        "dcopies = wrong",
    ),
    Mistake(
        "04.y4",
        "neither loss nor gradient is divided by N",
        "Take every picture twice: should the loss double?",
        "dcopies = wrong / N",
        "dcopies = wrong",
        more=(("np.sum(wrong * wrong) / N", "np.sum(wrong * wrong)"),),
    ),
    Mistake(
        "04.y5",
        "the factor 1/2 is missing in the loss",
        "The derivative of w² is 2w. And of w²/2?",
        "0.5 * np.sum",
        "np.sum",
    ),
    Mistake(
        "04.y6",
        "the sign of dW is turned round",
        "Downhill or uphill?",
        "wrong / N",
        "-wrong / N",
    ),
    Mistake(
        "04.y7",
        "the mean runs over all pixels",
        "Divide by the number of pictures: how many are there?",
        "np.sum(wrong * wrong) / N",
        "np.mean(wrong * wrong)",
        more=(("wrong / N", "wrong / wrong.size"),),
    ),
]

COUNT = "Ten cases: rows and pictures, sizes all different and all alike, one row, random gradients from above."


def pair(name, forward_mistakes, backward_mistakes, module, cases, gradients, cache, proof, whys):
    """Return the two exercises of a layer."""
    forward_why, backward_why = whys
    return [
        Exercise(
            f"{name}_forward",
            f"{LAYERS}.{module}:{name}_forward",
            FORWARD_ONLY,
            lambda: cases(dout=False),
            proof,
            forward_why,
            forward_mistakes,
            plain=f"{PLAIN}:{name}_forward",
        ),
        Exercise(
            f"{name}_backward",
            f"{LAYERS}.{module}:{name}_backward",
            gradients,
            cases,
            proof,
            backward_why,
            backward_mistakes,
            plain=f"{PLAIN}:{name}_backward",
            play=backward,
            companions={"forward": f"{name}_forward"},
            cache=cache,
        ),
    ]


EXERCISES = [
    *pair(
        "affine",
        AFFINE_FORWARD,
        AFFINE_BACKWARD,
        "affine",
        affine_cases,
        ("dx", "dw", "db"),
        "(x, w, b)",
        COUNT,
        (
            "A picture of any shape is one row of numbers here; b is added to every row.",
            "Each gradient has the shape of what it belongs to; that alone tells you which side to transpose.",
        ),
    ),
    *pair(
        "relu",
        RELU_FORWARD,
        RELU_BACKWARD,
        "activations",
        relu_cases,
        ("dx",),
        "x",
        "Seven cases: rows, pictures, zeros among the inputs.",
        (
            "Half of the numbers are switched off, and which half depends on the input: that bend is what depth needs.",
            "The gate looks at x, not at dout, and dout is left alone for whoever needs it next.",
        ),
    ),
    *pair(
        "sigmoid",
        SIGMOID_FORWARD,
        SIGMOID_BACKWARD,
        "activations",
        smooth_cases,
        ("dx",),
        "out",
        "Six cases: rows, pictures, 0 and large inputs.",
        (
            "Far from 0 it is flat: at 9 the output is 0.9999.",
            "The slope is 1/4 at most, so ten such layers pass on less than a millionth.",
        ),
    ),
    *pair(
        "leaky_relu",
        LEAKY_FORWARD,
        LEAKY_BACKWARD,
        "activations",
        leaky_cases,
        ("dx",),
        "(x, alpha)",
        "Six cases with another slope each.",
        (
            "A negative number still says how negative it is.",
            "Some gradient always passes, so no unit can die for good.",
        ),
    ),
    Exercise(
        "svm_loss",
        f"{LAYERS}.losses:svm_loss",
        ("loss", "dx"),
        loss_cases,
        "Ten sets of scores: sizes all different and all alike, one row, all scores alike.",
        "All scores alike cost C - 1: a number to expect before any training.",
        SVM_SCORES,
        plain=f"{PLAIN}:svm_loss",
    ),
    Exercise(
        "softmax_loss",
        f"{LAYERS}.losses:softmax_loss",
        ("loss", "dx"),
        softmax_cases,
        "Twelve sets of scores: sizes all different and all alike, one row, scores near 1000 beside small ones.",
        "All scores alike cost log C: 2.303 for ten classes, a number to expect before any training.",
        SOFTMAX_SCORES,
        plain=f"{PLAIN}:softmax_loss",
        remarks=(
            Remark(
                "04.w.log",
                "where a probability rounds to 0 it gives inf or nan: taking the log before the division, "
                "log(sum(exp(s))) - s_y, would not.",
                underflow,
            ),
        ),
    ),
    Exercise(
        "TwoLayerNet.loss",
        "cs231n_lib.nets.two_layer:TwoLayerNet.loss",
        ("loss", "grads"),
        net_cases,
        "Eight nets: reg zero and not, rows and pictures, no bias zero; scores, loss, four gradients, first weights.",
        "With reg = 0 half of these mistakes are invisible, so a check needs it.",
        [*TWO_LAYER, *made_wrong("04", "TwoLayerNet")],
        plain=f"{PLAIN}:TwoLayerNet.loss",
        play=net_play,
        terms=net_terms,
    ),
    Exercise(
        "two_layer_backward",
        f"{PLAIN}:two_layer_backward",
        ("dW1", "db1", "dW2", "db2"),
        hidden_cases,
        "Seven backward passes: sizes all different and all alike, one picture.",
        "From the scores back to the pixels: each line needs only what the lines before it made.",
        TWO_LAYER_BACKWARD,
    ),
    Exercise(
        "tied_copy_loss",
        f"{PLAIN}:tied_copy_loss",
        ("loss", "dW"),
        copy_cases,
        "Nine sets of pictures: sizes all different and all alike, a perfect copy, W = 0.",
        "W stands in two places, so its gradient is the sum of what comes back from both.",
        TIED_COPY,
    ),
    LineOrder(
        "affine_backward_lines",
        "affine_backward",
        "def affine_backward(dout, cache):",
        (
            "dw = rows.T @ dout",
            "db = dout.sum(axis=1)",
            "return dx, dw, db",
            "x, w, b = cache",
            "dx = (dout @ w.T).reshape(x.shape)",
            "rows = x.reshape(len(x), -1)",
            "db = dout.sum(axis=0)",
        ),
        (4, 6, 5, 1, 7, 3),
        "dx, dw and db do not need one another: any order of the three is right.",
    ),
    FindMistake(
        "two_layer_mistake",
        """
        def loss(self, X, y):
            W1, b1, W2, b2 = (self.params[n] for n in ("W1", "b1", "W2", "b2"))
            a, cache1 = affine_forward(X, W1, b1)
            h, cache_relu = relu_forward(a)
            scores, cache2 = affine_forward(h, W2, b2)
            loss, dscores = softmax_loss(scores, y)
            loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
            dh, dW2, db2 = affine_backward(dscores, cache2)
            da = relu_backward(dh, cache_relu)
            dx, dW1, db1 = affine_backward(da, cache1)
            dW1, dW2 = dW1 + self.reg * W1, dW2 + self.reg * W2
            return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
        """,
        "affine_backward(da, cache1)",
        "affine_backward(dh, cache1)",
        "the ReLU is passed over on the way back",
        "Walk back line by line: each forward call has its backward, and each backward takes what the one before gave.",
        "da was computed and then not used: the gradient passes the closed gates, and training still half works.",
    ),
    LineOrder(
        "two_layer_lines",
        "two_layer_backward",
        "def two_layer_backward(dscores, X, a, h, W2):",
        (
            "dW1 = X.T @ da",
            "da = dh * (a > 0)",
            "return dW1, db1, dW2, db2",
            "dW2 = h.T @ dscores",
            "dW1 = X.T @ dh",
            "db1, db2 = da.sum(axis=0), dscores.sum(axis=0)",
            "da = dh * (dh > 0)",
            "dh = dscores @ W2.T",
        ),
        (4, 8, 2, 1, 6, 3),
        "dW2 needs only dscores; dW1 has to wait for dh and da.",
    ),
    FindMistake(
        "two_layer_reg_mistake",
        """
        def loss(self, X, y):
            W1, b1, W2, b2 = (self.params[n] for n in ("W1", "b1", "W2", "b2"))
            a, cache1 = affine_forward(X, W1, b1)
            h, cache_relu = relu_forward(a)
            scores, cache2 = affine_forward(h, W2, b2)
            loss, dscores = softmax_loss(scores, y)
            loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
            grads = {}
            dh, grads["W2"], grads["b2"] = affine_backward(dscores, cache2)
            da = relu_backward(dh, cache_relu)
            dx, grads["W1"], grads["b1"] = affine_backward(da, cache1)
            for name in ("W1", "W2"):
                grads[name] = grads[name] + self.reg * self.params[name]
            return loss, grads
        """,
        'for name in ("W1", "W2"):',
        "for name in grads:",
        "the gradient of the penalty is added to the biases as well",
        "Which names does the loop go through, and which names stand in the line of the penalty?",
        "The penalty in the loss knows W1 and W2 only, so only their gradients may get a part of it.",
    ),
]
