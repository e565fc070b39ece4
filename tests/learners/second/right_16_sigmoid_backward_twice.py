# exercise: sigmoid_backward
# expect: passed
import numpy as np


def _sig(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_backward(dout, cache):
    s = cache
    local = s - s ** 2
    return local * dout
