# exercise: rnn_step_backward
# wrong: RIGHT: the slope from the stored next_h, transposes written out
# expect: passed

import numpy as np


def rnn_step_backward(dnext_h, cache):
    (x, prev_h, Wx, Wh, next_h) = cache
    dz = np.multiply(dnext_h, 1.0 - np.power(next_h, 2))
    db = dz.T.dot(np.ones(dz.shape[0]))
    dWh = np.transpose(np.transpose(dz).dot(prev_h))
    dWx = np.transpose(np.transpose(dz).dot(x))
    dprev_h = np.transpose(Wh.dot(dz.T))
    dx = np.transpose(Wx.dot(dz.T))
    return dx, dprev_h, dWx, dWh, db
