# exercise: max_pool_backward_naive
# wrong: RIGHT: argmax and unravel_index for every window
# expect: passed

import numpy as np


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    HH = pool_param.get("pool_height", 2)
    WW = pool_param.get("pool_width", 2)
    stride = pool_param.get("stride", 2)
    dx = np.zeros_like(x)
    for idx in np.ndindex(*dout.shape):
        n, c, i, j = idx
        window = x[n, c, i * stride:i * stride + HH, j * stride:j * stride + WW]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + u, j * stride + v] += dout[idx]
    return dx
