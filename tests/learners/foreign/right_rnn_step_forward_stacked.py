# exercise: rnn_step_forward
# wrong: RIGHT: input and state side by side, the two matrices on top of each other
# expect: passed

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    big_x = np.hstack((x, prev_h))
    big_W = np.vstack((Wx, Wh))
    a = big_x.dot(big_W) + b
    # tanh through exponentials
    next_h = 2.0 / (1.0 + np.exp(-2.0 * a)) - 1.0
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache
