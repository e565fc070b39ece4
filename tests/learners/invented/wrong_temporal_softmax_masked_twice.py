# exercise: temporal_softmax_loss
# wrong: dx is divided by the number of steps as well
# expect: failed
# names: factor|divid|T\b
# line: 20

import numpy as np


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    rows = x.reshape(N * T, V)
    right = y.reshape(N * T)
    keep = mask.reshape(N * T)
    p = np.exp(rows - rows.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.sum(keep * np.log(p[np.arange(N * T), right])) / N
    d = p.copy()
    d[np.arange(N * T), right] -= 1
    d *= keep[:, None] / T
    d /= N
    return loss, d.reshape(N, T, V)
