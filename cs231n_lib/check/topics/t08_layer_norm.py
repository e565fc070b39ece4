"""Topic 08: layer norm, and the norms of pictures: spatial batch norm, group norm."""

from dataclasses import replace

import numpy as np

from ..model import Exercise, Mistake, case, edge
from ..puzzles import FindMistake, LineOrder
from .t07_batch_norm import BACKWARD, BN_CACHE, DEFAULTS, LIBRARY, PLAIN, RUNNING_NAMES, backward_exercise, batch

EPS = {"eps": 1e-5}  # the default of ln_param and gn_param

LAYER_FORWARD = [
    Mistake(
        "08.a",
        "statistics over the batch instead of the features (that is batch norm)",
        "Each picture by itself: which axis goes?",
        "x.mean(axis=1, keepdims=True)",
        "x.mean(axis=0, keepdims=True)",
        more=(("x.var(axis=1, keepdims=True)", "x.var(axis=0, keepdims=True)"),),
    ),
    Mistake(
        "08.a1",
        "the variance runs over the batch, the mean over the features",
        "Write the shapes of mean and var beside their lines: is each a column?",
        "x.var(axis=1, keepdims=True)",
        "((x - mean) ** 2).mean(axis=0, keepdims=True)",
    ),
    Mistake(
        "08.a2",
        "the variance is that of each feature over the batch",
        "Each picture by itself: which axis goes?",
        "x.var(axis=1, keepdims=True)",
        "x.var(axis=0, keepdims=True)",
    ),
    Mistake(
        "08.a3",
        "the mean is that of each feature over the batch",
        "Each picture by itself: which axis goes?",
        "x.mean(axis=1, keepdims=True)",
        "x.mean(axis=0, keepdims=True)",
    ),
    Mistake(
        "08.f",
        "the statistics are not kept as a column",
        "Broadcasting lines shapes up at which end?",
        "x.mean(axis=1, keepdims=True)",
        "x.mean(axis=1)",
        more=(("x.var(axis=1, keepdims=True)", "x.var(axis=1)"),),
    ),
    Mistake(
        "08.b1",
        "the variance divides by D - 1",
        "A mean over D or over D - 1?",
        "x.var(axis=1, keepdims=True)",
        "x.var(axis=1, keepdims=True, ddof=1)",
    ),
    Mistake(
        "08.b2",
        "eps is added to the standard deviation",
        "Where does eps live?",
        "np.sqrt(var + eps)",
        "(np.sqrt(var) + eps)",
    ),
    Mistake(
        "08.b3",
        "eps is missing",
        "What do you divide by when all features are alike?",
        "np.sqrt(var + eps)",
        "np.sqrt(var)",
    ),
    Mistake(
        "08.c1", "gamma and beta are not used", "Two parameters have no effect. Which?", "gamma * xhat + beta", "xhat"
    ),
    Mistake("08.c2", "beta is not added", "One parameter has no effect. Which?", "gamma * xhat + beta", "gamma * xhat"),
    Mistake(
        "08.c3",
        "gamma times x instead of the normalised x",
        "You computed x̂. Who uses it?",
        "gamma * xhat + beta",
        "gamma * x + beta",
    ),
    Mistake(
        "08.c4",
        "gamma and beta are exchanged",
        "Which one stretches, which one shifts?",
        "gamma * xhat + beta",
        "beta * xhat + gamma",
    ),
    Mistake(
        "08.c5",
        "divided by the variance instead of its root",
        "Try x twice as large: should x̂ change?",
        "np.sqrt(var + eps)",
        "(var + eps)",
    ),
    Mistake(
        "08.c6",
        "one mean for the whole batch",
        "How many means are there: one, N or D?",
        "x.mean(axis=1, keepdims=True)",
        "x.mean()",
    ),
    Mistake(
        "08.c7",
        "gamma and beta belong to rows here",
        "gamma has one number a feature. How many features?",
        "gamma * xhat + beta",
        "gamma[:, None] * xhat + beta[:, None]",
    ),
    Mistake("08.c8", "the mean is not subtracted", "Should x̂ have mean 0?", "(x - mean)", "x"),
]


