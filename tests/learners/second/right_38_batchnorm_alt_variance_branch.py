# exercise: batchnorm_backward_alt
# expect: passed
import numpy as np


def batchnorm_backward_alt(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    n = x.shape[0]
    dbeta = np.einsum('nd->d', dout)
    dgamma = np.einsum('nd,nd->d', dout, xhat)
    inner = n * dout - dbeta - xhat * dgamma
    dx = (gamma / (n * np.sqrt(var + eps))) * inner
    return dx, dgamma, dbeta
