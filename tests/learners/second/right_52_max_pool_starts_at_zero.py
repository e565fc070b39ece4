# exercise: max_pool_forward_naive
# expect: passed
import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = [pool_param[k] for k in ('pool_height', 'pool_width', 'stride')]
    N, C, H, W = x.shape
    Ho = (H - ph) // s + 1
    Wo = (W - pw) // s + 1
    out = np.full((N, C, Ho, Wo), -np.inf)
    for di in range(ph):
        for dj in range(pw):
            shifted = x[:, :, di:di + s * (Ho - 1) + 1:s, dj:dj + s * (Wo - 1) + 1:s]
            out = np.maximum(out, shifted)
    return out, (x, pool_param)
