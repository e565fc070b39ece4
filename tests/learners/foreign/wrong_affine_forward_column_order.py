# exercise: affine_forward
# wrong: flattens the rows with the axes in reverse order (reshape of a transpose)
# expect: failed
# names: reshape|order|flat|transpos
# line: 12

import numpy as np


def affine_forward(x, w, b):
    N = x.shape[0]
    rows = x.T.reshape(-1, N).T
    out = rows.dot(w) + b
    cache = (x, w, b)
    return out, cache
