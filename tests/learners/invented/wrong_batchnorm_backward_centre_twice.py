# exercise: batchnorm_backward
# wrong: the second mean is added, not taken off
# expect: failed
# names: sign|minus
# line: 17

import numpy as np


def batchnorm_backward(dout, cache):
    x, xhat, gamma, mu, var, eps = cache
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    std = np.sqrt(var + eps)
    up = gamma * dout
    part = np.mean(up * xhat, axis=0)
    dx = (up - np.mean(up, axis=0) + xhat * part) / std
    return dx, dgamma, dbeta
