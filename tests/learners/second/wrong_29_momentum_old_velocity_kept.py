# exercise: sgd_momentum
# wrong: the old velocity is stored in config in place of the new one, so no speed is ever gathered
# expect: wrong
# names: velocity|stored?|remember|config|momentum|old v|\bsaved?\b|never updated
# line: 17
import numpy as np


def sgd_momentum(w, dw, config=None):
    cfg = config if config is not None else {}
    lr = cfg.setdefault('learning_rate', 1e-2)
    mu = cfg.setdefault('momentum', 0.9)
    if 'velocity' not in cfg:
        cfg['velocity'] = np.zeros_like(w)
    before = cfg['velocity']
    after = mu * before - lr * dw
    cfg['velocity'] = before
    return w + after, cfg
