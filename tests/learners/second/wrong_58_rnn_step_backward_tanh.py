# exercise: rnn_step_backward
# wrong: the slope of tanh is computed as (1 - h) squared instead of 1 - h squared
# expect: wrong
# names: tanh|squar|\*\* ?2|\^ ?2|slope|derivative|1 ?- ?(next_)?h|bracket|parenthes
# line: 11
import numpy as np


def rnn_step_backward(dnext_h, cache):
    x, h_prev, Wx, Wh, h = cache
    local = np.power(1 - h, 2)
    delta = np.multiply(local, dnext_h)
    grads_in = np.matmul(delta, Wx.T), np.matmul(delta, Wh.T)
    grads_w = np.matmul(x.T, delta), np.matmul(h_prev.T, delta), np.sum(delta, axis=0)
    return (*grads_in, *grads_w)
