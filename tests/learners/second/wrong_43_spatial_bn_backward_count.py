# exercise: spatial_batchnorm_backward
# wrong: the means over the batch divide by N instead of by N * H * W
# expect: wrong
# names: \bN\b|H ?\*? ?W|divid|count|number of|pixels|places|mean
# line: 13
import numpy as np


def spatial_batchnorm_backward(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    N, C, H, W = dout.shape
    g = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    m = float(dout.shape[0])
    dbeta = g.sum(0)
    dgamma = (g * xhat).sum(0)
    dg = g - dbeta / m - xhat * (dgamma / m)
    dg = dg * gamma / np.sqrt(var + eps)
    dx = dg.reshape((N, H, W, C)).transpose((0, 3, 1, 2))
    return dx, dgamma, dbeta
