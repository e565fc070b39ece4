"""Topic 04: affine layers, ReLU and its kin, losses over scores."""

from dataclasses import replace

import numpy as np

from .. import catalogue
from ..model import Exercise, Remark, backward, case, edge

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


def underflow():
    """Scores so far apart that the right class's probability is rounded to 0."""
    return case("scores 1000 apart", x=np.array([[1000.0, 0.0], [0.0, 1000.0]]), y=np.array([1, 1]))


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
        catalogue.rows("layers.affine_forward"),
        catalogue.rows("layers.affine_backward"),
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
        catalogue.rows("layers.relu_forward"),
        catalogue.rows("layers.relu_backward"),
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
        catalogue.rows("layers.sigmoid_forward"),
        catalogue.rows("layers.sigmoid_backward"),
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
        catalogue.rows("layers.leaky_relu_forward"),
        catalogue.rows("layers.leaky_relu_backward"),
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
        catalogue.rows("layers.svm_loss"),
        plain=f"{PLAIN}:svm_loss",
    ),
    Exercise(
        "softmax_loss",
        f"{LAYERS}.losses:softmax_loss",
        ("loss", "dx"),
        softmax_cases,
        "Twelve sets of scores: sizes all different and all alike, one row, scores near 1000 beside small ones.",
        "All scores alike cost log C: 2.303 for ten classes, a number to expect before any training.",
        catalogue.rows("layers.softmax_loss"),
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
]
