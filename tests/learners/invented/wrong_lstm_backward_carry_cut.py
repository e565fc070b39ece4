# exercise: lstm_step_backward
# wrong: the cell's way back misses the output gate
# expect: failed
# names: factor|term|name|\bo\b
# line: 14

import numpy as np


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    squashed = np.tanh(next_c)
    do = dnext_h * squashed
    dc = dnext_c + dnext_h * (1 - squashed ** 2)
    df, di, dg, dprev_c = dc * prev_c, dc * g, dc * i, dc * f
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)])
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)
