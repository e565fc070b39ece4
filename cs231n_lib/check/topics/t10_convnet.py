"""Topic 10, the net: conv - relu - pool - affine - relu - affine - softmax."""

import numpy as np

from ..model import Exercise, Mistake, case
from .t04_two_layer_net import made_case, made_wrong, net_play, net_terms


def net(seed, N, C, H, W, F, size, hidden, classes, reg):
    """Return parameters, pictures and labels; no bias is 0."""
    rng = np.random.default_rng(seed)
    pixels = F * (H // 2) * (W // 2)
    params = {
        "W1": rng.standard_normal((F, C, size, size)) / 3,
        "b1": 0.5 * rng.standard_normal(F),
        "W2": rng.standard_normal((pixels, hidden)) / np.sqrt(pixels),
        "b2": 0.5 * rng.standard_normal(hidden),
        "W3": rng.standard_normal((hidden, classes)),
        "b3": 0.5 * rng.standard_normal(classes),
    }
    sizes = {
        "input_dim": (C, H, W),
        "num_filters": F,
        "filter_size": size,
        "hidden_dim": hidden,
        "num_classes": classes,
    }
    X = rng.standard_normal((N, C, H, W))
    return {"params": params, "reg": reg, "X": X, "y": rng.integers(0, classes, N), **sizes, "dtype": np.float64}


def made():
    """Return the case of a net of 8 filters as it is made."""
    shapes = {"W1": (8, 3, 5, 5), "b1": (8,), "W2": (48, 20), "b2": (20,), "W3": (20, 15), "b3": (15,)}
    sizes = {"input_dim": (3, 4, 6), "num_filters": 8, "filter_size": 5, "hidden_dim": 20, "num_classes": 15}
    return made_case(shapes, **sizes, dtype=np.float64)


def net_cases():
    """Pictures not square, filters of 3 and 5 pixels, reg zero and not, and the net as it is made."""
    return [
        case("reg = 0", **net(1, 3, 2, 4, 6, 3, 3, 5, 4, 0.0)),
        case("reg = 0.7", **net(2, 4, 3, 6, 4, 2, 3, 6, 3, 0.7)),
        case("filters of 5 pixels", **net(3, 2, 1, 6, 6, 3, 5, 4, 5, 0.3)),
        made(),
    ]


PENALTY = "np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)"
NET = [
    Mistake(
        "10.r",
        "the filters have no penalty, in loss and gradient",
        "Count the weights in your penalty.",
        "np.sum(W1**2) + ",
        "",
        more=(("dW1 + self.reg * W1", "dW1"),),
    ),
    Mistake(
        "10.r1",
        "the last matrix has no penalty, in loss and gradient",
        "Count the weights in your penalty.",
        " + np.sum(W3**2)",
        "",
        more=(("dW3 + self.reg * W3", "dW3"),),
    ),
    Mistake(
        "10.r2",
        "there is no penalty at all",
        "Set reg to 1000: does anything change?",
        PENALTY,
        "0",
        more=(("dW1 + self.reg * W1", "dW1"), ("dW2 + self.reg * W2", "dW2"), ("dW3 + self.reg * W3", "dW3")),
    ),
    Mistake(
        "10.r3",
        "the factor 1/2 of the penalty is missing, in loss and gradient",
        "Which convention do the nets use: reg or reg / 2?",
        "0.5 * self.reg",
        "self.reg",
        more=(
            ("dW1 + self.reg", "dW1 + 2 * self.reg"),
            ("dW2 + self.reg", "dW2 + 2 * self.reg"),
            ("dW3 + self.reg", "dW3 + 2 * self.reg"),
        ),
    ),
    Mistake(
        "10.r4",
        "the penalty is missing in the gradients",
        "Set reg to 1000: do your gradients notice?",
        "dW1 + self.reg * W1",
        "dW1",
        more=(("dW2 + self.reg * W2", "dW2"), ("dW3 + self.reg * W3", "dW3")),
    ),
    Mistake(
        "10.r5",
        "the factor 1/2 of the penalty is missing in the loss",
        "Differentiate your own penalty.",
        "0.5 * self.reg",
        "self.reg",
    ),
    Mistake(
        "10.s",
        "the ReLU after the convolution is missing",
        "Two ReLUs. Which one has no effect?",
        "h, relu1_cache = relu_forward(a)",
        "h, relu1_cache = a, np.ones_like(a)",
    ),
    Mistake(
        "10.s1",
        "the ReLU before the last layer is missing",
        "Two ReLUs. Which one has no effect?",
        "hidden, relu2_cache = relu_forward(z)",
        "hidden, relu2_cache = z, np.ones_like(z)",
    ),
    Mistake(
        "10.s2",
        "the gate after the convolution is passed over on the way back",
        "Undo in reverse order, and undo everything.",
        "da = relu_backward(dh, relu1_cache)",
        "da = dh",
    ),
    Mistake(
        "10.s3",
        "the gate before the last layer is passed over on the way back",
        "Undo in reverse order, and undo everything.",
        "dz = relu_backward(dhidden, relu2_cache)",
        "dz = dhidden",
    ),
    Mistake(
        "10.s4",
        "a ReLU on the scores as well",
        "May a score be negative?",
        "        if y is None:",
        "        scores = np.maximum(scores, 0)\n        if y is None:",
    ),
    Mistake(
        "10.s5",
        "the scores go through a ReLU as well, there and back",
        "May a score be negative?",
        "        if y is None:",
        "        last, scores = scores, np.maximum(scores, 0)\n        if y is None:",
        more=(
            (
                "loss, dscores = softmax_loss(scores, y)",
                "loss, dscores = softmax_loss(scores, y)\n        dscores = dscores * (last > 0)",
            ),
        ),
    ),
    *(
        Mistake(
            f"10.r.{name}",
            f"{name} has no penalty in its gradient",
            "Every matrix of the penalty stands in the loss, and has a gradient. Which did you forget?",
            f"d{name} + self.reg * {name}",
            f"d{name}",
        )
        for name in ("W1", "W2", "W3")
    ),
]

EXERCISES = [
    Exercise(
        "ThreeLayerConvNet.loss",
        "cs231n_lib.nets.convnet:ThreeLayerConvNet.loss",
        ("loss", "grads"),
        net_cases,
        "Three nets, pictures not square, filters of 3 and 5 pixels: scores, loss, six gradients, first weights.",
        "The layers were checked one by one; what is left is their order, there and back.",
        [*NET, *made_wrong("10", "ThreeLayerConvNet")],
        plain="cs231n_lib.textbook.nets:ThreeLayerConvNet.loss",
        play=net_play,
        terms=net_terms,
    )
]
