# exercise: layernorm_backward
# wrong: the mean of the gradient is taken over the examples instead of each row
# expect: failed
# names: axis|row
# line: 15

import numpy as np


def layernorm_backward(dout, cache):
    x, xhat, gamma, mu, var, eps = cache
    dgamma = (dout * xhat).sum(0)
    dbeta = dout.sum(0)
    up = dout * gamma
    centred = up - up.mean(axis=0, keepdims=True)
    dx = (centred - xhat * (up * xhat).mean(axis=1, keepdims=True)) / np.sqrt(var + eps)
    return dx, dgamma, dbeta
