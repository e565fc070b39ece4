# exercise: conv_backward_naive
# wrong: HALF: dw and db are right, dx not begun
# expect: half
# names: dx

import numpy as np


def conv_backward_naive(dout, cache):
    dx, dw, db = None, None, None
    x, w, b, conv_param = cache
    s, pad = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    N, _, Hout, Wout = dout.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    db = np.sum(dout, axis=(0, 2, 3))
    dw = np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(Hout):
                for j in range(Wout):
                    dw[f] += dout[n, f, i, j] * xpad[n, :, i * s:i * s + HH, j * s:j * s + WW]
    # dx: tomorrow
    return dx, dw, db
