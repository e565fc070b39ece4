"""Topic 10, the net: conv - relu - pool - affine - relu - affine - softmax."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case
from .t04_two_layer_net import made_case, net_play, net_terms


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


EXERCISES = [
    Exercise(
        "ThreeLayerConvNet.loss",
        "cs231n_lib.nets.convnet:ThreeLayerConvNet.loss",
        ("loss", "grads"),
        net_cases,
        "Three nets, pictures not square, filters of 3 and 5 pixels: scores, loss, six gradients, first weights.",
        "The layers were checked one by one; what is left is their order, there and back.",
        catalogue.rows("nets.ThreeLayerConvNet.loss", "nets.ThreeLayerConvNet.__init__"),
        plain="cs231n_lib.textbook.nets:ThreeLayerConvNet.loss",
        play=net_play,
        terms=net_terms,
    )
]
