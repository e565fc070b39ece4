"""Topic 13: the LSTM; gates in the order i, f, o, g."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case
from ..puzzles import FindMistake, LineOrder
from .t12_rnn import (
    PLAIN,
    RECURRENT,
    STEPS,
    exercise,
    sequence_backward_cases,
    sequence_forward_cases,
    step_args,
    step_case,
)


def cell_args(seed, N, D, H):
    """Return x, prev_h, prev_c and weights of one step."""
    args = step_args(seed, N, D, H, gates=4)
    prev_c = np.random.default_rng(seed + 200).standard_normal((N, H))
    return {"x": args["x"], "prev_h": args["prev_h"], "prev_c": prev_c, **{n: args[n] for n in ("Wx", "Wh", "b")}}


def step_forward_cases():
    """Sizes all different and all alike, one row."""
    return [step_case(*s[1:], **cell_args(*s)) for s in STEPS]


def step_backward_cases():
    """The same with gradients from above; in one case only h, in one only c brings one."""
    found = []
    for s in STEPS:
        rng = np.random.default_rng(s[0] + 300)
        dh, dc = rng.standard_normal((2, s[1], s[3]))
        args = {"dnext_h": dh * (s[0] != 10), "dnext_c": dc * (s[0] != 11), **cell_args(*s)}
        alone = {10: "only c brings a gradient", 11: "only h brings a gradient"}.get(s[0])
        found.append(case(alone, **args) if alone else step_case(*s[1:], **args))
    return found


def back(fn, dnext_h, dnext_c, **args):
    """Play the backward of a step on the cache of its forward."""
    return fn(dnext_h, dnext_c, fn.companions["forward"](*args.values())[-1])


def forward_cases():
    """Sequences with the weights of four gates."""
    return sequence_forward_cases(gates=4)


def backward_cases():
    """The same with a gradient from above at every step."""
    return sequence_backward_cases(gates=4)


def gru_cases():
    """Steps with the weights of three blocks; the last with an update gate that is nearly open."""
    found = [step_case(*s[1:], **step_args(*s, gates=3)) for s in STEPS]
    args = step_args(12, 3, 2, 4, gates=3)
    return [*found, case("z near 1: h is kept", **{**args, "b": args["b"] + 6 * np.repeat([0, 1, 0], 4)})]


EXERCISES = [
    exercise(
        "lstm_step_forward",
        RECURRENT,
        ("next_h", "next_c", "_cache"),
        step_forward_cases,
        "Five steps, sizes all different and all alike.",
        "The cell is changed by a sum, not by a product with W: that is what lets a memory last.",
        catalogue.rows("rnn.lstm_step_forward"),
    ),
    exercise(
        "lstm_step_backward",
        RECURRENT,
        ("dx", "dprev_h", "dprev_c", "dWx", "dWh", "db"),
        step_backward_cases,
        "Five steps with random gradients for h and c, and each of them alone.",
        "c gets two gradients, its own and one through h; with dnext_h = 0 half the mistakes hide.",
        catalogue.rows("rnn.lstm_step_backward"),
        "lstm_step_forward",
        "(x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)",
        back,
    ),
    exercise(
        "lstm_forward",
        RECURRENT,
        ("h", "_cache"),
        forward_cases,
        "Six sets of sequences, one step alone among them.",
        "Two memories walk along: h, which goes out, and c, which stays inside and starts at 0.",
        catalogue.rows("rnn.lstm_forward"),
    ),
    Exercise(
        "lstm_backward",
        f"{RECURRENT}:lstm_backward",
        ("dx", "dh0", "dWx", "dWh", "db"),
        backward_cases,
        "Six sets of sequences with random gradients at every step.",
        "Both memories bring a gradient back to the step before.",
        catalogue.rows("rnn.lstm_backward"),
        plain=f"{PLAIN}:lstm_backward",
        play=lambda fn, dh, **args: fn(dh, fn.companions["forward"](*args.values())[-1]),
        companions={"forward": "lstm_forward"},
        cache="a list: what lstm_step_forward cached at each step",
    ),
    Exercise(
        "gru_step_forward",
        f"{PLAIN}:gru_step_forward",
        ("next_h",),
        gru_cases,
        "Six steps: sizes all different and all alike, and an update gate that is nearly open.",
        "Where z is near 1, h is copied: no matrix and no tanh stands between the old and the new.",
        catalogue.rows("rnn.gru_step_forward"),
    ),
    LineOrder(
        "lstm_step_lines",
        "lstm_step_forward",
        "def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):",
        (
            "next_c = f * prev_c + i * g",
            "i, f, o = (1 / (1 + np.exp(-part)) for part in (i, f, o))",
            "return next_h, next_c, None",
            "g = np.tanh(g)",
            "next_h = o * np.tanh(next_c)",
            "next_c = i * prev_c + f * g",
            "i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)",
        ),
        (7, 2, 4, 1, 5, 3),
        "One product, split in four; three gates between 0 and 1, one candidate between -1 and 1.",
    ),
    FindMistake(
        "lstm_mistake",
        """
        def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
            i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
            i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
            g = np.tanh(g)
            next_c = f * prev_c + i * g
            next_h = o * np.tanh(next_c)
            return next_h, next_c
        """,
        "g = np.tanh(g)",
        "g = sigmoid(g)",
        "g goes through a sigmoid",
        "Which of the four may be negative? Imagine a cell that has to be lowered.",
        "With g between 0 and 1 the cell could only ever be raised: it could forget, but never write a no.",
    ),
]
