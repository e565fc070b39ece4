"""Topic 06, first half: update rules."""

import numpy as np

from ..model import Also, Exercise, Mistake, Remark, case, edge
from ..puzzles import LineOrder

PLAIN = "cs231n_lib.textbook.optim"
LIBRARY = "cs231n_lib.optim"


def steps(fn, w, dws, config):
    """Play four steps: the weights and the rule's settings go from each step to the next."""
    found = {}
    for t, dw in enumerate(dws, 1):
        w, config = fn(w, dw, config)
        found[f"w after step {t}"] = np.array(w) if w is not None else None
    return found


def rule_cases(settings, memory):
    """Return cases: the defaults, each of the given settings, a start in the middle.

    Gradients are so large there that epsilon does not count. It does in the edges: a large epsilon, tiny gradients, and
    gradients of 0.
    """

    def make():
        rng = np.random.default_rng(6)

        def one(label, config, shape=(3, 4), scale=1.0, made=case):
            dws = scale * rng.choice([-1, 1], (4, *shape)) * rng.uniform(1, 3, (4, *shape))
            return made(label, w=rng.standard_normal(shape), dws=dws, config=config)

        start = {n: rng.random((4, 2)) for n in memory} | ({"t": 5} if "m" in memory else {})
        zero = one("a gradient with zeros", dict(settings[0]), made=edge)
        zero.args["dws"][:, 0] = 0
        return [
            one("config is None", None),
            one("config is empty", {}),
            *(one("other settings", dict(s), (2, 3, 2)) for s in settings),
            *([one("a start in the middle", start, (4, 2))] if memory else []),
            *([one("a large epsilon", settings[0] | {"epsilon": 0.1}, made=edge)] if memory else []),
            one("tiny gradients", dict(settings[0]), (5,), 1e-6, made=edge),
            zero,
        ]

    return make


def on_top(id, memory, share, old, new):
    """Return the slip of += where = is meant: what is remembered is added on top of itself."""
    return Mistake(
        id,
        f"{memory} += ... adds the old {memory} on top of itself",
        f"Write {memory} += {share} * {memory} + ... out as a sum. How often does the old {memory} count?",
        old,
        new,
    )


DOWN = [
    Mistake(
        "06.up",
        "the step goes uphill",
        "Which way is down: with the gradient or against it?",
        'w - config["learning_rate"] * dw',
        'w + config["learning_rate"] * dw',
    ),
    Mistake(
        "06.lr",
        "the learning rate is not used",
        "Set the learning rate to 0: does anything move?",
        'config["learning_rate"] * dw',
        "dw",
    ),
    Mistake(
        "06.fix",
        "the learning rate is fixed at its default",
        "Whose learning rate do you use: yours, or the one in config?",
        'config["learning_rate"] * dw',
        "1e-2 * dw",
    ),
    Mistake(
        "06.w",
        "the step itself is returned instead of the new weights",
        "Where do you start from?",
        "next_w = w - ",
        "next_w = -",
    ),
    Mistake(
        "06.sign",
        "only the sign of the gradient is used",
        "Should a steep slope give a larger step than a gentle one?",
        "* dw",
        "* np.sign(dw)",
    ),
]

MOMENTUM = [
    Mistake(
        "06.b",
        "the velocity goes uphill",
        "Which way is down?",
        '- config["learning_rate"] * dw',
        '+ config["learning_rate"] * dw',
    ),
    Mistake(
        "06.c", "the velocity is never stored", "Who remembers v for the next call?", '    config["velocity"] = v\n', ""
    ),
    Mistake(
        "06.f",
        "this is Nesterov's momentum",
        "You look ahead: nice, but not asked.",
        "w + v\n",
        'w + config["momentum"] * v - config["learning_rate"] * dw\n',
    ),
    Mistake(
        "06.g",
        "momentum and 1 - momentum",
        "Which share of the old speed is kept?",
        'config["learning_rate"] * dw',
        '(1 - config["momentum"]) * config["learning_rate"] * dw',
    ),
    Mistake(
        "06.g1",
        "the old velocity is not slowed down by momentum",
        "With no gradient at all: should the speed stay for ever?",
        'config["momentum"] * v',
        "v",
    ),
    Mistake(
        "06.g4",
        "the learning rate is not used",
        "Set the learning rate to 0: does anything move?",
        'config["learning_rate"] * dw',
        "dw",
    ),
    Mistake(
        "06.g5",
        "the velocity is scaled by the learning rate once more",
        "How often does the learning rate come in between dw and w?",
        "w + v",
        'w + config["learning_rate"] * v',
    ),
    Mistake(
        "06.g7",
        "the step uses the velocity from before this gradient",
        "On the first step the old velocity is 0. Does anything move?",
        "w + v\n",
        'w + config.get("velocity", np.zeros_like(w))\n',
    ),
    on_top("06.g6", "velocity", "momentum", 'v = config["momentum"] * v', 'v = v + config["momentum"] * v'),
]

