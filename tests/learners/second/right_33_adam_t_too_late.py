# exercise: adam
# expect: passed
import numpy as np

DEFAULTS = (('learning_rate', 1e-3), ('beta1', 0.9), ('beta2', 0.999), ('epsilon', 1e-8), ('t', 0))


def adam(w, dw, config=None):
    if config is None:
        config = {}
    for k, val in DEFAULTS:
        config.setdefault(k, val)
    config.setdefault('m', np.zeros_like(w))
    config.setdefault('v', np.zeros_like(w))

    config['t'] += 1
    t, beta1, beta2 = config['t'], config['beta1'], config['beta2']
    config['m'] = beta1 * config['m'] + (1 - beta1) * dw
    config['v'] = beta2 * config['v'] + (1 - beta2) * dw ** 2
    first = config['m'] / (1 - np.power(beta1, float(t)))
    second = config['v'] / (1 - np.power(beta2, float(t)))
    next_w = w - config['learning_rate'] * first / (np.sqrt(second) + config['epsilon'])
    return next_w, config
