"""Topic 06, second half: fully connected nets of any depth (and their norms and dropout of topics 07 to 09)."""

import itertools
import re
from dataclasses import replace

import numpy as np

from ..model import Exercise, Mistake, case
from ..puzzles import FindMistake
from .t04_two_layer_net import made_case, made_wrong, net_play, net_terms

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


PENALTY = 'np.sum(p[f"W{i}"] ** 2)'
LAST = 'dW + self.reg * p[f"W{L}"]'
HIDDEN = 'dW + self.reg * p[f"W{i}"]'
COMMON = [
    Mistake(
        "06.a",
        "the last matrix has no penalty, in loss and gradient",
        "Count the matrices in your penalty.",
        "range(1, L + 1)",
        "range(1, L)",
        more=((LAST, "dW"),),
    ),
    Mistake(
        "06.a1",
        "there is no penalty at all",
        "Set reg to 1000: does anything change?",
        PENALTY,
        "0",
        more=((LAST, "dW"), (HIDDEN, "dW")),
    ),
    Mistake("06.a2", "the penalty is missing in the loss", "Set reg to 1000: does your loss notice?", PENALTY, "0"),
    Mistake(
        "06.a3",
        "the penalty is missing in the gradients",
        "Set reg to 1000: do your gradients notice?",
        LAST,
        "dW",
        more=((HIDDEN, "dW"),),
    ),
    Mistake(
        "06.a4",
        "the last matrix has no penalty in the loss",
        "Count the matrices in your penalty.",
        "range(1, L + 1)",
        "range(1, L)",
    ),
    Mistake(
        "06.a5",
        "the last matrix has no penalty in its gradient",
        "Every matrix of the penalty has a gradient. Which did you forget?",
        LAST,
        "dW",
    ),
    Mistake(
        "06.a11",
        "only the last matrix has a penalty in its gradient",
        "Every matrix of the penalty has a gradient. Which did you forget?",
        HIDDEN,
        "dW",
    ),
    Mistake(
        "06.a6",
        "the factor 1/2 of the penalty is missing, in loss and gradient",
        "Which convention do the nets use: reg or reg / 2?",
        "0.5 * self.reg",
        "self.reg",
        more=((LAST, 'dW + 2 * self.reg * p[f"W{L}"]'), (HIDDEN, 'dW + 2 * self.reg * p[f"W{i}"]')),
    ),
    Mistake(
        "06.a7",
        "the factor 1/2 of the penalty is missing in the loss",
        "Differentiate your own penalty.",
        "0.5 * self.reg",
        "self.reg",
    ),
    Mistake(
        "06.a8",
        "only the last matrix has a penalty, in loss and gradient",
        "Count the matrices in your penalty.",
        "range(1, L + 1)",
        "range(L, L + 1)",
        more=((HIDDEN, "dW"),),
    ),
    Mistake(
        "06.a9",
        "the last layer has a ReLU too",
        "May a score be negative?",
        "        if y is None:",
        "        scores = np.maximum(scores, 0)\n        if y is None:",
    ),
    Mistake(
        "06.a10",
        "the last layer has a ReLU too, there and back",
        "May a score be negative?",
        "        if y is None:",
        "        last, scores = scores, np.maximum(scores, 0)\n        if y is None:",
        more=(
            (
                "loss, dout = softmax_loss(scores, y)",
                "loss, dout = softmax_loss(scores, y)\n        dout = dout * (last > 0)",
            ),
        ),
    ),
    Mistake(
        "06.b1",
        "the ReLU's gate is missing on the way back",
        "The gate was closed for some numbers. Does your backward know?",
        "            dout = relu_backward(dout, relu_cache)\n",
        "",
    ),
    Mistake(
        "06.b2",
        "there is no ReLU at all",
        "Without it all matrices are one.",
        "h, relu_cache = relu_forward(h)",
        "relu_cache = np.ones_like(h)",
    ),
    Mistake(
        "06.b3",
        "all hidden layers use the first layer's cache on the way back",
        "Each layer its own memory.",
        "caches[i - 1]",
        "caches[0]",
    ),
    Mistake(
        "06.b4",
        "the gradients are divided by N once more",
        "The mean over the pictures is in dscores already.",
        "loss, dout = softmax_loss(scores, y)",
        "loss, dout = softmax_loss(scores, y)\n        dout = dout / len(X)",
    ),
    Mistake(
        "06.b5",
        "the gradient is not handed on from layer to layer",
        "Go round your second loop twice. Which gradient does each layer get: its own, or another layer's?",
        'dout, dW, grads[f"b{i}"]',
        'dx, dW, grads[f"b{i}"]',
    ),
    Mistake(
        "06.b7",
        "every hidden layer gets the gradient of the last hidden layer",
        "Go round your second loop twice. Which gradient does each layer get: its own, or another layer's?",
        "= caches[i - 1]\n",
        "= caches[i - 1]\n            last = dout\n",
        more=((HIDDEN, f"{HIDDEN}\n            dout = last"),),
    ),
    Mistake(
        "06.b6",
        "every layer takes in the pictures, not what the layer before gave out",
        "Go round your first loop twice. What does the second layer take in?",
        'affine_forward(h, p[f"W{i}"]',
        'affine_forward(X, p[f"W{i}"]',
    ),
    *made_wrong("06", "FullyConnectedNet"),
]


CALL = 'batchnorm_forward(h, p[f"gamma{i}"], p[f"beta{i}"], self.bn_params[i - 1])'
BACK = 'dout, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward(dout, norm_cache)'