NESTEROV = [
    Mistake(
        "06.nag1",
        "this is plain momentum: no look ahead",
        "Where would momentum alone carry you, and which gradient counts there?",
        'w + config["momentum"] * v - config["learning_rate"] * dw',
        "w + v",
    ),
    Mistake(
        "06.nag2",
        "the velocity is never stored",
        "Who remembers v for the next call?",
        '    config["velocity"] = v\n',
        "",
    ),
    Mistake(
        "06.nag3",
        "the new v is not scaled by momentum again",
        "One step ahead, the speed is slowed once more. By what?",
        'w + config["momentum"] * v',
        "w + v",
    ),
    Mistake(
        "06.nag4",
        "the gradient does not enter the last line",
        "The look ahead is corrected by what?",
        'v - config["learning_rate"] * dw\n    config',
        "v\n    config",
    ),
    Mistake(
        "06.nag5",
        "the velocity goes uphill",
        "Which way is down?",
        'v - config["learning_rate"] * dw\n    next',
        'v + config["learning_rate"] * dw\n    next',
    ),
    on_top("06.nag6", "velocity", "momentum", 'v = config["momentum"] * v', 'v = v + config["momentum"] * v'),
]

RMSPROP = [
    Mistake(
        "06.i",
        "the cache is never stored",
        "Who remembers the cache for the next call?",
        '    config["cache"] = cache\n',
        "",
    ),
    Mistake(
        "06.gr",
        "decay_rate and 1 - decay_rate are swapped",
        "Which share is old: 99 parts of a hundred, or one?",
        'config["decay_rate"] * cache + (1 - config["decay_rate"]) * dw**2',
        '(1 - config["decay_rate"]) * cache + config["decay_rate"] * dw**2',
    ),
    Mistake(
        "06.h",
        "no square root below the line",
        "Units: if dw is in metres, what is the denominator in?",
        "np.sqrt(cache)",
        "cache",
    ),
    Mistake(
        "06.j",
        "the squares are summed and never forgotten (AdaGrad)",
        "Can your cache ever shrink?",
        'config["decay_rate"] * cache + (1 - config["decay_rate"]) * dw**2',
        "cache + dw**2",
    ),
    Mistake(
        "06.k",
        "epsilon is inside the root",
        "Where does epsilon stand: under the root or beside it?",
        'np.sqrt(cache) + config["epsilon"]',
        'np.sqrt(cache + config["epsilon"])',
    ),
    Mistake(
        "06.k1",
        "the cache is a mean of dw, not of its square",
        "Can a mean of squares be negative? Can your cache?",
        "dw**2",
        "np.abs(dw)",
    ),
    Mistake(
        "06.k2",
        "the step uses the cache from before this gradient",
        "On the first step the old cache is 0. What do you divide by?",
        "np.sqrt(cache)",
        'np.sqrt(config.get("cache", np.zeros_like(w)))',
    ),
    Mistake(
        "06.k3",
        "the step goes uphill",
        "Which way is down?",
        'w - config["learning_rate"]',
        'w + config["learning_rate"]',
    ),
    Mistake(
        "06.k4",
        "the step is not divided at all",
        "Which line makes this more than SGD?",
        ' / (np.sqrt(cache) + config["epsilon"])',
        "",
    ),
    Mistake(
        "06.k5", "epsilon is left out", "A gradient of 0 from the start: 0 divided by what?", ' + config["epsilon"]', ""
    ),
    Mistake(
        "06.k6",
        "the new share 1 - decay_rate is left out",
        "Do the two shares add up to 1?",
        '(1 - config["decay_rate"]) * dw**2',
        "dw**2",
    ),
    Mistake(
        "06.k7",
        "one mean for all weights",
        "Each weight has a slope of its own. Has it a cache of its own?",
        "dw**2",
        "np.mean(dw**2)",
    ),
    Mistake(
        "06.k9",
        "epsilon is added to the new weights, not to the root: brackets are missing",
        "a / b + c or a / (b + c): which of the two did you write?",
        '(np.sqrt(cache) + config["epsilon"])',
        'np.sqrt(cache) + config["epsilon"]',
    ),
    on_top(
        "06.k8", "cache", "decay_rate", 'cache = config["decay_rate"] * ', 'cache = cache + config["decay_rate"] * '
    ),
]

