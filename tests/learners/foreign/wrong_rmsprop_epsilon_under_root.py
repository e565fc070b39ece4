# exercise: rmsprop
# wrong: epsilon stands under the root
# expect: failed
# names: eps
# line: 19

import numpy as np


def rmsprop(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    lr, rate, eps = config["learning_rate"], config["decay_rate"], config["epsilon"]
    config["cache"] = rate * config["cache"] + (1 - rate) * dw * dw
    next_w = w - lr * dw / np.sqrt(config["cache"] + eps)
    return next_w, config
