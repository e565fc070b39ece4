# exercise: affine_backward
# wrong: db is the mean over the batch
# expect: failed
# names: sum|mean|averag|\bN\b
# line: 14

import numpy as np


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.dot(dout, w.T).reshape(x.shape)
    dw = np.dot(x.reshape(x.shape[0], -1).T, dout)
    db = np.mean(dout, axis=0)
    return dx, dw, db
