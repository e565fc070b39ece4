# exercise: gru_step_forward
# wrong: the reset gate multiplies prev_h before the product with Wh instead of the product's result
# expect: wrong
# names: reset|\br\b|(before|after) the (matrix )?product|prev_h|candidate
# line: 19
import numpy as np


def _gate(z):
    return 1 / (1 + np.exp(-z))


def gru_step_forward(x, prev_h, Wx, Wh, b):
    H = prev_h.shape[1]
    take = [slice(k * H, (k + 1) * H) for k in range(3)]
    from_x = x @ Wx + b
    r = _gate(from_x[:, take[0]] + prev_h @ Wh[:, take[0]])
    z = _gate(from_x[:, take[1]] + prev_h @ Wh[:, take[1]])
    fresh = np.tanh(from_x[:, take[2]] + (r * prev_h) @ Wh[:, take[2]])
    return fresh + z * (prev_h - fresh)