LAYER_DX = "dxhat / std + dvar * 2 * (x - mean) / D + dmean / D"


def of_another_norm(mistake, kind, axis, *renamed):
    """Return a mistake of batch norm's backward as another norm makes it, whose means run over `axis`."""

    def piece(text):
        for summed in ("(x - mean))", "dxhat"):
            text = text.replace(f"{summed}.sum(axis=0)", f"{summed}.sum(axis={axis}, keepdims=True)")
        for old, new in renamed:
            text = text.replace(old, new)
        return text

    return replace(mistake, id=mistake.id.replace("07.", f"08.{kind}_"), old=piece(mistake.old), new=piece(mistake.new))


LAYER_BACKWARD = [
    *(of_another_norm(mistake, "of", 1, ("/ N", "/ D")) for mistake in BACKWARD),
    Mistake(
        "08.d",
        "the averages on the way back run over the batch, as in batch norm",
        "Did the averages in backward turn as well?",
        "(x - mean)).sum(axis=1, keepdims=True)",
        "(x - mean)).sum(axis=0)",
        more=(("-dxhat.sum(axis=1, keepdims=True)", "-dxhat.sum(axis=0)"),),
    ),
    Mistake(
        "08.d1",
        "the counts are those of the batch, as in batch norm",
        "A mean over how many numbers?",
        "D = x.shape[1]",
        "D = x.shape[0]",
    ),
    Mistake(
        "08.x",
        "gamma stands in front of the bracket",
        "Is gamma the same for all numbers that share a mean here?",
        LAYER_DX,
        "gamma * (dout - dout.mean(axis=1, keepdims=True) - xhat * (dout * xhat).mean(axis=1, keepdims=True)) / std",
    ),
    Mistake(
        "08.x1",
        "the averages run over the batch instead of the features",
        "Each picture by itself: which axis goes?",
        LAYER_DX,
        "(dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std",
    ),
    Mistake(
        "08.x3",
        "dx is that of batch norm: mean, variance and averages run over the batch",
        "Each picture by itself: which axis goes?",
        LAYER_DX,
        "batchnorm_backward(dout, batchnorm_forward(x, gamma, 0, {'mode': 'train', 'eps': eps})[1])[0]",
    ),
    Mistake(
        "08.x2",
        "the share along x̂ is taken from dout, without gamma",
        "Start from dx̂, not from dout, in both averages.",
        LAYER_DX,
        "(dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dout * xhat).mean(axis=1, keepdims=True)) / std",
    ),
]


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


