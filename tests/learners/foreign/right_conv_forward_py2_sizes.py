# exercise: conv_forward_naive
# wrong: RIGHT: four loops, sizes by / and int(), padded by hand
# expect: passed

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    stride = conv_param['stride']
    pad = conv_param['pad']
    H_prime = int(1 + (H + 2 * pad - HH) / stride)
    W_prime = int(1 + (W + 2 * pad - WW) / stride)
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    padded[:, :, pad:pad + H, pad:pad + W] = x
    out = np.zeros((N, F, H_prime, W_prime))
    for n in range(N):
        for f in range(F):
            for r in range(H_prime):
                for q in range(W_prime):
                    top, left = r * stride, q * stride
                    patch = padded[n, :, top:top + HH, left:left + WW]
                    out[n, f, r, q] = np.sum(patch * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache
