# exercise: lstm_step_backward
# wrong: the output gate's gradient uses next_c without its tanh; the candidate's slope is g (1 - g) instead of 1 - g squared
# expect: wrong
# names: tanh|output gate|\bdo\b|next_c|candidate|\bdg\b|\bg\b|slope|derivative|squar
# line: 13, 20
import numpy as np


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    N, H = prev_h.shape
    tc = np.tanh(next_c)
    d_o = dnext_h * next_c
    dc = dnext_c + dnext_h * o * (1 - tc * tc)

    dpre = np.zeros((N, 4 * H))
    dpre[:, 0:H] = dc * g * i * (1 - i)
    dpre[:, H:2 * H] = dc * prev_c * f * (1 - f)
    dpre[:, 2 * H:3 * H] = d_o * o * (1 - o)
    dpre[:, 3 * H:4 * H] = dc * i * g * (1 - g)

    dx, dprev_h = dpre.dot(Wx.T), dpre.dot(Wh.T)
    dWx, dWh = x.T.dot(dpre), prev_h.T.dot(dpre)
    return dx, dprev_h, dc * f, dWx, dWh, dpre.sum(axis=0)
