# exercise: lstm_step_forward
# wrong: the gates are read in PyTorch's order i, f, g, o instead of i, f, o, g
# expect: wrong
# names: order|\bgates?\b|i, ?f|swap|exchang|output|candidate|block
# line: 12
import numpy as np


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    squash = lambda z: 1.0 / (1.0 + np.exp(-z))
    pre = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    zi, zf, zg, zo = np.split(pre, 4, axis=1)
    i, f, o = squash(zi), squash(zf), squash(zo)
    g = np.tanh(zg)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
