# ruff: noqa
# mypy: ignore-errors
import numpy as np


def sgd(w, dw, config=None):
    """Go one step against the gradient; config holds learning_rate."""
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)

    w -= config["learning_rate"] * dw
    return w, config
