# exercise: batchnorm_backward
# wrong: the variance's gradient uses the power -1/2 instead of -3/2
# expect: failed
# names: 3 ?/ ?2|1\.5|power|exponent|var
# line: 14

import numpy as np


def batchnorm_backward(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    m = x.shape[0]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mean) * (-0.5) * np.power(var + eps, -0.5), axis=0)
    dmean = np.sum(dxhat * (-1) / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dx, dgamma, dbeta
