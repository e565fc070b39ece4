"""Topic 07: batch normalisation."""

import numpy as np

from .. import catalogue
from ..model import Exercise, backward, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.norm"
LIBRARY = "cs231n_lib.layers.normalization"
RUNNING_NAMES = ("running_mean", "running_var")
DEFAULTS = {"eps": 1e-5, "momentum": 0.9}  # of bn_param, where it is silent


def train_and_test(fn, x, gamma, beta, bn_param, x_test):
    """Play two training batches, then a test batch with the statistics they left; it must leave them alone."""
    found = {}
    half = len(x) // 2
    for i, batch in enumerate((x[:half], x[half:]), 1):
        found[f"out of batch {i}"] = fn(batch, gamma, beta, bn_param)[0]
    found |= {name: bn_param.get(name) for name in RUNNING_NAMES}
    bn_param["mode"] = "test"
    found["out in test mode"] = fn(x_test, gamma, beta, bn_param)[0]
    found |= {f"{name} after the test batch": bn_param.get(name) for name in RUNNING_NAMES}
    return found | {"out of the same test batch again": fn(x_test, gamma, beta, bn_param)[0]}


def batch(seed, N, D, dout=True):
    """Return x of different means and spreads, gamma, beta, and a random dout."""
    rng = np.random.default_rng(seed)
    args = {
        "x": rng.uniform(0.5, 3, D) * rng.standard_normal((N, D)) + rng.uniform(-4, 4, D),
        "gamma": rng.uniform(0.5, 2, D) * rng.choice([-1, 1], D),
        "beta": rng.standard_normal(D),
    }
    return {"dout": rng.standard_normal((N, D)), **args} if dout else args


def forward_cases():
    """Momentum and eps default and not, statistics from before, one test row, all sizes alike, a constant feature."""

    def one(label, seed, N, D, test, make=case, **param):
        args = batch(seed, N, D, dout=False)
        x_test = batch(seed + 50, test, D, dout=False)["x"]
        return make(label, **args, bn_param={"mode": "train", **param}, x_test=x_test)

    before = {"running_mean": np.array([1.0, -2, 3]), "running_var": np.array([4.0, 0.5, 2])}
    constant = one("a constant feature", 5, 10, 3, 4, make=edge)
    constant.args["x"][:, 1] = 2.5
    return [
        one("default settings", 1, 12, 4, 5),
        one("another momentum and eps", 2, 14, 5, 3, momentum=0.6, eps=0.1),
        one("running statistics from before", 3, 10, 3, 6, **before),
        one("as many rows as features", 6, 8, 4, 4),
        *(one(f"batches of {N} rows", s, 2 * N, s % 4 + 2, s % 3 + 2) for s, N in ((10, 7), (11, 8), (12, 9))),
        one("one test row", 4, 12, 4, 1, make=edge),
        constant,
    ]


def backward_cases():
    """Random gradients from above; gamma of both signs."""

    def one(label, seed, N, D, make=case, **param):
        return make(label, **batch(seed, N, D), bn_param={"mode": "train", **param})

    return [
        one("16 rows of 4 features", 1, 16, 4),
        one("another eps", 2, 16, 5, eps=0.3),
        one("as many rows as features", 3, 5, 5),
        *(
            one(f"{N} rows of {D} features", s, N, D)
            for s, N, D in ((10, 12, 4), (11, 13, 5), (12, 14, 2), (13, 15, 3))
        ),
        one("two rows", 4, 2, 3, make=edge),
    ]


PROOF = "Eight batches with random gradients from above, gamma of both signs; dx, dgamma, dbeta."


def backward_exercise(name, plain, mistakes, cases, cache, proof, why, forward, defaults):
    """Return the exercise of a normalisation's backward."""
    return Exercise(
        name,
        f"{LIBRARY}:{name}",
        ("dx", "dgamma", "dbeta"),
        cases,
        proof,
        why,
        mistakes,
        plain=f"{PLAIN}:{plain}",
        play=backward,
        companions={"forward": forward},
        cache=cache,
        may_change=("bn_param",),
        defaults=defaults,
    )


def trained_layer(seed, D, M, eps=1e-5, positive=False):
    """Return an affine layer, the batch norm behind it with statistics from training."""
    rng = np.random.default_rng(seed)
    return {
        "w": rng.standard_normal((D, M)),
        "b": rng.standard_normal(M),
        "gamma": rng.uniform(0.5, 2, M) * (1 if positive else rng.choice([-1, 1], M)),
        "beta": rng.standard_normal(M),
        "running_mean": rng.uniform(-4, 4, M),
        "running_var": rng.uniform(0.3, 3, M) ** 2,
        "eps": eps,
    }