CALL = "    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)\n"
IN_TURN = (
    "    each = [batchnorm_forward(rows[:, [c]], gamma[c], beta[c], bn_param) for c in range(C)]\n"
    "    out, cache = np.hstack([one for one, _ in each]), each[-1][1]\n"
)
PIXELS_IN_TURN = (
    "    each = [batchnorm_forward(x[:, c].reshape(N, -1), gamma[c], beta[c], bn_param) for c in range(C)]\n"
    "    out, cache = np.stack([one.ravel() for one, _ in each], axis=1), each[-1][1]\n"
)
SPATIAL_FORWARD = [
    Mistake(
        "10.n",
        "reshaped to (-1, C) without moving the channels to the end",
        "Does each column hold one channel?",
        "x.transpose(0, 2, 3, 1).reshape(-1, C)",
        "x.reshape(-1, C)",
        more=(("out.reshape(N, H, W, C).transpose(0, 3, 1, 2)", "out.reshape(N, C, H, W)"),),
    ),
    Mistake(
        "10.n1",
        "reshaped to (-1, C) without moving the channels to the end, but moved back",
        "Does each column hold one channel?",
        "x.transpose(0, 2, 3, 1).reshape(-1, C)",
        "x.reshape(-1, C)",
    ),
    Mistake(
        "10.p",
        "the channels are not moved back",
        "Same shape is not same order.",
        "out.reshape(N, H, W, C).transpose(0, 3, 1, 2)",
        "out.reshape(N, C, H, W)",
    ),
    Mistake(
        "10.p1",
        "moved back in the wrong order: height and width are exchanged",
        "transpose(0, 3, 1, 2): which old axis becomes the height?",
        ".transpose(0, 3, 1, 2)",
        ".transpose(0, 3, 2, 1).reshape(N, C, H, W)",
    ),
    Mistake(
        "10.n3",
        "each pixel has its own statistics",
        "How many numbers share one mean: N, or N * H * W?",
        "x.transpose(0, 2, 3, 1).reshape(-1, C)",
        "x.reshape(N, -1)",
        more=(
            (
                "batchnorm_forward(rows, gamma, beta, bn_param)",
                "batchnorm_forward(rows, np.repeat(gamma, H * W), np.repeat(beta, H * W), bn_param)",
            ),
            ("out.reshape(N, H, W, C).transpose(0, 3, 1, 2)", "out.reshape(N, C, H, W)"),
        ),
    ),
    Mistake(
        "10.o",
        "a loop over the channels that all share one bn_param",
        "The channels take turns. Whose running mean does channel 1 start from?",
        CALL,
        IN_TURN,
    ),
    Mistake(
        "10.o1",
        "a loop over the channels that all share one bn_param, and each pixel has its own statistics",
        "How many numbers share one mean: N, or N * H * W? And whose running mean does channel 1 start from?",
        CALL,
        PIXELS_IN_TURN,
    ),
    Mistake(
        "10.o2",
        "the bn_param of each channel is made anew at every call: nothing is remembered",
        "In test mode: where do the running statistics of training come from?",
        CALL,
        IN_TURN.replace(", bn_param)", ', {"mode": bn_param["mode"]})'),
    ),
]

SPATIAL_BACKWARD = [
    Mistake(
        "10.bn",
        "reshaped to (-1, C) without moving the channels to the end",
        "Does each column hold one channel?",
        "dout.transpose(0, 2, 3, 1).reshape(-1, C)",
        "dout.reshape(-1, C)",
    ),
    Mistake(
        "10.bp",
        "the channels are not moved back",
        "Same shape is not same order.",
        "dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)",
        "dx.reshape(N, C, H, W)",
    ),
    Mistake(
        "10.bq",
        "the channels are moved neither there nor back",
        "Same shape is not same order.",
        "dout.transpose(0, 2, 3, 1).reshape(-1, C)",
        "dout.reshape(-1, C)",
        more=(("dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)", "dx.reshape(N, C, H, W)"),),
    ),
    Mistake(
        "10.br",
        "dgamma and dbeta are exchanged",
        "In which order does forward take gamma and beta?",
        "return dx, dgamma, dbeta",
        "return dx, dbeta, dgamma",
    ),
]

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


