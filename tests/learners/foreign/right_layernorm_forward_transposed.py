# exercise: layernorm_forward
# wrong: RIGHT: works on x.T as if it were a batch, and turns back
# expect: passed

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    xt = x.T
    mu = np.average(xt, axis=0)
    s = np.std(xt, axis=0)
    z = (xt - mu) / np.sqrt(s * s + eps)
    out = gamma * z.T + beta
    cache = [z.T, gamma, s, eps]
    return out, cache
