# exercise: adam
# expect: passed
import numpy as np


def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault('learning_rate', 1e-3)
    b1 = config.setdefault('beta1', 0.9)
    b2 = config.setdefault('beta2', 0.999)
    eps = config.setdefault('epsilon', 1e-8)
    m = config.setdefault('m', np.zeros_like(w))
    v = config.setdefault('v', np.zeros_like(w))
    config['t'] = config.get('t', 0) + 1

    m = b1 * m + (1 - b1) * dw
    v = b2 * v + (1 - b2) * (dw * dw)
    m_hat = m / (1 - b1 ** config['t'])
    v_hat = v / (1 - b2 ** config['t'])
    config['m'] = m
    config['v'] = v
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), config
