# exercise: layernorm_backward
# wrong: the means are taken over N numbers instead of the D features; gamma is left out of the gradient of xhat
# expect: wrong
# names: \bN\b|\bD\b|divid|number of (features|rows|columns)|features|mean|gamma|dxhat
# line: 11, 14
import numpy as np


def layernorm_backward(dout, cache):
    x, xhat, gamma, mu, var, eps = cache
    count = x.shape[0]
    dgamma, dbeta = np.sum(xhat * dout, 0), np.sum(dout, 0)

    g = dout
    sum_g = np.sum(g, axis=1, keepdims=True)
    sum_gx = np.sum(g * xhat, axis=1, keepdims=True)
    dx = (g - sum_g / count - xhat * sum_gx / count) / np.sqrt(var + eps)
    return dx, dgamma, dbeta
