# exercise: conv_forward_naive
# expect: passed
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = (H + 2 * p - HH) // s + 1, (W + 2 * p - WW) // s + 1
    xp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    xp[:, :, p:p + H, p:p + W] = x
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for r in range(Ho):
                for q in range(Wo):
                    acc = 0.0
                    for c in range(C):
                        patch = xp[n, c, r * s:r * s + HH, q * s:q * s + WW]
                        acc += (patch * w[f, c]).sum()
                    out[n, f, r, q] = acc + b[f]
    return out, (x, w, b, conv_param)
