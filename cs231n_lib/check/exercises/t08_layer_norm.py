"""Topic 08: layer norm, and the norms of pictures: spatial batch norm, group norm."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..puzzles import FindMistake, LineOrder
from .t07_batch_norm import BN_CACHE, DEFAULTS, LIBRARY, PLAIN, RUNNING_NAMES, backward_exercise, batch

EPS = {"eps": 1e-5}  # the default of ln_param and gn_param


def layer_cases(dout):
    """Sizes all different and all alike, another eps, one row, a row whose features are all alike."""

    def one(label, seed, N, D, make=case, **param):
        return make(label, **batch(seed, N, D, dout=dout), ln_param=param)

    flat = one("a row whose features are all equal", 5, 4, 6, make=edge)
    flat.args["x"][2] = 1.5
    return [
        one("4 rows of 6 features", 1, 4, 6),
        one("another eps", 2, 5, 7, eps=0.3),
        one("as many rows as features", 3, 5, 5),
        *(one(f"{N} rows of {D} features", s, N, D) for s, N, D in ((10, 4, 9), (11, 5, 10), (12, 2, 11), (13, 3, 12))),
        one("one row", 4, 1, 8, make=edge),
        *([] if dout else [flat]),
    ]


def layer_forward_cases():
    """The cases without a gradient."""
    return layer_cases(dout=False)


def layer_backward_cases():
    """The cases with a gradient from above."""
    return layer_cases(dout=True)


def maps(seed, N, C, H, W, shape, dout):
    """Return feature maps of different means and spreads, gamma, beta of `shape`, and a random dout."""
    rng = np.random.default_rng(seed)
    spread, mean = rng.uniform(0.5, 3, (1, C, 1, 1)), rng.uniform(-3, 3, (1, C, 1, 1))
    args = {
        "x": spread * rng.standard_normal((N, C, H, W)) + mean,
        "gamma": (rng.uniform(0.5, 2, C) * rng.choice([-1, 1], C)).reshape(shape),
        "beta": rng.standard_normal(C).reshape(shape),
    }
    return {"dout": rng.standard_normal((N, C, H, W)), **args} if dout else args


SPATIAL = [(1, 3, 4, 2, 5), (2, 2, 3, 3, 3), (3, 4, 4, 4, 4), (4, 3, 2, 5, 4), (5, 2, 5, 4, 3)]


def map_label(N, C, H, W):
    """Return what feature maps of these sizes are called."""
    if N == C == H == W:
        return "as many pictures as channels and pixels"
    return f"{N} pictures of {C} channels of {H} x {W} pixels"


def spatial_forward(fn, x, gamma, beta, bn_param, x_test):
    """Play one training batch, then a test batch twice; it must leave the running statistics alone."""
    found = {"out": fn(x, gamma, beta, bn_param)[0], **running(bn_param)}
    bn_param["mode"] = "test"
    found["out in test mode"] = fn(x_test, gamma, beta, bn_param)[0]
    found |= {f"{name} after the test batch": value for name, value in running(bn_param).items()}
    return found | {"out of the same test batch again": fn(x_test, gamma, beta, bn_param)[0]}


def running(bn_param):
    """Return the running statistics, flat: one number a channel, however a version shapes them."""
    return {name: None if bn_param.get(name) is None else np.ravel(bn_param[name]) for name in RUNNING_NAMES}


def spatial_forward_cases():
    """Sizes all different and all alike."""
    return [
        case(
            map_label(*s[1:]),
            **maps(*s, (s[2],), dout=False),
            bn_param={"mode": "train"},
            x_test=maps(s[0] + 50, *s[1:], (s[2],), dout=False)["x"],
        )
        for s in SPATIAL
    ]


def spatial_backward_cases():
    """Sizes all different and all alike."""
    return [case(map_label(*s[1:]), **maps(*s, (s[2],), dout=True), bn_param={"mode": "train"}) for s in SPATIAL]


GROUPS = [
    (1, 3, 6, 2, 5, 3),
    (2, 2, 6, 3, 2, 2),
    (3, 4, 4, 4, 4, 2),
    (4, 2, 8, 3, 2, 4),
    (5, 3, 8, 2, 2, 2),
    (6, 2, 4, 3, 2, 1),
]


def group_cases(dout):
    """1 < G < C, G unlike C / G, one group, another eps."""
    return [
        case(
            f"{s[2]} channels in {s[5]} groups" if s[5] > 1 else f"{s[2]} channels in one group",
            **maps(*s[:5], (1, s[2], 1, 1), dout=dout),
            G=s[5],
            gn_param={"eps": 0.2} if s[0] == 5 else {},
        )
        for s in GROUPS
    ]


def group_forward_cases():
    """The cases without a gradient."""
    return group_cases(dout=False)


def group_backward_cases():
    """The cases with a gradient from above."""
    return group_cases(dout=True)


def marking(label, seed, J, P, eps=1e-5, share=0.6, make=case):
    """Judges with a mean and a spread of their own; 0 stands where a judge gave no mark."""
    rng = np.random.default_rng(seed)
    given = rng.random((J, P)) < share
    given[:, :2] = True  # everyone gave two marks
    marks = rng.uniform(1, 3, (J, 1)) * rng.standard_normal((J, P)) + rng.uniform(-8, 8, (J, 1))
    return make(label, marks=np.where(given, marks, 0), given=given, eps=eps)


def marking_cases():
    """Sizes all different and all alike, every mark given, a large eps, one judge, a judge whose marks are alike."""
    alike = marking("a judge whose marks are all equal", 5, 3, 5, make=edge)
    alike.args["marks"][1] = np.where(alike.args["given"][1], 7.5, 0)
    more = ((10, 4, 9), (11, 5, 10), (12, 2, 11))
    return [
        marking("4 judges and 6 performers", 1, 4, 6),
        marking("every mark given", 2, 3, 5, share=1),
        marking("another eps", 3, 4, 7, eps=0.3),
        marking("as many judges as performers", 4, 5, 5),
        *(marking(f"{J} judges and {P} performers", s, J, P) for s, J, P in more),
        alike,
        marking("one judge", 6, 1, 8, make=edge),
    ]


EXERCISES = [
    Exercise(
        "layernorm_forward",
        f"{LIBRARY}:layernorm_forward",
        ("out", "_cache"),
        layer_forward_cases,
        "Nine sets of rows: sizes all different and all alike, another eps, one row alone.",
        "Each row is on its own, so there is nothing to remember and no difference between training and test.",
        catalogue.rows("norm.layernorm_forward"),
        plain=f"{PLAIN}:layernorm_forward",
        defaults={"ln_param": EPS},
    ),
    backward_exercise(
        "layernorm_backward",
        "layernorm_backward",
        catalogue.rows("norm.layernorm_backward"),
        layer_backward_cases,
        BN_CACHE,
        "Eight sets of rows with random gradients from above; dx, dgamma, dbeta.",
        "Averages turn with the layer: dx over the features, dgamma and dbeta over the rows still.",
        "layernorm_forward",
        {"ln_param": EPS},
    ),
    Exercise(
        "spatial_batchnorm_forward",
        f"{LIBRARY}:spatial_batchnorm_forward",
        ("out", "_cache"),
        spatial_forward_cases,
        "Five sets of feature maps, training and test mode.",
        "Each pixel is a row of C features: move the channels to the end, and batch norm does the rest.",
        catalogue.rows("norm.spatial_batchnorm_forward"),
        plain=f"{PLAIN}:spatial_batchnorm_forward",
        play=spatial_forward,
        may_change=("bn_param",),
        defaults={"bn_param": DEFAULTS},
    ),
    backward_exercise(
        "spatial_batchnorm_backward",
        "spatial_batchnorm_backward",
        catalogue.rows("norm.spatial_batchnorm_backward"),
        spatial_backward_cases,
        BN_CACHE + ", of the rows (N * H * W, C)",
        "Five sets of feature maps with random gradients from above.",
        "The same move there and back: same shape is not same order.",
        "spatial_batchnorm_forward",
        {"bn_param": DEFAULTS},
    ),
    Exercise(
        "spatial_groupnorm_forward",
        f"{LIBRARY}:spatial_groupnorm_forward",
        ("out", "_cache"),
        group_forward_cases,
        "Six sets of feature maps in 1 to 4 groups.",
        "Between layer norm (one group) and instance norm (a group for each channel); G is the number of groups.",
        catalogue.rows("norm.spatial_groupnorm_forward"),
        plain=f"{PLAIN}:spatial_groupnorm_forward",
        defaults={"gn_param": EPS},
    ),
    backward_exercise(
        "spatial_groupnorm_backward",
        "spatial_groupnorm_backward",
        catalogue.rows("norm.spatial_groupnorm_backward"),
        group_backward_cases,
        "(x, xhat, gamma, mean, var, eps, G)",
        "Six sets of feature maps in 1 to 4 groups, with random gradients from above.",
        "dx is layer norm's on each group; dgamma and dbeta keep gamma's shape (1, C, 1, 1).",
        "spatial_groupnorm_forward",
        {"gn_param": EPS},
    ),
    Exercise(
        "fair_marks",
        f"{PLAIN}:fair_marks",
        ("marks",),
        marking_cases,
        "Nine panels of judges: sizes all different and all alike, marks missing and not, a large eps.",
        "Layer norm with a mask: a mean over those that are there. Captions of different lengths will need the same.",
        catalogue.rows("norm.fair_marks"),
    ),
    LineOrder(
        "layernorm_lines",
        "layernorm_backward",
        "def layernorm_backward(dout, cache):",
        (
            "along = (g * xhat).mean(axis=1, keepdims=True)",
            "return dx, (dout * xhat).sum(axis=1), dout.sum(axis=1)",
            "x, xhat, gamma, mean, var, eps = cache",
            "dx = s * (g - g.mean(axis=1, keepdims=True) - xhat * along)",
            "g = dout * gamma",
            "return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)",
            "along = (dout * xhat).mean(axis=1, keepdims=True)",
            "s = 1 / np.sqrt(var + eps)",
        ),
        (3, 5, 8, 1, 4, 6),
        "dx averages along the row, with gamma inside; dgamma and dbeta add up over the rows.",
    ),
    FindMistake(
        "layernorm_mistake",
        """
        def layernorm_forward(x, gamma, beta, eps=1e-5):
            mean = x.mean(axis=1, keepdims=True)
            var = ((x - mean) ** 2).mean(axis=1, keepdims=True)
            xhat = (x - mean) / np.sqrt(var + eps)
            return gamma * xhat + beta
        """,
        "((x - mean) ** 2).mean(axis=1, keepdims=True)",
        "((x - mean) ** 2).mean(axis=0, keepdims=True)",
        "the variance runs over the batch",
        "Each row by itself: write the shape of mean and of var beside their lines.",
        "mean is (N, 1), var was (1, D): both broadcast, so no error. One row's output would depend on the others.",
    ),
]
