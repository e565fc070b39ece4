# exercise: max_pool_forward_naive
# wrong: RIGHT: keeps the largest of the shifted views, no window ever cut out
# expect: passed

import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    oh, ow = (H - ph) // s + 1, (W - pw) // s + 1
    out = np.full((N, C, oh, ow), -np.inf)
    for i in range(ph):
        for j in range(pw):
            np.maximum(out, x[:, :, i:i + s * oh:s, j:j + s * ow:s], out=out)
    return out, (x, pool_param)
