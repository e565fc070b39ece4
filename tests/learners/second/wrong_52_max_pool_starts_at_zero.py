# exercise: max_pool_forward_naive
# wrong: the running maximum of a window starts at 0, so a window of negative numbers gives 0
# expect: wrong
# names: start|negative|-inf|infinity|zero|initial|below 0|\b0\.0
# line: 14
import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = [pool_param[k] for k in ('pool_height', 'pool_width', 'stride')]
    N, C, H, W = x.shape
    Ho = (H - ph) // s + 1
    Wo = (W - pw) // s + 1
    out = np.full((N, C, Ho, Wo), 0.0)
    for di in range(ph):
        for dj in range(pw):
            shifted = x[:, :, di:di + s * (Ho - 1) + 1:s, dj:dj + s * (Wo - 1) + 1:s]
            out = np.maximum(out, shifted)
    return out, (x, pool_param)
