# exercise: relu_backward
# expect: passed
import numpy as np


def relu_backward(dout, cache):
    grad = dout.copy()
    dead = cache <= 0
    grad[dead] = 0
    return grad
