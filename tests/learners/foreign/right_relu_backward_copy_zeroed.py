# exercise: relu_backward
# wrong: RIGHT: zeroes a copy of dout in place
# expect: passed

import numpy as np


def relu_backward(dout, cache):
    dx, x = None, cache
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx
