# exercise: rnn_backward
# wrong: dWh is overwritten at each step instead of summed; the loop ends before step 0
# expect: wrong
# names: dWh|\+=|overwrit|accumul|first (step|word|time)|step 0|t ?= ?0|range\(|off.by.one|loop (ends|stops)|last iteration|one (step )?too (early|few)
# line: 15, 21
import numpy as np


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    x0, _, Wx, Wh, _ = cache[0]
    dx = np.zeros((N, T, x0.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    carry = np.zeros((N, H))
    for t in range(T - 1, 0, -1):
        xt, hp, _, _, hn = cache[t]
        dz = (1 - hn * hn) * (dh[:, t, :] + carry)
        dx[:, t, :] = dz.dot(Wx.T)
        carry = dz.dot(Wh.T)
        dWx += xt.T.dot(dz)
        dWh = hp.T.dot(dz)
        db += dz.sum(axis=0)
    return dx, carry, dWx, dWh, db
