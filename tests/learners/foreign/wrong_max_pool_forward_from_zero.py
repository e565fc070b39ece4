# exercise: max_pool_forward_naive
# wrong: the search begins at 0, so windows below zero give 0
# expect: failed
# names: negative|below (zero|0)|\b0\b|zero|ReLU|-inf
# line: 19

import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    Ho, Wo = 1 + (H - ph) // s, 1 + (W - pw) // s
    out = np.zeros((N, C, Ho, Wo))
    for n in range(N):
        for c in range(C):
            for i in range(Ho):
                for j in range(Wo):
                    best = 0
                    for a in range(ph):
                        for b in range(pw):
                            value = x[n, c, i * s + a, j * s + b]
                            if value > best:
                                best = value
                    out[n, c, i, j] = best
    return out, (x, pool_param)
