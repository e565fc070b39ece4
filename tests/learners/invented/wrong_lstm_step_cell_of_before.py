# exercise: lstm_step_forward
# wrong: the output gate is put on the old cell
# expect: failed
# names: prev_c|next_c|cell|name
# line: 17

import numpy as np


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    sig = 1 / (1 + np.exp(-a[:, : 3 * H]))
    i, f, o = sig[:, :H], sig[:, H : 2 * H], sig[:, 2 * H :]
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(prev_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
