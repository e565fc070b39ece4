# exercise: rnn_backward
# wrong: the steps are walked forwards
# expect: failed
# names: order|direction|revers|backwards|range
# line: 16

import numpy as np


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    x0, _, Wx0, Wh0, _ = cache[0]
    dx = np.zeros((N, T, x0.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx0), np.zeros_like(Wh0), np.zeros(H)
    carry = np.zeros((N, H))
    for t in range(T):
        x, h, Wx, Wh, new = cache[t]
        da = (dh[:, t] + carry) * (1 - new ** 2)
        dx[:, t] = da @ Wx.T
        dWx += x.T @ da
        dWh += h.T @ da
        db += da.sum(axis=0)
        carry = da @ Wh.T
    return dx, carry, dWx, dWh, db