ADAM = [
    Mistake(
        "06.l",
        "t is still 0 in the correction",
        "Correction at t = 0 divides by what?",
        'config.get("t", 0) + 1',
        'config.get("t", 0)',
        more=(('config["t"] = t', 'config["t"] = t + 1'),),
    ),
    Mistake(
        "06.late",
        "t starts at 1 and grows after its use, so a t that is handed over counts one step less",
        "A config with t = 5 has seen five steps. Which t belongs to the next one?",
        'config.get("t", 0) + 1',
        'config.get("t", 1)',
        more=(('config["t"] = t', 'config["t"] = t + 1'),),
    ),
    Mistake(
        "06.m",
        "no bias correction",
        "How large are m AND sqrt(v) after one step?",
        'm / (1 - config["beta1"] ** t)',
        "m",
        more=(('v / (1 - config["beta2"] ** t)', "v"),),
    ),
    Mistake(
        "06.m1",
        "m is not corrected",
        "Both means start at 0. Which did you free of it?",
        'm / (1 - config["beta1"] ** t)',
        "m",
    ),
    Mistake(
        "06.m2",
        "v is not corrected",
        "Both means start at 0. Which did you free of it?",
        'v / (1 - config["beta2"] ** t)',
        "v",
    ),
    Mistake(
        "06.n",
        "the corrected m and v are stored",
        "Which m goes into the next average: the raw one or the corrected one?",
        'config["m"] = m\n',
        'config["m"] = mt\n',
        more=(('config["v"] = v\n', 'config["v"] = vt\n'),),
    ),
    Mistake(
        "06.o",
        "multiplied by the correction instead of divided",
        "Should the correction enlarge or shrink?",
        'm / (1 - config["beta1"] ** t)',
        'm * (1 - config["beta1"] ** t)',
        more=(('v / (1 - config["beta2"] ** t)', 'v * (1 - config["beta2"] ** t)'),),
    ),
    Mistake(
        "06.p",
        "1 - beta without the power t",
        "Does the correction fade with time?",
        'config["beta1"] ** t',
        'config["beta1"]',
        more=(('config["beta2"] ** t', 'config["beta2"]'),),
    ),
    Mistake("06.q", "t is never stored", "What is t on the tenth call?", '    config["t"] = t\n', ""),
    Mistake(
        "06.ga",
        "beta and 1 - beta are swapped",
        "Which share is old?",
        'config["beta1"] * config.get("m", np.zeros_like(w)) + (1 - config["beta1"]) * dw',
        '(1 - config["beta1"]) * config.get("m", np.zeros_like(w)) + config["beta1"] * dw',
        more=(
            (
                'config["beta2"] * config.get("v", np.zeros_like(w)) + (1 - config["beta2"]) * dw**2',
                '(1 - config["beta2"]) * config.get("v", np.zeros_like(w)) + config["beta2"] * dw**2',
            ),
        ),
    ),
    Mistake(
        "06.ha",
        "no square root below the line",
        "Units: if dw is in metres, what is the denominator in?",
        "np.sqrt(vt)",
        "vt",
    ),
    Mistake(
        "06.ka",
        "epsilon is inside the root",
        "Where does epsilon stand: under the root or beside it?",
        'np.sqrt(vt) + config["epsilon"]',
        'np.sqrt(vt + config["epsilon"])',
    ),
    Mistake("06.r", "m is never stored", "Who remembers m for the next call?", '    config["m"] = m\n', ""),
    Mistake("06.s", "v is never stored", "Who remembers v for the next call?", '    config["v"] = v\n', ""),
    Mistake(
        "06.t", "v is a mean of dw, not of its square", "What is the root of v meant to measure?", "dw**2", "np.abs(dw)"
    ),
    Mistake(
        "06.t2", "v is a mean of dw itself", "What is the root of v meant to measure? Can v be negative?", "dw**2", "dw"
    ),
    Mistake("06.u", "the step uses dw instead of m", "Which line carries the momentum?", "* mt /", "* dw /"),
    Mistake(
        "06.v",
        "the step goes uphill",
        "Which way is down?",
        'w - config["learning_rate"]',
        'w + config["learning_rate"]',
    ),
    Mistake(
        "06.x",
        "beta1 and beta2 are exchanged",
        "Which mean should be the longer one?",
        'config["beta1"] * config.get("m", np.zeros_like(w)) + (1 - config["beta1"])',
        'config["beta2"] * config.get("m", np.zeros_like(w)) + (1 - config["beta2"])',
        more=(
            (
                'config["beta2"] * config.get("v", np.zeros_like(w)) + (1 - config["beta2"])',
                'config["beta1"] * config.get("v", np.zeros_like(w)) + (1 - config["beta1"])',
            ),
        ),
    ),
    Mistake(
        "06.y",
        "the correction of v stands outside the root",
        "Is v corrected before its root is taken, or after?",
        "np.sqrt(vt)",
        'np.sqrt(v) / (1 - config["beta2"] ** t)',
    ),
    Mistake(
        "06.v1",
        "v is a mean of m squared, not of dw squared",
        "Which of the two goes up and down from step to step: m or dw? Whose size should v measure?",
        "dw**2",
        "m**2",
    ),
    Mistake(
        "06.x2",
        "beta1 and beta2 are exchanged in the correction",
        "Which mean was made with which beta? Each is divided by what is left of its own start.",
        'config["beta1"] ** t',
        'config["beta2"] ** t',
        more=(('v / (1 - config["beta2"] ** t)', 'v / (1 - config["beta1"] ** t)'),),
    ),
    Mistake(
        "06.y1",
        "epsilon is added to the new weights, not to the root: brackets are missing",
        "a / b + c or a / (b + c): which of the two did you write?",
        '(np.sqrt(vt) + config["epsilon"])',
        'np.sqrt(vt) + config["epsilon"]',
    ),
    on_top("06.m3", "m", "beta1", 'm = config["beta1"]', 'm = config.get("m", 0) + config["beta1"]'),
    on_top("06.m4", "v", "beta2", 'v = config["beta2"]', 'v = config.get("v", 0) + config["beta2"]'),
]


