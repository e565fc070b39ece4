# exercise: conv_backward_naive
# wrong: RIGHT: loops over the kernel's cells instead of the output's
# expect: passed

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s = conv_param["stride"]
    p = conv_param["pad"]
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    _, _, oh, ow = dout.shape
    xp = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], mode="constant")
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    for a in range(kh):
        for c in range(kw):
            rows = slice(a, a + s * oh, s)
            cols = slice(c, c + s * ow, s)
            dw[:, :, a, c] = np.einsum("nfij,ncij->fc", dout, xp[:, :, rows, cols])
            dxp[:, :, rows, cols] += np.einsum("nfij,fc->ncij", dout, w[:, :, a, c])
    dx = dxp[:, :, p:p + H, p:p + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))
