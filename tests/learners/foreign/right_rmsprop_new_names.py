# exercise: rmsprop
# wrong: RIGHT: np.square, np.divide, everything into new names first
# expect: passed

import numpy as np


def rmsprop(x, dx, config=None):
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('decay_rate', 0.99)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('cache', np.zeros_like(x))

    rho = config['decay_rate']
    old = config['cache']
    new = old + (1 - rho) * (np.square(dx) - old)
    step = np.divide(dx, np.power(new, 0.5) + config['epsilon'])
    config['cache'] = new
    next_x = x - config['learning_rate'] * step
    return next_x, config
