# exercise: softmax_loss
# wrong: RIGHT: reckons in float32 inside
# expect: passed

import numpy as np


def softmax_loss(x, y):
    z = x.astype(np.float32)
    z = z - z.max(axis=1)[:, np.newaxis]
    e = np.exp(z)
    p = (e.T / e.sum(axis=1)).T
    N = x.shape[0]
    picked = p[range(N), y]
    loss = np.sum(-np.log(picked)) / N
    dx = p
    dx[range(N), y] -= 1
    dx = dx / N
    return loss, dx
