"""Assignments 1 to 3: update rules."""

from cs231n_lib.optim import (
    adam,
    rmsprop,
    sgd,
    sgd_momentum,
)

__all__ = [
    "adam",
    "rmsprop",
    "sgd",
    "sgd_momentum",
]
