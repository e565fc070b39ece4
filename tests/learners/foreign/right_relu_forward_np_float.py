# exercise: relu_forward
# wrong: RIGHT: in NumPy 1 only (np.float was taken out in 1.24)
# expect: passed

import numpy as np


def relu_forward(x):
    mask = (x > 0).astype(np.float)
    out = x * mask
    cache = x
    return out, cache
