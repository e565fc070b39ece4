# exercise: rnn_step_backward
# expect: passed
import numpy as np


def rnn_step_backward(dnext_h, cache):
    x, h_prev, Wx, Wh, h = cache
    local = 1 - np.power(h, 2)
    delta = np.multiply(local, dnext_h)
    grads_in = np.matmul(delta, Wx.T), np.matmul(delta, Wh.T)
    grads_w = np.matmul(x.T, delta), np.matmul(h_prev.T, delta), np.sum(delta, axis=0)
    return (*grads_in, *grads_w)
