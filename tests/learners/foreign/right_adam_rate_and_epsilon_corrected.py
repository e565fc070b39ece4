# exercise: adam
# wrong: RIGHT: the correction put into the rate and epsilon scaled with it, equal to the first form exactly
# expect: passed

import numpy as np


def adam(w, dw, config=None):
    if config is None:
        config = {}
    lr = config.setdefault("learning_rate", 1e-3)
    b1 = config.setdefault("beta1", 0.9)
    b2 = config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config["t"] = config.get("t", 0) + 1
    config["m"] = config["m"] + (1 - b1) * (dw - config["m"])
    config["v"] = config["v"] + (1 - b2) * (dw ** 2 - config["v"])
    root = (1 - b2 ** config["t"]) ** 0.5
    step = lr * root / (1 - b1 ** config["t"])
    next_w = w - step * config["m"] / (np.sqrt(config["v"]) + eps * root)
    return next_w, config
