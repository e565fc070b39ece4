# exercise: affine_backward
# wrong: RIGHT: one example after the other, dw as a sum of outer products
# expect: passed

import numpy as np


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(dout.shape[0]):
        row = x[n].flatten()
        dw += np.outer(row, dout[n])
        db += dout[n]
        dx[n] = w.dot(dout[n]).reshape(x[n].shape)
    return dx, dw, db
