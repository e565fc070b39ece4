# exercise: conv_backward_naive
# wrong: two faults: dw holds the last window only (= for +=), and db is divided by N
# expect: failed
# names: \+=|overwrit|add|accumul|sum|mean|averag|\bN\b|last
# line: 18, 24

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)), "constant")
    dpadded = np.zeros_like(padded)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3)) / N
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    win = padded[n, :, i * S:i * S + HH, j * S:j * S + WW]
                    dw[f] = win * dout[n, f, i, j]
                    dpadded[n, :, i * S:i * S + HH, j * S:j * S + WW] += w[f] * dout[n, f, i, j]
    return dpadded[:, :, P:P + H, P:P + W], dw, db
