# exercise: lstm_step_backward
# wrong: RIGHT: every gate by itself, glued together with concatenate
# expect: passed

import numpy as np


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tc = np.tanh(next_c)
    dc_total = dnext_h * o * (1 - tc ** 2)
    dc_total = dc_total + dnext_c
    di, df, dg = dc_total * g, dc_total * prev_c, dc_total * i
    do = dnext_h * tc
    dprev_c = f * dc_total
    dai = i * (1 - i) * di
    daf = f * (1 - f) * df
    dao = o * (1 - o) * do
    dag = (1 + g) * (1 - g) * dg
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, np.sum(da, axis=0)
