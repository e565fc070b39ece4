# exercise: rmsprop
# wrong: the running mean of the squares is not put under a square root; the default decay rate is 0.9, not 0.99
# expect: wrong
# names: sqrt|root|decay|default|0?\.99?\b
# line: 11, 19
import numpy as np


def rmsprop(w, dw, config=None):
    if config is None: config = {}
    settings = dict(learning_rate=1e-2, decay_rate=0.9, epsilon=1e-8, cache=np.zeros_like(w))
    for key in settings:
        if key not in config:
            config[key] = settings[key]

    rho = config['decay_rate']
    g2 = np.square(dw)
    config['cache'] = rho * config['cache'] + (1 - rho) * g2
    scale = config['learning_rate'] / (config['cache'] + config['epsilon'])
    return w - scale * dw, config