def middle():
    """A velocity from before, as another learner's rule would hand it over."""
    rng = np.random.default_rng(8)
    return case(
        "a start in the middle",
        w=rng.random((3, 2)),
        dws=rng.random((4, 3, 2)),
        config={"velocity": rng.random((3, 2))},
    )


OTHER_SCALE = Remark(
    "06.e",
    "your velocity has another scale than v = momentum * v - learning_rate * dw. The weights are the same while the "
    "learning rate stays, but not when it falls, and not from somebody else's velocity.",
    middle,
    exact=True,
)


def series():
    """Readings that never change, one alone, one that jumps, and drawn ones, with short and long memories."""
    rng = np.random.default_rng(60)
    drawn = [(5, 0.9), (6, 0.5), (8, 0.99), (7, 0.3)]
    return [
        case("three readings of 10", x=np.full(3, 10.0), beta=0.9),
        case("one reading", x=np.array([7.0]), beta=0.8),
        case("a jump", x=np.array([1.0, 1.0, 1.0, 9.0]), beta=0.75),
        *(case("drawn readings", x=20 + 5 * rng.standard_normal(T), beta=beta) for T, beta in drawn),
    ]


MEANS = [
    Mistake(
        "06.z1",
        "the mean is not corrected",
        "After one reading of 10: what is your mean?",
        "m / (1 - beta**t)",
        "m",
    ),
    Mistake(
        "06.z2",
        "1 - beta without the power t",
        "Does the correction fade with time?",
        "beta**t",
        "beta",
    ),
    Mistake(
        "06.z3",
        "beta and 1 - beta are swapped",
        "Which share is old?",
        "beta * m + (1 - beta) * reading",
        "(1 - beta) * m + beta * reading",
    ),
    Mistake(
        "06.z4",
        "the corrected mean goes into the next one",
        "Which m goes into the next average: the raw one or the corrected one?",
        "means.append(m / (1 - beta**t))",
        "m = m / (1 - beta**t)\n        means.append(m)",
    ),
    Mistake(
        "06.z5",
        "multiplied by the correction instead of divided",
        "Should the correction enlarge or shrink?",
        "m / (1 - beta**t)",
        "m * (1 - beta**t)",
    ),
    Mistake(
        "06.z6",
        "all readings count alike",
        "Which counts for more: the last reading or one of long ago?",
        "m / (1 - beta**t)",
        "np.mean(x[:t])",
    ),
    Mistake(
        "06.z7",
        "t is still 0 in the first correction",
        "Correction at t = 0 divides by what?",
        "enumerate(x, 1)",
        "enumerate(x)",
    ),
]


