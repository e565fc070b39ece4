# exercise: nesterov
# expect: passed
import numpy as np


def nesterov(w, dw, config=None):
    if config is None:
        config = dict()
    lr = config.setdefault('learning_rate', 0.01)
    mu = config.setdefault('momentum', 0.9)
    v_prev = config.get('velocity', np.zeros(w.shape))
    v = mu * v_prev - lr * dw
    config['velocity'] = v
    next_w = w - mu * v_prev + (1 + mu) * v
    return next_w, config
