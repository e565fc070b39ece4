# exercise: conv_backward_naive
# wrong: the padding is cut off by the slice pad:-pad, which is empty for pad = 0
# expect: wrong
# names: \bpad|crop|slice|-p\b|empty
# line: 22
import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param['stride'], conv_param['pad']
    HH, WW = w.shape[2:]
    xp = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], mode='constant')
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    for r in range(dout.shape[2]):
        for c in range(dout.shape[3]):
            rows, cols = slice(r * s, r * s + HH), slice(c * s, c * s + WW)
            g = dout[:, :, r, c]
            dw += np.einsum('nf,nchw->fchw', g, xp[:, :, rows, cols])
            dxp[:, :, rows, cols] += np.einsum('nf,fchw->nchw', g, w)
    dx = dxp[:, :, p:-p, p:-p]
    return dx, dw, np.einsum('nfhw->f', dout)
