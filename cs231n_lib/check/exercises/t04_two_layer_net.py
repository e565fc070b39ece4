"""Topic 04: the two-layer net."""

import inspect

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..puzzles import FindMistake, LineOrder
from ..run import Blank, WrongForm

PLAIN = "cs231n_lib.textbook.layers"


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


EXERCISES = [
    Exercise(
        "TwoLayerNet.loss",
        "cs231n_lib.nets.two_layer:TwoLayerNet.loss",
        ("loss", "grads"),
        net_cases,
        "Eight nets: reg zero and not, rows and pictures, no bias zero; scores, loss, four gradients, first weights.",
        "With reg = 0 half of these mistakes are invisible, so a check needs it.",
        catalogue.rows("layers.TwoLayerNet.loss", "layers.TwoLayerNet.__init__"),
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
        catalogue.rows("layers.two_layer_backward"),
    ),
    Exercise(
        "tied_copy_loss",
        f"{PLAIN}:tied_copy_loss",
        ("loss", "dW"),
        copy_cases,
        "Nine sets of pictures: sizes all different and all alike, a perfect copy, W = 0.",
        "W stands in two places, so its gradient is the sum of what comes back from both.",
        catalogue.rows("layers.tied_copy_loss"),
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
