# exercise: affine_backward
# expect: passed
import numpy as np


def affine_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        vec = x[n].ravel()
        dx[n] = (w @ dout[n]).reshape(x[n].shape)
        dw += np.outer(vec, dout[n])
        db += dout[n]
    return dx, dw, db
