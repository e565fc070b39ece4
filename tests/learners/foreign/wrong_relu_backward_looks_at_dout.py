# exercise: relu_backward
# wrong: the gate is set by the sign of dout
# expect: failed
# names: \bx\b|input|forward|sign of|dout ?>
# line: 13

import numpy as np


def relu_backward(dout, cache):
    x = cache
    dx = dout.copy()
    dx[dout < 0] = 0
    return dx
