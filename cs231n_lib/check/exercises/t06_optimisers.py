"""Topic 06, first half: update rules."""

import numpy as np

from .. import catalogue
from ..model import Also, Exercise, Remark, case, edge
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
        catalogue.rows("optim.sgd"),
        [{"learning_rate": 0.3}, {"learning_rate": 2.0}],
        "The simplest rule there is; every other one is compared with it.",
        {"learning_rate": 1e-2},
    ),
    rule(
        "sgd_momentum",
        catalogue.rows("optim.sgd_momentum"),
        [{"learning_rate": 0.3, "momentum": 0.5}, {"learning_rate": 0.1, "momentum": 0.99}],
        "Only from step 2 on does it differ from SGD: a check of one step proves nothing.",
        {"learning_rate": 1e-2, "momentum": 0.9},
        remarks=(OTHER_SCALE,),
    ),
    rule(
        "nesterov",
        catalogue.rows("optim.nesterov"),
        [{"learning_rate": 0.3, "momentum": 0.5}, {"learning_rate": 0.1, "momentum": 0.8}],
        "It corrects each step by the slope where momentum alone would lead.",
        {"learning_rate": 1e-2, "momentum": 0.9},
        remarks=(OTHER_SCALE,),
    ),
    rule(
        "rmsprop",
        catalogue.rows("optim.rmsprop"),
        [{"learning_rate": 0.3, "decay_rate": 0.7}, {"learning_rate": 0.1, "decay_rate": 0.9}],
        "Each weight gets steps of about the same size, however steep its slope is.",
        {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
        ("cache",),
    ),
    rule(
        "adam",
        catalogue.rows("optim.adam"),
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
        catalogue.rows("optim.corrected_means"),
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
