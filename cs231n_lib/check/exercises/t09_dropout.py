"""Topic 09: inverted dropout; p is the probability to KEEP."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.norm"
LIBRARY = "cs231n_lib.layers.dropout"
CALLS = 50  # so many that even one coin for the whole array falls both ways
AXES = {2: ("rows", "columns"), 4: ("pictures", "channels", "rows of pixels", "columns of pixels")}


class Settings(dict):
    """A dropout_param that notes whether its seed was looked at: only who reads it has to obey it."""

    seed_read = False

    def __contains__(self, key):
        self.seed_read |= key == "seed"
        return super().__contains__(key)

    def __getitem__(self, key):
        self.seed_read |= key == "seed"
        return super().__getitem__(key)

    def get(self, key, default=None):
        """Return the value of a key, or the default."""
        self.seed_read |= key == "seed"
        return super().get(key, default)


def drop(fn, x, dropout_param):
    """Play many forwards; what is judged is what any right version shares, whatever random numbers it draws."""
    settings, given = Settings(dropout_param), x.copy()
    outs = [np.array(fn(x, settings)[0], dtype=float)]
    outs += [np.array(fn(given.copy(), settings)[0], dtype=float) for _ in range(CALLS - 1)]
    whole = all(out.shape == given.shape for out in outs)
    first = {"out": given if whole else outs[0]}
    outs = np.stack(outs if whole else [given] * CALLS)
    if dropout_param["mode"] == "test":
        return first | kept_whole(outs, given)
    if "seed" in dropout_param:
        repeated = count_different(outs != 0) if settings.seed_read else 1
        return first | {f"different masks in {CALLS} calls with one seed": repeated}
    return first | drawn_masks(outs != 0, dropout_param["p"]) | factors(outs, given)


def kept_whole(outs, x):
    """Return what is judged in test mode: whether every value is there, then the first output."""
    every = (outs != 0).all()
    return {"every value is kept in test mode": float(every), "out in test mode": outs[0] if every else x}


def drawn_masks(masks, p):
    """Return how many masks differ from call to call and along each axis, and how much they keep.

    Shapes: masks (CALLS, N, ...) of booleans.
    """
    sizes = zip(masks.shape[1:], AXES[masks.ndim - 1], strict=True)
    names = [f"in {CALLS} calls", *(f"among the {size} {name}" for size, name in sizes)]
    different = [count_different(slices(masks, axis)) for axis in range(masks.ndim)]
    found = {f"different masks {name}": count for name, count in zip(names, different, strict=True)}
    draws, share = np.prod(different), masks.mean()
    for axis, name in enumerate(AXES[masks.ndim - 1], 1):
        gap = np.abs(slices(masks, axis).mean(axis=1) - share)
        found[f"{name} that keep as much as the others"] = int((gap <= chance(draws / different[axis])).sum())
    near = abs(share - p) <= chance(draws)
    return found | {"share of the values kept": p if near else round(float(share), 1)}


def slices(masks, axis):
    """Return the masks as a table with one row for each index along an axis."""
    return np.moveaxis(masks, axis, 0).reshape(masks.shape[axis], -1)


def count_different(table):
    """Return how many rows of a table differ from each other."""
    return len({row.tobytes() for row in table})


def chance(draws):
    """Return how far the share of heads among independent coins strays from its mean once in 10^10 at most.

    Source: Hoeffding 1963, Probability inequalities for sums of bounded random variables.
    """
    return np.sqrt(np.log(2e10) / (2 * draws))


def factors(found, given, what="values"):
    """Return whether all that is not 0 is what was given times the same number, and this number."""
    there = found != 0
    ratios = (found[there] / np.broadcast_to(given, found.shape)[there]).ravel()
    one = ratios.size > 0 and np.ptp(ratios) <= 1e-3 * np.abs(ratios).max()
    return {
        f"kept {what} are multiplied by one number": float(one),
        f"factor of the kept {what}": round(float(ratios.mean()), 4) if one else 0.0,
    }


def drop_cases():
    """Training and test mode at several p; numbers 1 .. 2, so that none is 0 by itself."""
    rng = np.random.default_rng(9)

    def one(make, label, mode, p, *shape, **more):
        return make(label, x=rng.uniform(1, 2, shape), dropout_param={"mode": mode, "p": p, **more})

    return [
        *(one(case, f"training with p = {p}", "train", p, 60, 50) for p in (0.3, 0.6, 0.7)),
        *(one(case, f"test mode with p = {p}", "test", p, 30, 20) for p in (0.3, 0.8)),
        one(edge, "training with p = 1", "train", 1.0, 30, 20),
        one(edge, "training with pictures", "train", 0.3, 40, 3, 6, 5),
        one(edge, "training with one seed", "train", 0.5, 30, 20, seed=3),
    ]


def backward_play(fn, dout, x, dropout_param):
    """Play forward, then backward through its cache; what is judged does not hang on what the forward drew."""
    out, cache = fn.companions["forward"](x, dropout_param)
    kept = np.array(out) != 0
    dx = np.asarray(fn(dout, cache))
    whole = dx.shape == x.shape
    first, dx = {"dx": x if whole else dx}, dx if whole else dout * kept
    return first | {
        "kept values with a gradient (all: 1, some: 0.5)": extent(dx[kept]),
        "dropped values without a gradient (all: 1, some: 0.5)": 1 - extent(dx[~kept]),
        **factors(dx[kept], dout[kept], "gradients"),
    }


def extent(values):
    """Return 1 where all values differ from 0, 0.5 where some do, else 0."""
    found = np.asarray(values) != 0
    return 0.0 if not found.any() else 1.0 if found.all() else 0.5


def backward_cases():
    """Training at several p, test mode, negative gradients; no number is 0."""
    rng = np.random.default_rng(10)

    def one(make, mode, p, *shape):
        args = {"dout": rng.standard_normal(shape), "x": rng.uniform(1, 2, shape)}
        label = f"{'training' if mode == 'train' else 'test mode'} with p = {p:g}"
        return make(label, **args, dropout_param={"mode": mode, "p": p, "seed": 7})

    return [
        one(case, "train", 0.3, 20, 15),
        one(case, "train", 0.8, 12, 12),
        one(case, "test", 0.3, 4, 6),
        one(edge, "train", 0.6, 8, 6, 5),
        one(edge, "train", 1.0, 5, 4),
    ]


def coins(seed, p, shape, thrown, mode=None):
    """Return numbers, p, and one uniform number for each coin thrown, with the mode between them if there is one."""
    rng = np.random.default_rng(seed)
    x, u = rng.standard_normal(shape), rng.uniform(0, 1, thrown)
    return {"x": x, "p": p} | ({} if mode is None else {"mode": mode}) | {"u": u}


CLASSIC_CASES = [
    (case, "", 1, 0.3, (3, 4)),
    (case, "", 2, 0.8, (5, 5)),
    (edge, " of an array with three axes", 3, 0.6, (2, 3, 4)),
    (edge, " of one row", 4, 0.7, (1, 6)),
    (edge, "", 5, 1.0, (4, 2)),
]


def classic_cases():
    """Five p, each in training and in test mode."""
    return [
        make(f"{mode_name}{what} with p = {p:g}", **coins(seed, p, shape, shape, mode))
        for make, what, seed, p, shape in CLASSIC_CASES
        for mode, mode_name in (("train", "training"), ("test", "test mode"))
    ]


CHANNEL_CASES = [
    ("4 channels of 2 x 5 pixels", 1, 0.6, (3, 4, 2, 5)),
    ("as many pictures as channels and pixels", 2, 0.5, (4, 4, 4, 4)),
    ("6 channels of 3 x 3 pixels", 3, 0.3, (2, 6, 3, 3)),
    ("3 channels of 1 x 2 pixels", 4, 0.8, (5, 3, 1, 2)),
]


def channel_cases():
    """Sizes all different and all alike, several p."""
    return [
        (edge if shape[2] == 1 else case)(label, **coins(seed, p, shape, shape[:2]))
        for label, seed, p, shape in CHANNEL_CASES
    ]


EXERCISES = [
    Exercise(
        "dropout_forward",
        f"{LIBRARY}:dropout_forward",
        ("out", "_cache"),
        drop_cases,
        "Five p in training, two in test mode: the share kept is p, the kept numbers are x / p, test mode is x itself.",
        "Training keeps the average, so test mode has nothing to do.",
        catalogue.rows("norm.dropout_forward"),
        plain=f"{PLAIN}:dropout_forward",
        play=drop,
    ),
    Exercise(
        "dropout_backward",
        f"{LIBRARY}:dropout_backward",
        ("dx",),
        backward_cases,
        "Three p in training, and test mode: what was dropped gets no gradient, what was kept gets dout / p.",
        "No numeric check is needed: given its mask, dropout is a multiplication.",
        catalogue.rows("norm.dropout_backward"),
        plain=f"{PLAIN}:dropout_backward",
        play=backward_play,
        companions={"forward": "dropout_forward"},
        cache="(dropout_param, mask); the mask has its 1/p in it, and is None in test mode",
    ),
    Exercise(
        "classic_dropout",
        f"{PLAIN}:classic_dropout",
        ("out",),
        classic_cases,
        "Five p, each in training and in test mode, the uniform numbers given.",
        "The same average, repaired at the other end. Inverted dropout spares the finished net the multiplication.",
        catalogue.rows("norm.classic_dropout"),
    ),
    Exercise(
        "channel_dropout",
        f"{PLAIN}:channel_dropout",
        ("out",),
        channel_cases,
        "Four sets of feature maps, sizes all different and all alike, the uniform numbers given.",
        "One coin a channel: neighbouring pixels tell nearly the same, so dropping them one by one hides little.",
        catalogue.rows("norm.channel_dropout"),
    ),
    LineOrder(
        "dropout_lines",
        "dropout_forward",
        "def dropout_forward(x, dropout_param):",
        (
            "mask = np.random.rand(*x.shape) < p",
            "return x * mask, (dropout_param, mask)",
            "mask = np.random.randn(*x.shape) < p",
            'p, mode = dropout_param["p"], dropout_param["mode"]',
            "mask = mask / p",
            'if mode == "test": return x, (dropout_param, None)',
            "mask = mask * p",
        ),
        (4, 6, 1, 5, 2),
        "A uniform number lies below p with probability p; the division keeps the average, so test mode returns x.",
    ),
    FindMistake(
        "dropout_mistake",
        """
        def dropout_forward(x, p, mode):
            if mode == "test":
                return x
            keep = np.random.rand(*x.shape) < p
            out = x * keep
            return out / p
        """,
        "return out / p",
        "return out * p",
        "multiplied by p instead of divided",
        "Take p = 0.5 and x = 1 everywhere: what is the mean of each array?",
        "Half of the ones are gone, so the rest must be 2 for the mean to stay 1.",
    ),
]
