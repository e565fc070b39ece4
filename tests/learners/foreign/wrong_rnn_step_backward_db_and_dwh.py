# exercise: rnn_step_backward
# wrong: two faults: db goes past the tanh, and dWh is made with the new state
# expect: failed
# names: tanh|slope|derivative|db\b|dWh|prev_h|next_h|old state
# line: 16, 17

import numpy as np


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = (1 - next_h * next_h) * dnext_h
    dx = np.matmul(da, Wx.T)
    dprev_h = np.matmul(da, Wh.T)
    dWx = np.matmul(x.T, da)
    dWh = np.matmul(next_h.T, da)
    db = np.sum(dnext_h, axis=0)
    return dx, dprev_h, dWx, dWh, db
