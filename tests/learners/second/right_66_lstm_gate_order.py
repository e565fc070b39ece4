# exercise: lstm_step_forward
# expect: passed
import numpy as np


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    squash = lambda z: 1.0 / (1.0 + np.exp(-z))
    pre = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    zi, zf, zo, zg = np.split(pre, 4, axis=1)
    i, f, o = squash(zi), squash(zf), squash(zo)
    g = np.tanh(zg)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
