"""Topic 00: the exercise of the start page."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge


def spread_cases():
    """One case by hand, negative numbers, equal numbers, one number, and three draws."""
    draws = [np.random.default_rng(seed).uniform(-9, 9, 5 + seed) for seed in range(3)]
    return [
        case("four numbers", x=np.array([3.0, -1, 2, 5])),
        case("negative numbers", x=np.array([-4.0, -2, -9])),
        case("equal numbers", x=np.array([7.0, 7, 7])),
        *(case("random numbers", x=x) for x in draws),
        edge("one number alone", x=np.array([2.5])),
    ]


EXERCISES = [
    Exercise(
        "spread",
        "cs231n_lib.textbook.start:spread",
        ("spread",),
        spread_cases,
        "Positive, negative and equal numbers, and one number alone.",
        "Every exercise of the course is checked like this: on many inputs, the awkward ones among them.",
        catalogue.rows("start.spread"),
    ),
]
