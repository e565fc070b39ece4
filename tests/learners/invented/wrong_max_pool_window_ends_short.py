# exercise: max_pool_forward_naive
# wrong: the window ends one row too early
# expect: failed
# names: slice|window|end|HH|pool_height
# line: 17

import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    oh, ow = 1 + (H - ph) // s, 1 + (W - pw) // s
    out = np.zeros((N, C, oh, ow))
    for r in range(oh):
        for c in range(ow):
            window = x[:, :, r * s : r * s + ph, c * s : c * s + pw - 1]
            out[:, :, r, c] = window.max(axis=(2, 3))
    return out, (x, pool_param)
