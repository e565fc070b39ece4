# exercise: layernorm_backward
# wrong: HALF: dgamma and dbeta are right, dx not begun
# expect: half
# names: dx

import numpy as np


def layernorm_backward(dout, cache):
    dx, dgamma, dbeta = None, None, None
    x, xhat, gamma, mean, var, eps = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    return dx, dgamma, dbeta
