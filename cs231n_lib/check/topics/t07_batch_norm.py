"""Topic 07: batch normalisation."""

import numpy as np

from ..model import Exercise, Mistake, backward, case, edge
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


RUNNING = "running_mean = momentum * running_mean + (1 - momentum) * mean"
RUNNING_VAR = "running_var = momentum * running_var + (1 - momentum) * var"
FORWARD = [
    Mistake(
        "07.a",
        "the variance divides by N - 1",
        "A mean over N or over N - 1?",
        "x.var(axis=0)",
        "x.var(axis=0, ddof=1)",
    ),
    Mistake(
        "07.b",
        "eps is added to the standard deviation",
        "Where does eps live? Try a feature that is constant.",
        "xhat = (x - mean) / np.sqrt(var + eps)",
        "xhat = (x - mean) / (np.sqrt(var) + eps)",
        more=(("np.sqrt(running_var + eps)", "(np.sqrt(running_var) + eps)"),),
    ),
    Mistake(
        "07.b1",
        "eps is missing",
        "What do you divide by when a feature is constant?",
        "np.sqrt(var + eps)",
        "np.sqrt(var)",
        more=(("np.sqrt(running_var + eps)", "np.sqrt(running_var)"),),
    ),
    Mistake(
        "07.b2",
        "eps is missing in test mode",
        "What do you divide by when a feature never varied in training?",
        "np.sqrt(running_var + eps)",
        "np.sqrt(running_var)",
    ),
    Mistake(
        "07.d",
        "gamma times x instead of the normalised x",
        "You computed x̂. Who uses it?",
        "gamma * xhat + beta",
        "gamma * x + beta",
    ),
    Mistake(
        "07.d1", "gamma and beta are not used", "Two parameters have no effect. Which?", "gamma * xhat + beta", "xhat"
    ),
    Mistake("07.d2", "beta is not added", "One parameter has no effect. Which?", "gamma * xhat + beta", "gamma * xhat"),
    Mistake(
        "07.d3",
        "gamma and beta are exchanged",
        "Which one stretches, which one shifts?",
        "gamma * xhat + beta",
        "beta * xhat + gamma",
    ),
    Mistake(
        "07.k",
        "the running statistics are never saved",
        "Who keeps the memory?",
        '    bn_param["running_mean"] = running_mean\n    bn_param["running_var"] = running_var\n',
        "",
    ),
    Mistake(
        "07.k1",
        "the running variance is never saved",
        "Two things are remembered. Which did you forget?",
        '    bn_param["running_var"] = running_var\n',
        "",
    ),
    Mistake(
        "07.k2",
        "the running mean is never saved",
        "Two things are remembered. Which did you forget?",
        '    bn_param["running_mean"] = running_mean\n',
        "",
    ),
    Mistake(
        "07.k3",
        "the running variance is not updated",
        "Two things follow the batches. Does each of yours move?",
        RUNNING_VAR,
        "running_var = running_var",
    ),
    Mistake(
        "07.k4",
        "the running mean is not updated",
        "Two things follow the batches. Does each of yours move?",
        RUNNING,
        "running_mean = running_mean",
    ),
    Mistake(
        "07.l",
        "momentum and 1 - momentum are swapped",
        "0.9 of what: of the old or of the new?",
        RUNNING,
        "running_mean = (1 - momentum) * running_mean + momentum * mean",
        more=((RUNNING_VAR, "running_var = (1 - momentum) * running_var + momentum * var"),),
    ),
    Mistake(
        "07.l1",
        "the running statistics are those of the last batch",
        "Ten batches: how many of them do you remember?",
        RUNNING,
        "running_mean = mean",
        more=((RUNNING_VAR, "running_var = var"),),
    ),
    Mistake(
        "07.l2",
        "the running variance is updated with the standard deviation",
        "Which one comes back under a root in test mode?",
        "(1 - momentum) * var",
        "(1 - momentum) * np.sqrt(var)",
    ),
    Mistake(
        "07.l4",
        "the running variance is updated with the mean",
        "Two running statistics follow two numbers of the batch. Which number goes to which?",
        "(1 - momentum) * var",
        "(1 - momentum) * mean",
    ),
    Mistake(
        "07.l5",
        "running_var holds var + eps",
        "eps keeps the root away from 0. Does the memory of the variance need it as well?",
        "(1 - momentum) * var",
        "(1 - momentum) * (var + eps)",
    ),
    Mistake("07.l3", "momentum is fixed at 0.9", "Which momentum was given?", 'bn_param.get("momentum", 0.9)', "0.9"),
    Mistake(
        "07.n",
        "test mode uses the statistics of the batch",
        "One picture alone: what is its variance?",
        "(x - running_mean) / np.sqrt(running_var + eps)",
        "(x - mean) / np.sqrt(var + eps)",
    ),
    Mistake(
        "07.n1",
        "test mode uses the variance of the batch",
        "One picture alone: what is its variance?",
        "np.sqrt(running_var + eps)",
        "np.sqrt(var + eps)",
    ),
    Mistake(
        "07.n2",
        "test mode uses the mean of the batch",
        "One picture alone: what is left when its own mean is subtracted?",
        "(x - running_mean)",
        "(x - mean)",
    ),
    Mistake(
        "07.o",
        "test mode without gamma and beta",
        "What is learned must stay. What is learned here?",
        "    out = gamma * xhat + beta\n",
        '    out = gamma * xhat + beta if bn_param["mode"] == "train" else xhat\n',
    ),
    Mistake(
        "07.p",
        "training uses the running statistics",
        "Which mean does training subtract: this batch's or the remembered one?",
        "(x - mean) / np.sqrt(var + eps)",
        "(x - running_mean) / np.sqrt(running_var + eps)",
    ),
    Mistake(
        "07.q",
        "statistics over the features instead of the batch (that is layer norm)",
        "One mean for each feature: which axis goes?",
        "x.mean(axis=0)",
        "x.mean(axis=1, keepdims=True)",
        more=(
            ("x.var(axis=0)", "x.var(axis=1, keepdims=True)"),
            (RUNNING, "running_mean = running_mean"),
            (RUNNING_VAR, "running_var = running_var"),
        ),
    ),
    Mistake(
        "07.r",
        "divided by the variance instead of its root",
        "Should x̂ have variance 1? Try x twice as large.",
        "(x - mean) / np.sqrt(var + eps)",
        "(x - mean) / (var + eps)",
        more=(("np.sqrt(running_var + eps)", "(running_var + eps)"),),
    ),
    Mistake(
        "07.s",
        "running_mean keeps an axis of length 1",
        "What shape does the docstring say?",
        'bn_param["running_mean"] = running_mean',
        'bn_param["running_mean"] = running_mean.reshape(1, -1)',
    ),
    Mistake(
        "07.t",
        "the mean is not subtracted",
        "Should x̂ have mean 0?",
        "xhat = (x - mean) /",
        "xhat = x /",
        more=(("(x - running_mean)", "x"),),
    ),
    Mistake(
        "07.u",
        "test mode moves the running statistics as well",
        "May a test picture change what the net remembers?",
        "        xhat = (x - running_mean) / np.sqrt(running_var + eps)\n",
        f"        {RUNNING}\n        {RUNNING_VAR}\n        xhat = (x - running_mean) / np.sqrt(running_var + eps)\n",
    ),
    Mistake(
        "07.u1",
        "test mode moves the running statistics after its output",
        "Send the same test picture through twice: do you get the same answer?",
        "        xhat = (x - running_mean) / np.sqrt(running_var + eps)\n",
        f"        xhat = (x - running_mean) / np.sqrt(running_var + eps)\n        {RUNNING}\n        {RUNNING_VAR}\n",
    ),
    Mistake(
        "07.u2",
        "test mode moves the running mean alone",
        "May a test picture change what the net remembers?",
        "        xhat = (x - running_mean) / np.sqrt(running_var + eps)\n",
        f"        xhat = (x - running_mean) / np.sqrt(running_var + eps)\n        {RUNNING}\n",
    ),
]


