# exercise: layernorm_backward
# wrong: two faults: divides by the batch size instead of the row's length, and puts gamma on at the very end
# expect: failed
# names: \bD\b|\bN\b|axis|row|length|gamma
# line: 16, 17, 18

import numpy as np


def layernorm_backward(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    N, D = x.shape
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    g = dout
    s1 = np.sum(g, axis=1, keepdims=True) / N
    s2 = np.sum(g * xhat, axis=1, keepdims=True) / N
    dx = gamma * (g - s1 - xhat * s2) / np.sqrt(var + eps)
    return dx, dgamma, dbeta
