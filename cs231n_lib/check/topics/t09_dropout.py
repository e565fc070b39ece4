"""Topic 09: inverted dropout; p is the probability to KEEP."""

import numpy as np

from ..model import Exercise, Mistake, case
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.check.plain.norm"
LIBRARY = "cs231n_lib.layers.dropout"


def drop(fn, x, dropout_param):
    """Play one forward; what is judged is what any right version shares, whatever random numbers it draws."""
    out = np.asarray(fn(x, dropout_param)[0], dtype=float)
    test = dropout_param["mode"] == "test"
    if out.shape != x.shape:
        return {"out in test mode" if test else "out": out}
    kept = (out != 0) & (x != 0)
    if test:
        every = kept.all()
        return {"every number is kept in test mode": float(every), "out in test mode": out if every else x}
    factors = np.unique(np.round(out[kept] / x[kept], 6))
    near = abs(kept.mean() - dropout_param["p"]) < 0.02
    share = dropout_param["p"] if near else round(float(kept.mean()), 1)
    one = len(factors) == 1  # then the mean follows from the share, and does not hang on the draws
    mean = share * factors[0] * x.mean().round(1) if one else out.mean().round(1)
    return {
        "share of numbers kept": share,
        "number of different factors": min(len(factors), 2),
        "factor of the kept numbers": factors[0] if one else 0.0,
        "mean of out": round(float(mean), 2),
    }


def drop_cases():
    """Training and test mode at several p; numbers 1 .. 2, so that none is 0 by itself and the mean is known."""
    rng = np.random.default_rng(9)

    def x(*shape):
        return rng.uniform(1, 2, shape)

    return [
        *(
            case(f"training, p = {p}", x=x(300, 200), dropout_param={"mode": "train", "p": p, "seed": 3})
            for p in (0.3, 0.7, 0.9)
        ),
        case("training, p = 1", x=x(300, 200), dropout_param={"mode": "train", "p": 1.0, "seed": 4}),
        case("training pictures", x=x(20, 3, 24, 24), dropout_param={"mode": "train", "p": 0.6, "seed": 5}),
        *(case(f"test, p = {p}", x=x(6, 5), dropout_param={"mode": "test", "p": p, "seed": 3}) for p in (0.3, 0.8)),
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
        "Does each number throw its own coin?",
        "np.random.rand(*x.shape)",
        "np.random.rand(len(x), *[1] * (x.ndim - 1))",
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
    """Play forward with a seed, then backward through its cache: dx as a multiple of out / x times dout."""
    out, cache = fn.companions["forward"](x, dropout_param)
    dx = fn(dout, cache)
    gate = np.asarray(out) / x
    return (
        {"dx where kept": np.where(gate != 0, dx, 0), "dx where dropped": np.where(gate == 0, dx, 0)}
        if np.shape(dx) == x.shape
        else {"dx where kept": dx, "dx where dropped": dx}
    )


def backward_cases():
    """Training at several p, test mode, negative gradients; no number is 0."""
    rng = np.random.default_rng(10)

    def one(mode, p, *shape):
        args = {"dout": rng.standard_normal(shape), "x": rng.uniform(1, 2, shape)}
        return case(
            f"{'training' if mode == 'train' else 'test'}, p = {p}",
            **args,
            dropout_param={"mode": mode, "p": p, "seed": 7},
        )

    return [one("train", 0.3, 6, 7), one("train", 0.8, 5, 4, 3), one("train", 0.5, 8, 8), one("test", 0.3, 4, 6)]


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


CLASSIC_CASES = [(1, 0.3, (3, 4)), (2, 0.8, (5, 5)), (3, 0.5, (2, 3, 4)), (4, 0.7, (1, 6)), (5, 1.0, (4, 2))]


def classic_cases():
    """Five p, each in training and in test mode."""
    return [
        case(f"{'training' if mode == 'train' else 'test'}, p = {p}", **coins(seed, p, shape, shape, mode))
        for seed, p, shape in CLASSIC_CASES
        for mode in ("train", "test")
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
        "09.n6",
        "test mode throws coins as well",
        "Should the finished net give two answers to one picture?",
        "return x * p",
        "return x * (u < p)",
    ),
]

CHANNEL_CASES = [(1, 0.6, (3, 4, 2, 5)), (2, 0.5, (4, 4, 4, 4)), (3, 0.3, (2, 6, 3, 3)), (4, 0.8, (5, 3, 1, 2))]


def channel_cases():
    """Sizes all different and all alike, several p."""
    return [
        case(
            "as many pictures, channels and pixels" if seed == 2 else "feature maps", **coins(seed, p, shape, shape[:2])
        )
        for seed, p, shape in CHANNEL_CASES
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
