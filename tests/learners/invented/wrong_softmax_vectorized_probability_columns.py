# exercise: softmax_loss_vectorized
# wrong: the one is taken off whole columns, not one cell a row
# expect: failed
# names: arange|index|column|cell
# line: 19

import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    m = len(y)
    z = X.dot(W)
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(m)
    loss = -np.log(p[rows, y]).mean() + reg * (W ** 2).sum()
    g = p.copy()
    g[:, y] -= 1
    dW = X.T.dot(g) / m + 2 * reg * W
    return loss, dW
