# exercise: conv_backward_naive
# expect: passed
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
    dx = dxp[:, :, p:xp.shape[2] - p, p:xp.shape[3] - p]
    return dx, dw, np.einsum('nfhw->f', dout)
