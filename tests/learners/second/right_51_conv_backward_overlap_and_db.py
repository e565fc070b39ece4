# exercise: conv_backward_naive
# expect: passed
import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride = conv_param['stride']
    pad = conv_param['pad']
    N, F, Ho, Wo = dout.shape
    _, C, HH, WW = w.shape
    H, W = x.shape[2], x.shape[3]

    xpad = np.pad(x, ((0,), (0,), (pad,), (pad,)), 'constant')
    dxpad = np.zeros_like(xpad)
    dw = np.zeros_like(w)
    for n in range(N):
        for i in range(Ho):
            for j in range(Wo):
                a, e = i * stride, j * stride
                back = np.zeros((C, HH, WW))
                for f in range(F):
                    dw[f] += dout[n, f, i, j] * xpad[n, :, a:a + HH, e:e + WW]
                    back += dout[n, f, i, j] * w[f]
                dxpad[n, :, a:a + HH, e:e + WW] += back
    db = dout.sum(axis=0).sum(axis=(1, 2))
    return dxpad[:, :, pad:pad + H, pad:pad + W], dw, db
