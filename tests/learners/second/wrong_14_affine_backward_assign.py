# exercise: affine_backward
# wrong: dw is set anew at each picture (= in place of +=), so that only the last picture counts
# expect: wrong
# names: \+=|accumul|overwrit|last (picture|image|example|sample|row)|sum(med)? over|only the last|\bdw\b.*(add|sum|only|picture|example|sample|row)|set anew
# line: 18
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
        dw = np.outer(vec, dout[n])
        db += dout[n]
    return dx, dw, db
