# exercise: adam
# wrong: two faults: beta2 is 0.99 by default, and v is not corrected for its start at zero
# expect: failed
# names: beta2|0\.999|correct|bias|\bv\b|1 - beta
# line: 14, 22

import numpy as np


def adam(w, dw, config=None):
    if config is None: config = {}
    learning_rate = config.setdefault('learning_rate', 1e-3)
    beta1 = config.setdefault('beta1', 0.9)
    beta2 = config.setdefault('beta2', 0.99)
    eps = config.setdefault('epsilon', 1e-8)
    m = config.setdefault('m', np.zeros_like(w))
    v = config.setdefault('v', np.zeros_like(w))
    t = config.setdefault('t', 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * (dw ** 2)
    mb = m / (1 - beta1 ** t)
    next_w = w - learning_rate * mb / (np.sqrt(v) + eps)
    config['m'], config['v'], config['t'] = m, v, t
    return next_w, config
