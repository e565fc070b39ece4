"""Topic 06, second half: fully connected nets of any depth (and their norms and dropout of topics 07 to 09)."""

import itertools

import numpy as np

from .. import catalogue
from ..model import Exercise, case
from ..puzzles import FindMistake
from .t04_two_layer_net import made_case, net_play, net_terms

PLAIN = "cs231n_lib.textbook.nets"
LIBRARY = "cs231n_lib.nets.fully_connected"


def net(number, N, widths, reg, **settings):
    """Return parameters, pictures and labels of a net; no bias is 0, no gamma is 1."""
    rng = np.random.default_rng(number)
    params = {}
    for i, (D, M) in enumerate(itertools.pairwise(widths), 1):
        params[f"W{i}"] = rng.standard_normal((D, M)) / np.sqrt(D) * 1.5
        params[f"b{i}"] = 0.5 * rng.standard_normal(M)
        if settings.get("normalization") and i < len(widths) - 1:
            params[f"gamma{i}"] = rng.uniform(0.5, 1.5, M)
            params[f"beta{i}"] = 0.5 * rng.standard_normal(M)
    D, *hidden, C = widths
    sizes = {"hidden_dims": hidden, "input_dim": D, "num_classes": C, "dtype": np.float64, **settings}
    return {"params": params, "reg": reg, "X": rng.standard_normal((N, D)), "y": rng.integers(0, C, N), **sizes}


def made(**settings):
    """Return the case of a net of three hidden layers as it is made."""
    widths = [30, 20, 25, 18, 15]
    shapes = {}
    for i, (D, M) in enumerate(itertools.pairwise(widths), 1):
        shapes |= {f"W{i}": (D, M), f"b{i}": (M,)}
        if settings.get("normalization") and i < len(widths) - 1:
            shapes |= {f"gamma{i}": (M,), f"beta{i}": (M,)}
    D, *hidden, C = widths
    return made_case(shapes, hidden_dims=hidden, input_dim=D, num_classes=C, dtype=np.float64, **settings)


def net_cases(**settings):
    """One to four hidden layers of different and of equal widths, reg zero and not, and the net as it is made."""

    def make():
        nets = [
            ("one hidden layer and reg = 0", 1, 8, (5, 6, 3), 0.0),
            ("two hidden layers and reg = 3.14", 2, 9, (4, 6, 5, 3), 3.14),
            ("layers of equal width", 3, 7, (4, 4, 4, 4), 0.5),
            ("four hidden layers", 4, 10, (5, 7, 6, 4, 5, 3), 0.2),
        ]
        losses = [case(label, **net(number, N, widths, reg, **settings)) for label, number, N, widths, reg in nets]
        return [*losses, made(**settings)]

    return make


def deep(suffix, why, mistakes, **settings):
    """Return the exercise of a net with these settings."""
    return Exercise(
        f"FullyConnectedNet.loss{suffix}",
        f"{LIBRARY}:FullyConnectedNet.loss",
        ("loss", "grads"),
        net_cases(**settings),
        "Four nets of one to four hidden layers, reg zero and not: scores, loss, every gradient, first weights.",
        why,
        mistakes,
        plain=f"{PLAIN}:FullyConnectedNet.loss",
        play=net_play,
        terms=net_terms,
    )


EXERCISES = [
    deep(
        "",
        "Any depth is one loop forward and one loop back, the output layer apart.",
        catalogue.rows("nets.FullyConnectedNet.loss", "nets.FullyConnectedNet.__init__"),
    ),
    deep(
        " with batchnorm",
        "Each layer keeps statistics of its own, and scores without labels come from test mode.",
        catalogue.rows(
            "nets.FullyConnectedNet.loss with batchnorm",
            "nets.FullyConnectedNet.loss",
            "nets.FullyConnectedNet.__init__",
            "nets.FullyConnectedNet.__init__ with a norm",
        ),
        normalization="batchnorm",
    ),
    deep(
        " with layernorm",
        "The same place in the layer, no memory and no mode.",
        catalogue.rows(
            "nets.FullyConnectedNet.loss with layernorm",
            "nets.FullyConnectedNet.loss",
            "nets.FullyConnectedNet.__init__",
            "nets.FullyConnectedNet.__init__ with a norm",
        ),
        normalization="layernorm",
    ),
    deep(
        " with dropout",
        "The same mask there and back; scores without labels drop nothing.",
        catalogue.rows(
            "nets.FullyConnectedNet.loss with dropout", "nets.FullyConnectedNet.loss", "nets.FullyConnectedNet.__init__"
        ),
        dropout_keep_ratio=0.6,
        seed=11,
    ),
    FindMistake(
        "deep_net_mistake",
        """
        def loss(self, X, y):
            p, L, h, caches, grads = self.params, self.num_layers, X, [], {}
            for i in range(1, L):
                h, cache = affine_relu_forward(h, p[f"W{i}"], p[f"b{i}"])
                caches.append(cache)
            scores, cache = affine_forward(h, p[f"W{L}"], p[f"b{L}"])
            loss, dscores = softmax_loss(scores, y)
            dh, grads[f"W{L}"], grads[f"b{L}"] = affine_backward(dscores, cache)
            for i in range(L - 1, 0, -1):
                cache = caches.pop()
                dh, grads[f"W{i}"], grads[f"b{i}"] = affine_relu_backward(dh, cache)
            return loss, grads
        """,
        'dh, grads[f"W{i}"]',
        'dx, grads[f"W{i}"]',
        "the gradient is not handed on from layer to layer",
        "Go round the second loop twice. Which gradient does each layer get: its own, or another layer's?",
        "Every layer got the gradient that belongs to the last hidden one. With equal widths nothing complains.",
    ),
]
