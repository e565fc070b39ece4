# exercise: layernorm_backward
# expect: passed
import numpy as np


def layernorm_backward(dout, cache):
    x, xhat, gamma, mu, var, eps = cache
    count = x.shape[1]
    dgamma, dbeta = np.sum(xhat * dout, 0), np.sum(dout, 0)

    g = dout * gamma
    sum_g = np.sum(g, axis=1, keepdims=True)
    sum_gx = np.sum(g * xhat, axis=1, keepdims=True)
    dx = (g - sum_g / count - xhat * sum_gx / count) / np.sqrt(var + eps)
    return dx, dgamma, dbeta
