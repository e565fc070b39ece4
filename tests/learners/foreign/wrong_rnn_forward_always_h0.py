# exercise: rnn_forward
# wrong: every step starts from h0
# expect: failed
# names: h0|previous|prev_h|last state|carr|hand(ed)? on
# line: 20

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    for t in range(T):
        h[:, t, :], c = rnn_step_forward(x[:, t, :], h0, Wx, Wh, b)
        cache.append(c)
    return h, cache