# On the way back through a mean and a variance over N rows. Layer norm, over D columns, shares them.
BACKWARD = [
    Mistake(
        "07.e",
        "dgamma uses x instead of the normalised x",
        "Which numbers met gamma on the way forward?",
        "dout * xhat",
        "dout * x",
    ),
    Mistake(
        "07.e1",
        "dgamma uses x - mean, which is not yet divided by the standard deviation",
        "Which numbers were multiplied by gamma in the forward pass: the centred or the normalised ones?",
        "dout * xhat",
        "dout * (x - mean)",
    ),
    Mistake(
        "07.f",
        "mean and variance are taken for constants",
        "Through how many doors does x reach out?",
        "dxhat / std + dvar * 2 * (x - mean) / N + dmean / N",
        "dxhat / std",
    ),
    Mistake("07.g", "gamma is missing in dx", "Start from dx̂, not from dout.", "dout * gamma", "dout.copy()"),
    Mistake(
        "07.h",
        "the paths through mean and variance are not divided by their count",
        "How is each x weighted in the mean?",
        "dvar * 2 * (x - mean) / N + dmean / N",
        "dvar * 2 * (x - mean) + dmean",
    ),
    Mistake(
        "07.h1",
        "the path through the mean is not divided by its count",
        "How is each x weighted in the mean?",
        "dmean / N",
        "dmean",
    ),
    Mistake(
        "07.h2",
        "the path through the variance is not divided by its count",
        "How is each x weighted in the variance?",
        "(x - mean) / N",
        "(x - mean)",
    ),
    Mistake(
        "07.i",
        "the path through the variance is lost",
        "Through how many doors does x reach out?",
        "dvar * 2 * (x - mean) / N + ",
        "",
    ),
    Mistake(
        "07.j",
        "the path through the mean is lost",
        "Through how many doors does x reach out?",
        " + dmean / N",
        "",
    ),
    Mistake(
        "07.v",
        "the factor 2 of the squared differences is missing",
        "What is the derivative of a square?",
        "dvar * 2 *",
        "dvar *",
    ),
    Mistake(
        "07.v1",
        "the factor -1/2 of the root is missing",
        "What is the derivative of 1 / sqrt(v)?",
        "* -0.5 /",
        "* -1 /",
    ),
    Mistake(
        "07.v2",
        "the sign of the path through the variance is turned round",
        "When the variance grows, does x̂ grow or shrink?",
        "* -0.5 /",
        "* 0.5 /",
    ),
    Mistake(
        "07.v3",
        "std to the power 2 instead of 3",
        "The derivative of v ** -0.5 is -0.5 * v ** what?",
        "std**3",
        "std**2",
    ),
    Mistake(
        "07.v4",
        "the sign of the path through the mean is turned round",
        "When the mean grows, does x̂ grow or shrink?",
        "dmean = -dxhat",
        "dmean = dxhat",
    ),
    Mistake(
        "07.vc",
        "the sign of dx is turned round",
        "Let one x grow a little: does the output at its place grow or shrink?",
        "dx = dxhat / std + dvar * 2 * (x - mean) / N + dmean / N",
        "dx = -(dxhat / std + dvar * 2 * (x - mean) / N + dmean / N)",
    ),
    Mistake(
        "07.v5",
        "dx̂ is not divided by the standard deviation",
        "By what was x - mean divided on the way forward?",
        "dxhat / std + dvar",
        "dxhat + dvar",
    ),
    Mistake(
        "07.v6",
        "eps is missing in the standard deviation",
        "The same eps as on the way forward?",
        "var + eps",
        "var",
    ),
    Mistake(
        "07.v7",
        "the path through the variance lacks x̂ (its x - mean)",
        "Whose share in the variance is larger: that of a number near the mean, or far from it?",
        "2 * (x - mean)",
        "2 * std",
    ),
    Mistake(
        "07.v8",
        "the share along x̂ averages the gradient alone, without x̂",
        "The variance changes every number by its own x̂. What is its gradient weighted with before it is added up?",
        "dxhat * (x - mean)",
        "dxhat * std",
    ),
    Mistake(
        "07.v9",
        "the gradient of the variance lacks x - mean",
        "Which numbers did 1 / sqrt(v) multiply on the way forward?",
        "dxhat * (x - mean)",
        "dxhat",
    ),
    Mistake(
        "07.va",
        "the gradient of the variance is not added up",
        "One variance reached how many numbers?",
        "(x - mean)).sum(axis=0)",
        "(x - mean))",
    ),
    Mistake(
        "07.vb",
        "the gradient of the mean is not added up",
        "One mean was subtracted from how many numbers?",
        "dxhat.sum(axis=0)",
        "dxhat",
    ),
    Mistake(
        "07.w",
        "dbeta is a mean instead of a sum",
        "One beta serves how many rows?",
        "dbeta = dout.sum(axis=0)",
        "dbeta = dout.mean(axis=0)",
    ),
    Mistake(
        "07.w1",
        "dgamma is a mean instead of a sum",
        "One gamma serves how many rows?",
        "(dout * xhat).sum(axis=0)",
        "(dout * xhat).mean(axis=0)",
    ),
    Mistake(
        "07.w2",
        "dgamma and dbeta are exchanged",
        "In which order does forward take gamma and beta?",
        "return dx, dgamma, dbeta",
        "return dx, dbeta, dgamma",
    ),
    Mistake(
        "07.w3",
        "dgamma uses dx̂, so gamma comes in twice",
        "Does the slope with respect to gamma know gamma?",
        "dgamma = (dout * xhat)",
        "dgamma = (dout * gamma * xhat)",
    ),
    Mistake(
        "07.w6",
        "dbeta uses dx̂, so gamma comes in",
        "beta is added after gamma has multiplied. Does its slope know gamma?",
        "dbeta = dout.sum",
        "dbeta = (dout * gamma).sum",
    ),
    Mistake(
        "07.w4",
        "dbeta is summed over the features",
        "beta belongs to features. Which axis goes?",
        "dbeta = dout.sum(axis=0)",
        "dbeta = dout.sum(axis=1)",
    ),
    Mistake(
        "07.w5",
        "dgamma is summed over the features",
        "gamma belongs to features. Which axis goes?",
        "(dout * xhat).sum(axis=0)",
        "(dout * xhat).sum(axis=1)",
    ),
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


FOLDING = [
    Mistake(
        "07.x1",
        "the running mean is not subtracted from the bias",
        "Batch norm subtracts the mean from x w + b. Which of your two results takes care of that?",
        "(b - running_mean)",
        "b",
    ),
    Mistake(
        "07.x2",
        "beta is missing in the bias",
        "Let x be 0 and follow it through both layers. What is added last?",
        " + beta",
        "",
    ),
    Mistake(
        "07.x3",
        "the bias is not scaled",
        "Batch norm scales all of x w + b. Did b and the mean get their share?",
        "(b - running_mean) * scale",
        "b - running_mean",
    ),
    Mistake(
        "07.x10",
        "the old bias is not scaled, the running mean is",
        "Batch norm scales all of x w + b. Did b get its share?",
        "(b - running_mean) * scale",
        "b - running_mean * scale",
    ),
    Mistake(
        "07.x4",
        "the root of the variance is missing",
        "Batch norm divides by the standard deviation. What is running_var?",
        "np.sqrt(running_var + eps)",
        "(running_var + eps)",
    ),
    Mistake(
        "07.x5",
        "eps is missing",
        "The same eps as in batch norm?",
        "running_var + eps",
        "running_var",
    ),
    Mistake(
        "07.x6",
        "gamma is missing",
        "x̂ is not yet the output. What does batch norm multiply it with?",
        "gamma / np.sqrt",
        "1 / np.sqrt",
    ),
    Mistake(
        "07.x7",
        "the rows of w are scaled instead of its columns",
        "An output of the affine layer belongs to one column of w. Does its scale?",
        "w * scale",
        "(w.T * np.resize(scale, len(w))).T",
    ),
    Mistake(
        "07.x8",
        "beta is scaled as well",
        "In which order does batch norm scale and shift?",
        "(b - running_mean) * scale + beta",
        "(b - running_mean + beta) * scale",
    ),
    Mistake(
        "07.x9",
        "the running mean is added",
        "Is the mean added or taken away?",
        "b - running_mean",
        "b + running_mean",
    ),
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
        FORWARD,
        plain=f"{PLAIN}:batchnorm_forward",
        play=train_and_test,
        may_change=("bn_param",),
        defaults={"bn_param": DEFAULTS},
    ),
    backward_exercise(
        "batchnorm_backward",
        "batchnorm_backward",
        BACKWARD,
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
        BACKWARD,
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
        FOLDING,
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
