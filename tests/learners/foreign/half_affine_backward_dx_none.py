# exercise: affine_backward
# wrong: HALF: dw and db are right, dx not begun
# expect: half
# names: dx

import numpy as np


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