GROUP_FORWARD = [
    Mistake(
        "08.g",
        "statistics for each channel (that is instance norm)",
        "How many channels share one mean?",
        "x.reshape(N, G, -1)",
        "x.reshape(N, C, -1)",
    ),
    Mistake(
        "08.h",
        "G is taken for the size of a group",
        "Number of groups, or size of a group?",
        "x.reshape(N, G, -1)",
        "x.reshape(N, C // G, -1)",
    ),
    Mistake(
        "08.g1",
        "statistics for the whole picture (that is layer norm)",
        "How many groups are there?",
        "x.reshape(N, G, -1)",
        "x.reshape(N, 1, -1)",
    ),
    Mistake(
        "08.g2",
        "statistics over the pictures as well",
        "Does one picture change the result of another? It should not.",
        "groups.mean(axis=2, keepdims=True)",
        "groups.mean(axis=(0, 2), keepdims=True)",
        more=(("groups.var(axis=2, keepdims=True)", "groups.var(axis=(0, 2), keepdims=True)"),),
    ),
    Mistake(
        "08.g3",
        "neighbouring channels go to different groups",
        "Channels 0 and 1: the same group or not?",
        "x.reshape(N, G, -1)",
        "x.reshape(N, C // G, G, H, W).swapaxes(1, 2).reshape(N, G, -1)",
        more=(
            (
                "np.sqrt(var + eps)).reshape(N, C, H, W)",
                "np.sqrt(var + eps)).reshape(N, G, C // G, H, W).swapaxes(1, 2).reshape(N, C, H, W)",
            ),
        ),
    ),
    Mistake(
        "08.g4", "gamma and beta are not used", "Two parameters have no effect. Which?", "gamma * xhat + beta", "xhat"
    ),
    Mistake(
        "08.g5",
        "eps is added to the standard deviation",
        "Where does eps live?",
        "np.sqrt(var + eps)",
        "(np.sqrt(var) + eps)",
    ),
    Mistake(
        "08.g6",
        "the variance divides by the count minus 1",
        "A mean over how many numbers?",
        "keepdims=True)\n    xhat",
        "keepdims=True, ddof=1)\n    xhat",
    ),
    Mistake(
        "08.g7",
        "gamma times x instead of the normalised x",
        "You computed x̂. Who uses it?",
        "gamma * xhat + beta",
        "gamma * x + beta",
    ),
    Mistake("08.g8", "beta is not added", "One parameter has no effect. Which?", "gamma * xhat + beta", "gamma * xhat"),
    Mistake("08.g9", "the mean is not subtracted", "Should x̂ have mean 0?", "(groups - mean)", "groups"),
]

OWN = ("07.e1", "07.f", "07.w", "07.w1", "07.w2", "07.w4", "07.w5")  # group norm has its own in place of these
GROUP_BACKWARD = [
    *(
        of_another_norm(mistake, "og", 2, ("/ N", "/ M"), ("x - mean", "groups - mean"))
        for mistake in BACKWARD
        if mistake.id not in OWN
    ),
    Mistake(
        "08.og_e1",
        "dgamma uses x - mean, which is not yet divided by the standard deviation",
        "Which numbers were multiplied by gamma in the forward pass: the centred or the normalised ones?",
        "dgamma = (dout * xhat)",
        "dgamma = (dout * (x.reshape(N, G, -1) - mean).reshape(x.shape))",
    ),
    Mistake(
        "08.k",
        "dgamma and dbeta are flat",
        "Which shape has gamma here?",
        "(dout * xhat).sum(axis=(0, 2, 3), keepdims=True)",
        "(dout * xhat).sum(axis=(0, 2, 3))",
        more=(("dout.sum(axis=(0, 2, 3), keepdims=True)", "dout.sum(axis=(0, 2, 3))"),),
    ),
    Mistake(
        "08.j",
        "terms on lines that begin with + are lost",
        "Python ends a statement where?",
        "dxhat / std + dvar * 2 * (groups - mean) / M + dmean / M",
        "dxhat / std",
    ),
    Mistake(
        "08.m1", "the count leaves out the pixels", "A mean over how many numbers?", "M = groups.shape[2]", "M = C // G"
    ),
    Mistake(
        "08.m7",
        "the sums for dgamma and dbeta leave out the pixels' axes",
        "One gamma serves how many numbers?",
        "(dout * xhat).sum(axis=(0, 2, 3), keepdims=True)",
        "(dout * xhat).sum(axis=0, keepdims=True)",
        more=(("dout.sum(axis=(0, 2, 3), keepdims=True)", "dout.sum(axis=0, keepdims=True)"),),
    ),
    Mistake(
        "08.m9",
        "dgamma and dbeta are means instead of sums",
        "One gamma serves how many numbers?",
        "(dout * xhat).sum(axis=(0, 2, 3), keepdims=True)",
        "(dout * xhat).mean(axis=(0, 2, 3), keepdims=True)",
        more=(("dout.sum(axis=(0, 2, 3), keepdims=True)", "dout.mean(axis=(0, 2, 3), keepdims=True)"),),
    ),
    Mistake(
        "08.m8",
        "dgamma and dbeta are exchanged",
        "In which order does forward take gamma and beta?",
        ", dgamma, dbeta\n",
        ", dbeta, dgamma\n",
    ),
]


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


