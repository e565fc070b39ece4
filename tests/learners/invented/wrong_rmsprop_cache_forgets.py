# exercise: rmsprop
# wrong: the new square is weighed with the decay as well
# expect: failed
# names: 1 -|decay|factor
# line: 17

import numpy as np


def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    keep = config["decay_rate"]
    config["cache"] = keep * config["cache"] + keep * dw * dw
    step = config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w - step, config
