# exercise: lstm_step_backward
# expect: passed
import numpy as np


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    N, H = prev_h.shape
    tc = np.tanh(next_c)
    d_o = dnext_h * tc
    dc = dnext_c + dnext_h * o * (1 - tc * tc)

    dpre = np.zeros((N, 4 * H))
    dpre[:, 0:H] = dc * g * i * (1 - i)
    dpre[:, H:2 * H] = dc * prev_c * f * (1 - f)
    dpre[:, 2 * H:3 * H] = d_o * o * (1 - o)
    dpre[:, 3 * H:4 * H] = dc * i * (1 - g * g)

    dx, dprev_h = dpre.dot(Wx.T), dpre.dot(Wh.T)
    dWx, dWh = x.T.dot(dpre), prev_h.T.dot(dpre)
    return dx, dprev_h, dc * f, dWx, dWh, dpre.sum(axis=0)
