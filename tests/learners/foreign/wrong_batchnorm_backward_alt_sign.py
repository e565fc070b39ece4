# exercise: batchnorm_backward_alt
# wrong: the term with xhat is added instead of taken off
# expect: failed
# names: sign|minus|subtract|taken? off|xhat
# line: 15

import numpy as np


def batchnorm_backward_alt(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    N = dout.shape[0]
    dbeta = dout.sum(0)
    dgamma = (dout * xhat).sum(0)
    inner = N * dout - dbeta + xhat * dgamma
    dx = gamma / np.sqrt(var + eps) / N * inner
    return dx, dgamma, dbeta
