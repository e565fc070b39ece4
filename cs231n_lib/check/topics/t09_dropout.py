"""Topic 09: inverted dropout; p is the probability to KEEP."""

import numpy as np

from ..model import Exercise, Mistake, case, edge
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


FORWARD = [
    Mistake(
        "09.a", "the kept numbers are not divided by p", "Is the average the same as before?", "< p) / p", "< p) * 1.0"
    ),
    Mistake(
        "09.b",
        "randn instead of rand",
        "What does this generator draw: between 0 and 1, or around 0?",
        "np.random.rand(*x.shape)",
        "np.random.randn(*x.shape)",
    ),
    Mistake(
        "09.c",
        "p is taken for the probability to drop",
        "Is p who stays or who goes?",
        "(np.random.rand(*x.shape) < p) / p",
        "(np.random.rand(*x.shape) >= p) / (1 - p)",
        edition="2016 and 2017",
    ),
    Mistake(
        "09.c1",
        "numbers are dropped with probability p but divided by p",
        "Is p who stays or who goes?",
        "< p)",
        "> p)",
    ),
    Mistake(
        "09.c2",
        "multiplied by p instead of divided",
        "Half of them are gone: must the others grow or shrink to keep the average?",
        "< p) / p",
        "< p) * p",
    ),
    Mistake("09.c3", "divided by 1 - p", "Which share of the numbers is left?", "< p) / p", "< p) / max(1 - p, 1e-3)"),
    Mistake(
        "09.d",
        "whole rows are dropped together",
        "Is one random value drawn for each entry, or for each row?",
        "np.random.rand(*x.shape)",
        "np.random.rand(len(x), *[1] * (x.ndim - 1))",
    ),
    Mistake(
        "09.d1",
        "one mask for the whole batch: every row drops the same columns",
        "Two pictures of one batch: does each draw a mask of its own?",
        "np.random.rand(*x.shape)",
        "np.random.rand(1, *x.shape[1:])",
    ),
    Mistake(
        "09.d2",
        "one random value for the whole array: everything stays, or everything goes",
        "How many random values does np.random.rand() draw?",
        "np.random.rand(*x.shape)",
        "np.full(x.shape, np.random.rand())",
    ),
    Mistake(
        "09.d3",
        "whole channels are dropped together",
        "Is one random value drawn for each entry, or for each channel?",
        "np.random.rand(*x.shape)",
        "np.random.rand(*x.shape[:2], *[1] * (x.ndim - 2))",
    ),
    Mistake(
        "09.e",
        "the same mask at every call",
        "Call it twice: are the same values dropped? Who seeds the generator each time?",
        "np.random.rand(*x.shape)",
        "np.random.RandomState(0).rand(*x.shape)",
    ),
    Mistake(
        "09.e1",
        "half of the values are dropped, whatever p is",
        "Which p was given? Where does your mask look at it?",
        "np.random.rand(*x.shape) < p)",
        "np.random.rand(*x.shape) < 0.5)",
    ),
    Mistake(
        "09.e2",
        "half of the values are dropped and the rest doubled, whatever p is",
        "Which p was given? Where does your mask look at it?",
        "(np.random.rand(*x.shape) < p) / p",
        "(np.random.rand(*x.shape) < 0.5) / 0.5",
    ),
    Mistake(
        "09.i",
        "test mode drops as well",
        "At test time everybody is at work. Who is at home in yours?",
        'mode == "train"',
        "True",
    ),
    Mistake(
        "09.j",
        "test mode multiplies by p as well",
        "The average was kept already in training. Must you do it again?",
        "        out = x\n",
        "        out = x * p\n",
    ),
    Mistake(
        "09.j1",
        "test mode divides by p",
        "The average was kept already in training. Must you do it again?",
        "        out = x\n",
        "        out = x / p\n",
    ),
    Mistake("09.k", "training leaves x alone", "Which mode drops?", 'mode == "train"', 'mode == "test"'),
    Mistake(
        "09.m",
        "the mask itself is returned",
        "The mask says who stays. Who is it that stays?",
        "out = x * mask",
        "out = mask",
    ),
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


BACKWARD = [
    Mistake(
        "09.f",
        "the way back is not divided by p",
        "The way back goes through the same gate. How wide was it?",
        "dx = dout * mask",
        "dx = dout * (mask > 0)",
    ),
    Mistake(
        "09.g",
        "a new mask is drawn on the way back",
        "The way back goes through the same gate. Is yours the same?",
        "dx = dout * mask",
        'p = dropout_param["p"]\n        dx = dout * (np.random.rand(*dout.shape) < p) / p',
    ),
    Mistake(
        "09.g1",
        "divided by p twice",
        "The mask holds 1/p already. What more is needed?",
        "dx = dout * mask",
        'dx = dout * mask / dropout_param["p"]',
    ),
    Mistake(
        "09.g2",
        "everything passes on the way back",
        "What is the slope of a number that was dropped?",
        "dx = dout * mask",
        "dx = dout.copy()",
    ),
    Mistake(
        "09.g3",
        "the mask itself is returned",
        "Chain rule: what comes back is multiplied by what?",
        "dx = dout * mask",
        "dx = mask",
    ),
    Mistake(
        "09.g4",
        "the mask is turned round",
        "Who was dropped: those with 0 or those with 1/p?",
        "dx = dout * mask",
        'dx = dout * (mask == 0) / dropout_param["p"]',
    ),
    Mistake(
        "09.g5",
        "test mode multiplies by p on the way back",
        "What did test mode do on the way forward?",
        "        dx = dout\n",
        '        dx = dout * dropout_param["p"]\n',
    ),
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


CLASSIC = [
    Mistake(
        "09.n",
        "training divides by p, and test mode multiplies as well",
        "The old way leaves training alone. How often is the average repaired here?",
        "x * (u < p)",
        "x * (u < p) / p",
    ),
    Mistake(
        "09.n1",
        "test mode leaves x alone",
        "Training sends on the share p of each number. What does the next layer get now?",
        "return x * p",
        "return x",
    ),
    Mistake(
        "09.n2",
        "test mode divides by p",
        "Which is larger: the average in training, or x?",
        "return x * p",
        "return x / p",
    ),
    Mistake(
        "09.n3",
        "test mode multiplies by 1 - p",
        "Is p who stays or who goes?",
        "return x * p",
        "return x * (1 - p)",
    ),
    Mistake("09.n4", "p is taken for the probability to drop", "Is p who stays or who goes?", "u < p", "u > p"),
    Mistake("09.n5", "the two modes are exchanged", "Which mode throws coins?", 'mode == "test"', 'mode == "train"'),
    Mistake(
        "09.n7",
        "one mask for all rows: only the first row of u is looked at",
        "u has one number for each entry of x. How many of them decide?",
        "(u < p)",
        "(u[:1] < p)",
    ),
    Mistake(
        "09.n8",
        "whole rows are dropped together",
        "u has one number for each entry of x. How many of them decide?",
        "(u < p)",
        "(u[..., :1] < p)",
    ),
    Mistake(
        "09.n6",
        "test mode throws coins as well",
        "Should the finished net give two answers to one picture?",
        "return x * p",
        "return x * (u < p)",
    ),
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


CHANNELS = [
    Mistake(
        "09.o", "the kept channels are not divided by p", "Is the average the same as before?", "(u < p) / p", "(u < p)"
    ),
    Mistake("09.o1", "p is taken for the probability to drop", "Is p who stays or who goes?", "u < p", "u > p"),
    Mistake(
        "09.o2",
        "all pictures lose the same channels",
        "Does each picture throw its own coins?",
        "mask[:, :, None, None]",
        "mask[:1, :, None, None]",
    ),
    Mistake(
        "09.o3",
        "whole pictures are dropped together",
        "Who throws a coin: a picture, or each of its channels?",
        "mask[:, :, None, None]",
        "mask[:, :1, None, None]",
    ),
    Mistake(
        "09.o4",
        "the coins are lined up with height and width",
        "Broadcasting lines shapes up at the end. Which two axes of x should the coins meet?",
        "mask[:, :, None, None]",
        "np.resize(mask, x.shape[2:])",
    ),
    Mistake(
        "09.o5",
        "multiplied by p instead of divided",
        "Some are gone: must the others grow or shrink to keep the average?",
        "(u < p) / p",
        "(u < p) * p",
    ),
]

EXERCISES = [
    Exercise(
        "dropout_forward",
        f"{LIBRARY}:dropout_forward",
        ("out", "_cache"),
        drop_cases,
        "Five p in training, two in test mode: the share kept is p, the kept numbers are x / p, test mode is x itself.",
        "Training keeps the average, so test mode has nothing to do.",
        FORWARD,
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
        BACKWARD,
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
        CLASSIC,
    ),
    Exercise(
        "channel_dropout",
        f"{PLAIN}:channel_dropout",
        ("out",),
        channel_cases,
        "Four sets of feature maps, sizes all different and all alike, the uniform numbers given.",
        "One coin a channel: neighbouring pixels tell nearly the same, so dropping them one by one hides little.",
        CHANNELS,
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