MARKS = [
    Mistake(
        "08.p1",
        "missing marks count as marks of 0",
        "A judge gave 3 marks to 6 performers. What does the mean divide by?",
        "given.sum(axis=1, keepdims=True)",
        "given.shape[1]",
    ),
    Mistake(
        "08.p8",
        "missing marks are taken for marks of 0",
        "Does a 0 that means nothing belong into a mean?",
        "count = given.sum(axis=1, keepdims=True)",
        "count = given.shape[1]",
        more=(("np.where(given, marks - mean, 0)", "marks - mean"),),
    ),
    Mistake(
        "08.p2",
        "the variance divides by the number of performers",
        "How many squares did you add up?",
        "(centred**2).sum(axis=1, keepdims=True) / count",
        "(centred**2).mean(axis=1, keepdims=True)",
    ),
    Mistake(
        "08.p3",
        "missing marks take part in the variance",
        "What is 0 minus the mean?",
        "centred = np.where(given, marks - mean, 0)",
        "centred = marks - mean",
        more=(("return centred / np.sqrt(var + eps)", "return np.where(given, centred / np.sqrt(var + eps), 0)"),),
    ),
    Mistake(
        "08.p4",
        "where no mark was given stands something else than 0",
        "What does a judge say about a performer they have not seen?",
        "return centred /",
        "return (marks - mean) /",
    ),
    Mistake(
        "08.p5",
        "statistics for each performer instead of each judge",
        "Whose habit is to be taken away: the judge's or the performer's?",
        "count = given.sum(axis=1, keepdims=True)",
        "count = given.sum(axis=0)",
        more=(
            ("mean = marks.sum(axis=1, keepdims=True)", "mean = marks.sum(axis=0)"),
            ("var = (centred**2).sum(axis=1, keepdims=True)", "var = (centred**2).sum(axis=0)"),
        ),
    ),
    Mistake(
        "08.p6",
        "divided by the variance instead of its root",
        "Let a judge double all marks: should the answer change?",
        "np.sqrt(var + eps)",
        "(var + eps)",
    ),
    Mistake(
        "08.p7",
        "eps is added to the standard deviation",
        "Where does eps live?",
        "np.sqrt(var + eps)",
        "(np.sqrt(var) + eps)",
    ),
]

EXERCISES = [
    Exercise(
        "layernorm_forward",
        f"{LIBRARY}:layernorm_forward",
        ("out", "_cache"),
        layer_forward_cases,
        "Nine sets of rows: sizes all different and all alike, another eps, one row alone.",
        "Each row is on its own, so there is nothing to remember and no difference between training and test.",
        LAYER_FORWARD,
        plain=f"{PLAIN}:layernorm_forward",
        defaults={"ln_param": EPS},
    ),
    backward_exercise(
        "layernorm_backward",
        "layernorm_backward",
        LAYER_BACKWARD,
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
        SPATIAL_FORWARD,
        plain=f"{PLAIN}:spatial_batchnorm_forward",
        play=spatial_forward,
        may_change=("bn_param",),
        defaults={"bn_param": DEFAULTS},
    ),
    backward_exercise(
        "spatial_batchnorm_backward",
        "spatial_batchnorm_backward",
        SPATIAL_BACKWARD,
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
        GROUP_FORWARD,
        plain=f"{PLAIN}:spatial_groupnorm_forward",
        defaults={"gn_param": EPS},
    ),
    backward_exercise(
        "spatial_groupnorm_backward",
        "spatial_groupnorm_backward",
        GROUP_BACKWARD,
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
        MARKS,
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
