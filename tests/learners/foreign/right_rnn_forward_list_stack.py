# exercise: rnn_forward
# wrong: RIGHT: states in a list, stacked in the end; x W for all times at once
# expect: passed

import numpy as np


def rnn_forward(x, h0, Wx, Wh, b):
    xs = np.tensordot(x, Wx, axes=1) + b
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(xs[:, t] + states[-1] @ Wh))
    h = np.stack(states[1:], axis=1)
    cache = (x, h0, Wx, Wh, b, h)
    return h, cache
