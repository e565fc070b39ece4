# exercise: rnn_step_forward
# wrong: the bracket of tanh ends too early, the old state is added outside
# expect: failed
# names: tanh|inside|outside|bracket|squash
# line: 11

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + b) + prev_h.dot(Wh)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache
