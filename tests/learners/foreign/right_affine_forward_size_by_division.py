# exercise: affine_forward
# wrong: RIGHT: the row length by a division (Python 2 habit, made int), bias tiled
# expect: passed

import numpy as np


def affine_forward(x, w, b):
    out = None
    N = x.shape[0]
    D = int(x.size / N)
    x_rsp = np.reshape(x, [N, D])
    out = np.dot(x_rsp, w) + np.tile(b, [N, 1])
    cache = (x, w, b)
    return out, cache