SECTION_2 = Also(
    f"{PLAIN}:adam_section_2",
    "this is the shorter form of section 2 of the paper, with epsilon beside the root of v before its correction. It "
    "differs from algorithm 1 only where epsilon counts: there it is larger in the first steps.",
)
BOTH_MEANS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def rule(name, mistakes, settings, why, defaults, memory=(), remarks=(), also=()):
    """Return the exercise of one update rule."""
    return Exercise(
        name,
        f"{LIBRARY}:{name}",
        ("next_w", "_config"),
        rule_cases(settings, memory),
        "Four steps each, from default and other settings, with tiny gradients and with zeros among them.",
        why,
        mistakes,
        plain=f"{PLAIN}:{name}",
        play=steps,
        may_change=("w", "config"),
        remarks=remarks,
        defaults={"config": defaults},
        also=also,
    )


EXERCISES = [
    rule(
        "sgd",
        DOWN,
        [{"learning_rate": 0.3}, {"learning_rate": 2.0}],
        "The simplest rule there is; every other one is compared with it.",
        {"learning_rate": 1e-2},
    ),
    rule(
        "sgd_momentum",
        MOMENTUM,
        [{"learning_rate": 0.3, "momentum": 0.5}, {"learning_rate": 0.1, "momentum": 0.99}],
        "Only from step 2 on does it differ from SGD: a check of one step proves nothing.",
        {"learning_rate": 1e-2, "momentum": 0.9},
        remarks=(OTHER_SCALE,),
    ),
    rule(
        "nesterov",
        NESTEROV,
        [{"learning_rate": 0.3, "momentum": 0.5}, {"learning_rate": 0.1, "momentum": 0.8}],
        "It corrects each step by the slope where momentum alone would lead.",
        {"learning_rate": 1e-2, "momentum": 0.9},
        remarks=(OTHER_SCALE,),
    ),
    rule(
        "rmsprop",
        RMSPROP,
        [{"learning_rate": 0.3, "decay_rate": 0.7}, {"learning_rate": 0.1, "decay_rate": 0.9}],
        "Each weight gets steps of about the same size, however steep its slope is.",
        {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
        ("cache",),
    ),
    rule(
        "adam",
        ADAM,
        [{"learning_rate": 0.3, "beta1": 0.5, "beta2": 0.7}, {"learning_rate": 0.1, "beta1": 0.8}],
        "Momentum and RMSProp in one; without the correction the first steps would be far off.",
        {"learning_rate": 1e-3, **BOTH_MEANS},
        ("m", "v"),
        also=(SECTION_2,),
    ),
    Exercise(
        "corrected_means",
        f"{PLAIN}:corrected_means",
        ("means",),
        series,
        "Readings that never change, one alone, one that jumps, and drawn ones.",
        "A mean that starts at 0 owes a share beta**t to that start. Divide by what is left.",
        MEANS,
    ),
    LineOrder(
        "adam_lines",
        "adam",
        "def adam(w, dw, config=None):",
        (
            "config['m'] = c['beta1'] * c['m'] + (1 - c['beta1']) * dw",
            "return w - c['learning_rate'] * mt / (np.sqrt(vt) + c['epsilon']), config",
            "config['t'] = c['t'] + 1",
            "mt, vt = c['m'] / (1 - c['beta1'] ** c['t']), c['v'] / (1 - c['beta2'] ** c['t'])",
            "config = c = {**start, **(config or {})}",
            "config['v'] = c['beta2'] * c['v'] + (1 - c['beta2']) * dw**2",
            "start = dict(learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0, m=0 * w, v=0 * w)",
            "mt, vt = c['m'] / (1 - c['beta1']), c['v'] / (1 - c['beta2'])",
        ),
        (7, 5, 3, 1, 6, 4, 2),
        "t, m and v may be renewed in any order, but all before the correction uses them.",
    ),
]
