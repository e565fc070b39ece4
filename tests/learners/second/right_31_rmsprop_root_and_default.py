# exercise: rmsprop
# expect: passed
import numpy as np


def rmsprop(w, dw, config=None):
    if config is None: config = {}
    settings = dict(learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, cache=np.zeros_like(w))
    for key in settings:
        if key not in config:
            config[key] = settings[key]

    rho = config['decay_rate']
    g2 = np.square(dw)
    config['cache'] = rho * config['cache'] + (1 - rho) * g2
    scale = config['learning_rate'] / (np.sqrt(config['cache']) + config['epsilon'])
    return w - scale * dw, config
