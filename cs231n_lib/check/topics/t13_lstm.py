"""Topic 13: the LSTM; gates in the order i, f, o, g."""

from dataclasses import replace

import numpy as np

from ..model import Exercise, Mistake, case
from ..puzzles import FindMistake, LineOrder
from .t12_rnn import (
    BACKWARD,
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


STEP_FORWARD = [
    Mistake(
        "13.a",
        "the gates stand in the order i, f, g, o (PyTorch's)",
        "Which slice is which gate?",
        "o = sigmoid(a[:, 2 * H : 3 * H])\n    g = np.tanh(a[:, 3 * H :])",
        "g = np.tanh(a[:, 2 * H : 3 * H])\n    o = sigmoid(a[:, 3 * H :])",
    ),
    Mistake(
        "13.a1",
        "i and f are exchanged",
        "Which slice is which gate?",
        "i = sigmoid(a[:, :H])\n    f = sigmoid(a[:, H : 2 * H])",
        "f = sigmoid(a[:, :H])\n    i = sigmoid(a[:, H : 2 * H])",
    ),
    Mistake(
        "13.b",
        "g goes through a sigmoid",
        "Which of the four may be negative?",
        "np.tanh(a[:, 3 * H :])",
        "sigmoid(a[:, 3 * H :])",
    ),
    Mistake(
        "13.c",
        "h = o c: the cell is not squashed",
        "The cell is squashed once more on its way out.",
        "o * np.tanh(next_c)",
        "o * next_c",
    ),
    Mistake(
        "13.d",
        "the old cell is not forgotten: f is unused",
        "Four gates. Which of them has no effect in yours?",
        "f * prev_c",
        "prev_c",
    ),
    Mistake("13.d1", "the input gate is unused", "Four gates. Which of them has no effect in yours?", "i * g", "g"),
    Mistake(
        "13.d2",
        "the output gate is unused",
        "Four gates. Which of them has no effect in yours?",
        "o * np.tanh(next_c)",
        "np.tanh(next_c)",
    ),
    Mistake(
        "13.d3",
        "h uses the old cell",
        "Which c goes out: the old or the new one?",
        "np.tanh(next_c)",
        "np.tanh(prev_c)",
    ),
    Mistake(
        "13.d4",
        "the cell is squashed itself",
        "next_c may grow. Where does its tanh stand?",
        "f * prev_c + i * g",
        "np.tanh(f * prev_c + i * g)",
    ),
    Mistake(
        "13.d5",
        "the bias is not added",
        "One of the parameters has no effect. Which?",
        "prev_h @ Wh + b",
        "prev_h @ Wh",
    ),
    *(
        Mistake(
            f"13.d9{name[0]}",
            f"one bias for three gates: the {name} gate's bias is added to all of them",
            "b has 4 H numbers. Which H of them belong to which gate?",
            "prev_h @ Wh + b\n",
            f"prev_h @ Wh + np.hstack([{part}, {part}, {part}, b[3 * H :]])\n",
        )
        for name, part in (("input", "b[:H]"), ("forget", "b[H : 2 * H]"), ("output", "b[2 * H : 3 * H]"))
    ),
    Mistake(
        "13.d7",
        "the gates go through tanh",
        "A gate lies between closed (0) and open (1).",
        "o = sigmoid(",
        "o = np.tanh(",
        more=(("i = sigmoid(", "i = np.tanh("), ("f = sigmoid(", "f = np.tanh(")),
    ),
    Mistake(
        "13.d8",
        "prev_h stands where prev_c should be",
        "Two memories: which one does the forget gate look after?",
        "f * prev_c",
        "f * prev_h",
    ),
]

STEP_BACKWARD = [
    Mistake(
        "13.e",
        "dh does not reach the cell",
        "h is made of c.",
        "dnext_c + dnext_h * o * (1 - np.tanh(next_c) ** 2)",
        "dnext_c.copy()",
    ),
    Mistake(
        "13.e1",
        "the gradient of the cell from above is lost",
        "Two paths reach c. Which did you forget?",
        "dnext_c + dnext_h",
        "dnext_h",
    ),
    Mistake(
        "13.e2",
        "the slope of tanh(c) is missing",
        "h = o tanh(c): chain rule.",
        "dnext_h * o * (1 - np.tanh(next_c) ** 2)",
        "dnext_h * o",
    ),
    Mistake(
        "13.e3",
        "1 - c² instead of 1 - tanh(c)²",
        "The slope of tanh in terms of its output: what is the output here?",
        "(1 - np.tanh(next_c) ** 2)",
        "(1 - next_c**2)",
    ),
    Mistake(
        "13.e4",
        "the output gate is missing on the path to the cell",
        "h = o tanh(c): what multiplied tanh(c)?",
        "dnext_h * o * (1",
        "dnext_h * (1",
    ),
    Mistake("13.g", "dprev_c without f", "What multiplied c_{t-1}?", "dprev_c = dc * f", "dprev_c = dc"),
    Mistake("13.h", "df uses next_c instead of prev_c", "What did f multiply?", "df = dc * prev_c", "df = dc * next_c"),
    Mistake(
        "13.i",
        "g gets the slope of the sigmoid",
        "g went through which function?",
        "dg * (1 - g**2)",
        "dg * g * (1 - g)",
    ),
    Mistake(
        "13.j",
        "do uses c instead of tanh(c)",
        "What did o multiply?",
        "do = dnext_h * np.tanh(next_c)",
        "do = dnext_h * next_c",
    ),
    Mistake(
        "13.k",
        "di and dg are exchanged",
        "i multiplied g, so the slope for i is …?",
        "di = dc * g",
        "di = dc * i",
        more=(("dg = dc * i", "dg = dc * g"),),
    ),
    Mistake(
        "13.k1",
        "the parts of da stand in the order i, f, g, o",
        "The same order as the columns of Wx.",
        "do * o * (1 - o), dg * (1 - g**2)",
        "dg * (1 - g**2), do * o * (1 - o)",
    ),
    Mistake(
        "13.k2",
        "the gates' slopes are missing",
        "Each gate went through a sigmoid. What is its slope?",
        "di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)",
        "di, df, do",
    ),
    *(
        Mistake(
            f"13.k6{gate}",
            f"the slope of the {name} gate is sigmoid({gate}), not {gate} (1 - {gate})",
            "The gate has been through its sigmoid already. What is the slope of a sigmoid in terms of its output?",
            f"d{gate} * {gate} * (1 - {gate})",
            f"d{gate} * sigmoid({gate})",
        )
        for name, gate in (("input", "i"), ("forget", "f"), ("output", "o"))
    ),
    *(
        Mistake(
            f"13.k7{gate}",
            f"the slope of the {name} gate takes the sigmoid of {gate} again",
            "The cache holds the gate, which has been through its sigmoid already. Does it need another one?",
            f"d{gate} * {gate} * (1 - {gate})",
            f"d{gate} * sigmoid({gate}) * (1 - sigmoid({gate}))",
        )
        for name, gate in (("input", "i"), ("forget", "f"), ("output", "o"))
    ),
    Mistake(
        "13.k7",
        "the slopes of the gates take the sigmoid again, that of g the tanh",
        "The cache holds the gates, which have been through their sigmoid already. Do they need another one?",
        "da = np.hstack(",
        "i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)\n    da = np.hstack(",
    ),
    Mistake(
        "13.k8",
        "the slope of one gate is missing: f",
        "The forget gate went through a sigmoid. What is its slope?",
        "df * f * (1 - f)",
        "df",
    ),
    Mistake(
        "13.k3",
        "dprev_c uses dnext_c alone",
        "Two paths reach c. Which did you forget?",
        "dprev_c = dc * f",
        "dprev_c = dnext_c * f",
    ),
    Mistake(
        "13.k4", "db is a mean", "The mean is already in the gradient from above.", "da.sum(axis=0)", "da.mean(axis=0)"
    ),
    Mistake("13.k5", "dWh uses the new h", "Which h met Wh?", "prev_h.T @ da", "(o * np.tanh(next_c)).T @ da"),
]

FORWARD = [
    Mistake(
        "13.l",
        "the cell starts at h0",
        "Where does the cell's memory begin?",
        "np.zeros_like(h0)\n    for",
        "h0\n    for",
    ),
    Mistake(
        "13.l1",
        "the cell is set to 0 at every step",
        "Who reads the c that the last step wrote?",
        "prev_h, prev_c, Wx, Wh, b)",
        "prev_h, 0 * prev_c, Wx, Wh, b)",
    ),
    Mistake(
        "13.l2",
        "every step starts from h0",
        "Who reads the h that the last step wrote?",
        "lstm_step_forward(x[:, t], prev_h,",
        "lstm_step_forward(x[:, t], h0,",
    ),
    Mistake(
        "13.l3",
        "h holds the cell instead of h",
        "Two memories: which one goes out?",
        "h[:, t] = prev_h",
        "h[:, t] = prev_c",
    ),
    Mistake(
        "13.l4",
        "h0 is not used",
        "Where does the memory begin?",
        "prev_h, prev_c = h0,",
        "prev_h, prev_c = np.zeros_like(h0),",
    ),
    Mistake("13.l5", "every step reads the first input", "Which word does step t read?", "x[:, t]", "x[:, 0]"),
]

BACKWARD = [
    *(replace(mistake, id=f"13s{mistake.id[2:]}") for mistake in BACKWARD),
    Mistake(
        "13.m",
        "the cell's gradient does not walk on",
        "c_t is read by the next step. What comes back from there?",
        "lstm_step_backward(dnext_h, dprev_c, cache[t])",
        "lstm_step_backward(dnext_h, 0 * dprev_c, cache[t])",
    ),
    Mistake(
        "13.m2",
        "the gradient of the cell is doubled at every step: dc += dc",
        "How often does what comes back to c_t come back?",
        "lstm_step_backward(dnext_h, dprev_c, cache[t])",
        "lstm_step_backward(dnext_h, 2 * dprev_c, cache[t])",
    ),
    Mistake(
        "13.m3",
        "the gradients of all later cells are added up, not handed on",
        "c_t is read by step t + 1 alone. Which gradient does that step hand to it?",
        "        dx[:, t], dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(dnext_h, dprev_c, cache[t])\n",
        "        dx[:, t], dprev_h, dc_t, dWx_t, dWh_t, db_t = lstm_step_backward(dnext_h, dprev_c, cache[t])\n"
        "        dprev_c = dprev_c + dc_t\n",
    ),
    Mistake(
        "13.m1",
        "dh is given to h and to c",
        "dh came from h alone. Through which door does it reach c?",
        "lstm_step_backward(dnext_h, dprev_c, cache[t])",
        "lstm_step_backward(dnext_h, dh[:, t] + dprev_c, cache[t])",
    ),
]

GRU = [
    Mistake(
        "13.u",
        "z and 1 - z are exchanged",
        "With z near 1: is the old h kept, or replaced?",
        "(1 - z) * n + z * prev_h",
        "z * n + (1 - z) * prev_h",
    ),
    Mistake(
        "13.u1",
        "r and z stand in the order z, r",
        "Which block is which gate?",
        "r = sigmoid(p_r + q_r)\n    z = sigmoid(p_z + q_z)",
        "z = sigmoid(p_r + q_r)\n    r = sigmoid(p_z + q_z)",
    ),
    Mistake("13.u2", "r has no effect", "What does the candidate see of the past, if r is 0?", "r * q_n", "q_n"),
    Mistake(
        "13.u3",
        "r meets the input as well",
        "r holds back the past. Does the input belong to it?",
        "p_n + r * q_n",
        "r * (p_n + q_n)",
    ),
    Mistake(
        "13.u4",
        "r meets h before the product with Wh (another form of the GRU)",
        "r q_n or (r h) W_n: at which place does the formula have r?",
        "p_n + r * q_n",
        "p_n + (r * prev_h) @ Wh[:, 2 * prev_h.shape[1] :]",
    ),
    Mistake(
        "13.u5",
        "the candidate goes through a sigmoid",
        "Which of the three may be negative?",
        "np.tanh(p_n + r * q_n)",
        "sigmoid(p_n + r * q_n)",
    ),
    Mistake(
        "13.u6",
        "the gates go through tanh",
        "A gate lies between closed (0) and open (1).",
        "r = sigmoid(p_r + q_r)\n    z = sigmoid(p_z + q_z)",
        "r = np.tanh(p_r + q_r)\n    z = np.tanh(p_z + q_z)",
    ),
    Mistake("13.u7", "the bias is not added", "One of the parameters has no effect. Which?", "x @ Wx + b", "x @ Wx"),
    Mistake(
        "13.u8",
        "the old h is not carried on",
        "Two parts make the new h. Where is the one that keeps?",
        "(1 - z) * n + z * prev_h",
        "(1 - z) * n",
    ),
]

EXERCISES = [
    exercise(
        "lstm_step_forward",
        RECURRENT,
        ("next_h", "next_c", "_cache"),
        step_forward_cases,
        "Five steps, sizes all different and all alike.",
        "The cell is changed by a sum, not by a product with W: that is what lets a memory last.",
        STEP_FORWARD,
    ),
    exercise(
        "lstm_step_backward",
        RECURRENT,
        ("dx", "dprev_h", "dprev_c", "dWx", "dWh", "db"),
        step_backward_cases,
        "Five steps with random gradients for h and c, and each of them alone.",
        "c gets two gradients, its own and one through h; with dnext_h = 0 half the mistakes hide.",
        STEP_BACKWARD,
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
        FORWARD,
    ),
    Exercise(
        "lstm_backward",
        f"{RECURRENT}:lstm_backward",
        ("dx", "dh0", "dWx", "dWh", "db"),
        backward_cases,
        "Six sets of sequences with random gradients at every step.",
        "Both memories bring a gradient back to the step before.",
        BACKWARD,
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
        GRU,
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
