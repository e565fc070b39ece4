# exercise: sgd_momentum
# wrong: moves by the velocity before it is brought up to date
# expect: failed
# names: velocity|order|before|old|first
# line: 16

import numpy as np


def sgd_momentum(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    next_w = w + v
    v = config["momentum"] * v - config["learning_rate"] * dw
    config["velocity"] = v
    return next_w, config