# What goes wrong with batch norm between affine and ReLU. Layer norm, in the same place, shares them.
BETWEEN = [
    Mistake(
        "06.n1",
        "the norm is passed over on the way back",
        "Undo in reverse order, and undo everything.",
        BACK,
        BACK.replace("dout,", "_,", 1),
    ),
    Mistake(
        "06.n2",
        "the gradients of gamma and beta are exchanged",
        "In which order does the norm's backward return them?",
        BACK,
        'dout, grads[f"beta{i}"], grads[f"gamma{i}"] = batchnorm_backward(dout, norm_cache)',
    ),
    Mistake(
        "06.n3",
        "gamma and beta are exchanged on the way forward",
        "Which one stretches, which one shifts?",
        CALL,
        'batchnorm_forward(h, p[f"beta{i}"], p[f"gamma{i}"], self.bn_params[i - 1])',
    ),
    Mistake(
        "06.n4",
        "layernorm is called in the place of batchnorm",
        "Which of the two was asked for?",
        "batchnorm_forward(h",
        "layernorm_forward(h",
        more=(("batchnorm_backward(dout", "layernorm_backward(dout"),),
    ),
    Mistake(
        "06.n5",
        "gamma and beta have a penalty as well",
        "Which parameters does the penalty name?",
        BACK,
        f"{BACK}\n"
        '                grads[f"gamma{i}"] = grads[f"gamma{i}"] + self.reg * p[f"gamma{i}"]\n'
        '                grads[f"beta{i}"] = grads[f"beta{i}"] + self.reg * p[f"beta{i}"]',
    ),
]
STARTS = [  # where the parameters of a norm start, in __init__
    Mistake(
        "06.made.gamma",
        "gamma does not start at 1 in __init__",
        "What does a norm give out whose gamma is 0?",
        '"gamma{i}"] = np.ones(outputs)',
        '"gamma{i}"] = np.zeros(outputs)',
        where="FullyConnectedNet.__init__",
    ),
    Mistake(
        "06.made.beta",
        "beta does not start at 0 in __init__",
        "At first a norm should only normalise. What does your beta add?",
        '"beta{i}"] = np.zeros(outputs)',
        '"beta{i}"] = np.ones(outputs)',
        where="FullyConnectedNet.__init__",
    ),
    Mistake(
        "06.made.last",
        "__init__ gives the output layer a gamma and a beta as well",
        "Is there a norm behind the last affine layer?",
        "if normalization and i < self.num_layers:",
        "if normalization:",
        where="FullyConnectedNet.__init__",
    ),
]
BATCHNORM = [
    Mistake(
        "06.n6",
        "one bn_param for all layers",
        "Each layer its own memory.",
        'self.bn_params[i - 1])\n            if self.normalization == "layernorm"',
        'self.bn_params[0])\n            if self.normalization == "layernorm"',
    ),
    Mistake(
        "06.n7",
        "the scores come from train mode as well",
        "Without labels: which mode?",
        '"test" if y is None else "train"',
        '"train"',
    ),
]


def exchanged(text):
    """Return text with batchnorm for layernorm and the other way round."""
    other = {"batchnorm": "layernorm", "layernorm": "batchnorm"}
    return re.sub("batchnorm|layernorm", lambda found: other[found[0]], text)


def of_layer_norm(mistake):
    """Return a mistake made with batch norm as one made with layer norm."""
    (old, new), *more = ([exchanged(text) for text in pair] for pair in mistake.patches)
    title, letter = exchanged(mistake.title), mistake.id.replace("n", "l")
    return replace(mistake, id=letter, title=title, old=old, new=new, more=tuple(tuple(pair) for pair in more))


DROPOUT = [
    Mistake(
        "06.d1",
        "dropout is passed over on the way back",
        "Undo in reverse order, and undo everything.",
        "                dout = dropout_backward(dout, drop_cache)\n",
        "                pass\n",
    ),
    Mistake(
        "06.d2",
        "dropout works in test mode too",
        "Without labels: which mode?",
        '"test" if y is None else "train"',
        '"train"',
    ),
    Mistake("06.d3", "dropout never works", "With labels: which mode?", '"test" if y is None else "train"', '"test"'),
    Mistake(
        "06.d4",
        "dropout on the input instead of the hidden numbers",
        "Where does dropout stand: before the affine layer or after the ReLU?",
        "        h = X\n",
        "        h = dropout_forward(X, self.dropout_param)[0] if self.use_dropout else X\n",
        more=(
            ("                h, drop_cache = dropout_forward(h, self.dropout_param)\n", "                pass\n"),
            ("                dout = dropout_backward(dout, drop_cache)\n", "                pass\n"),
        ),
    ),
]


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
    deep("", "Any depth is one loop forward and one loop back, the output layer apart.", COMMON),
    deep(
        " with batchnorm",
        "Each layer keeps statistics of its own, and scores without labels come from test mode.",
        [*BETWEEN, *BATCHNORM, *COMMON, *STARTS],
        normalization="batchnorm",
    ),
    deep(
        " with layernorm",
        "The same place in the layer, no memory and no mode.",
        [*map(of_layer_norm, BETWEEN), *COMMON, *STARTS],
        normalization="layernorm",
    ),
    deep(
        " with dropout",
        "The same mask there and back; scores without labels drop nothing.",
        [*DROPOUT, *COMMON],
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
