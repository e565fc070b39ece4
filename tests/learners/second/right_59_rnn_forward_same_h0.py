# exercise: rnn_forward
# expect: passed
import numpy as np


def rnn_forward(x, h0, Wx, Wh, b):
    steps, memory = [], []
    h = h0
    for xt in np.swapaxes(x, 0, 1):
        before = h
        h = np.tanh(xt.dot(Wx) + before.dot(Wh) + b)
        steps.append(h)
        memory.append((xt, before, Wx, Wh, h))
    return np.stack(steps, axis=1), memory
