# exercise: sgd
# expect: passed
import numpy as np


def sgd(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-2)
    step = config['learning_rate'] * dw
    return w - step, config
