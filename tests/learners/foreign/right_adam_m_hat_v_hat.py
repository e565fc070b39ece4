# exercise: adam
# wrong: RIGHT: the paper's first form with m_hat and v_hat, keys filled in a loop
# expect: passed

import numpy as np


def adam(w, dw, config=None):
    if config is None:
        config = {}
    defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0}
    for key in defaults:
        if key not in config:
            config[key] = defaults[key]
    for key in ("m", "v"):
        if config.get(key) is None:
            config[key] = np.zeros_like(w)

    lr, beta1, beta2, eps = (config[k] for k in ["learning_rate", "beta1", "beta2", "epsilon"])
    t = config["t"] + 1
    m = (1 - beta1) * dw + beta1 * config["m"]
    v = (1 - beta2) * dw ** 2 + beta2 * config["v"]
    m_hat = m / (1 - np.power(beta1, t))
    v_hat = v / (1 - np.power(beta2, t))
    config["m"], config["v"], config["t"] = m, v, t
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps)), config
