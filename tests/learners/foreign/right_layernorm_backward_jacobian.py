# exercise: layernorm_backward
# wrong: RIGHT: the whole Jacobian of each row
# expect: passed

import numpy as np


def layernorm_backward(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    N, D = x.shape
    dgamma = np.einsum("nd,nd->d", dout, xhat)
    dbeta = np.einsum("nd->d", dout)
    dx = np.empty_like(x)
    for n in range(N):
        sigma = np.sqrt(var[n, 0] + eps)
        J = (np.eye(D) - 1.0 / D - np.outer(xhat[n], xhat[n]) / D) / sigma
        dx[n] = J.dot(gamma * dout[n])
    return dx, dgamma, dbeta