MORE_LAYERS = [(10, 4, 2), (11, 5, 3), (12, 2, 4), (13, 3, 5)]


def folding_cases():
    """Sizes all different and all alike, a large eps, one output, and more draws."""
    return [
        case("4 inputs and 3 outputs", **trained_layer(1, 4, 3)),
        case("as many inputs as outputs", **trained_layer(2, 4, 4)),
        case("a large eps", **trained_layer(3, 3, 4, eps=0.5)),
        case("all gamma positive", **trained_layer(5, 4, 2, positive=True)),
        *(case(f"{D} inputs and {M} outputs", **trained_layer(s, D, M)) for s, D, M in MORE_LAYERS),
        edge("one output", **trained_layer(4, 4, 1)),
    ]


BN_CACHE = "(x, xhat, gamma, mean, var, eps)"
EXERCISES = [
    Exercise(
        "batchnorm_forward",
        f"{LIBRARY}:batchnorm_forward",
        ("out", "_cache"),
        forward_cases,
        "Nine runs of two training batches and a test batch: momentum, eps, a constant feature, one test row alone.",
        "Test mode uses what training remembered, so a picture's scores do not depend on its neighbours.",
        catalogue.rows("norm.batchnorm_forward"),
        plain=f"{PLAIN}:batchnorm_forward",
        play=train_and_test,
        may_change=("bn_param",),
        defaults={"bn_param": DEFAULTS},
    ),
    backward_exercise(
        "batchnorm_backward",
        "batchnorm_backward",
        catalogue.rows("norm.batchnorm_backward"),
        backward_cases,
        BN_CACHE,
        PROOF,
        "With a constant gradient from above the right dx is 0, and many wrong ones too: hence the random one.",
        "batchnorm_forward",
        {"bn_param": DEFAULTS},
    ),
    backward_exercise(
        "batchnorm_backward_alt",
        "batchnorm_backward",
        catalogue.rows("norm.batchnorm_backward"),
        backward_cases,
        BN_CACHE,
        PROOF,
        "One formula for all the nodes: subtract from dout its mean and its part along x̂.",
        "batchnorm_forward",
        {"bn_param": DEFAULTS},
    ),
    Exercise(
        "folded_batchnorm",
        f"{PLAIN}:folded_batchnorm",
        ("w", "b"),
        folding_cases,
        "Nine layers: sizes all different and all alike, gamma of both signs, a large eps.",
        "In test mode batch norm is one scale and one shift for each feature, so the layer before it can do both.",
        catalogue.rows("norm.folded_batchnorm"),
    ),
    LineOrder(
        "batchnorm_lines",
        "batchnorm_backward",
        "def batchnorm_backward(dout, cache):",
        (
            "dxhat = dout * gamma",
            "x, xhat, gamma, mean, var, eps = cache",
            "return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)",
            "dmean = -(dxhat / std).sum(axis=0)",
            "dx = dxhat / std + dvar * 2 * (x - mean) / len(x) + dmean / len(x)",
            "std = np.sqrt(var + eps)",
            "dvar = (dxhat * (x - mean)).sum(axis=0) * -0.5 / std**3",
            "dx = dxhat / std",
        ),
        (2, 6, 1, 7, 4, 5, 3),
        "x reaches the output through three doors: directly, through the variance, through the mean.",
    ),
    FindMistake(
        "batchnorm_mistake",
        """
        def batchnorm_forward(x, gamma, beta, bn_param):
            momentum, eps = 0.9, 1e-5
            if bn_param["mode"] == "train":
                mean, var = x.mean(axis=0), x.var(axis=0)
                bn_param["running_mean"] = momentum * bn_param["running_mean"] + (1 - momentum) * mean
                bn_param["running_var"] = momentum * bn_param["running_var"] + (1 - momentum) * var
            else:
                mean, var = bn_param["running_mean"], bn_param["running_var"]
            xhat = (x - mean) / np.sqrt(var + eps)
            return gamma * xhat + beta
        """,
        'mean, var = bn_param["running_mean"], bn_param["running_var"]',
        "mean, var = x.mean(axis=0), x.var(axis=0)",
        "test mode uses the statistics of the batch",
        "Imagine one test picture alone, and walk through the lines.",
        "One picture alone has variance 0, so every output would be beta. With a large test batch nobody notices.",
    ),
]
