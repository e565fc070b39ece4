# exercise: adam
# wrong: the second mean is weighed with beta1
# expect: failed
# names: beta|b2|b1|name
# line: 22

import numpy as np


def adam(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    b1, b2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b1) * dw ** 2
    m = config["m"] / (1 - b1 ** config["t"])
    v = config["v"] / (1 - b2 ** config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config
