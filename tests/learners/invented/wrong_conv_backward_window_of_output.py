# exercise: conv_backward_naive
# wrong: the window for dw starts at the index of the output, the stride is forgotten in the columns
# expect: failed
# names: stride|factor
# line: 24

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    N, _, H, W = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for r in range(dout.shape[2]):
                for c in range(dout.shape[3]):
                    top, left = r * s, c * s
                    g = dout[n, f, r, c]
                    dw[f] += g * padded[n, :, top : top + HH, c : c + WW]
                    dpadded[n, :, top : top + HH, left : left + WW] += g * w[f]
    return dpadded[:, :, p : p + H, p : p + W], dw, db
