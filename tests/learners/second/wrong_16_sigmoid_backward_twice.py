# exercise: sigmoid_backward
# wrong: the cache already holds the sigmoid's output, but the sigmoid is applied to it once more
# expect: wrong
# names: twice|again|once more|second time|already|cache|holds the (output|sigmoid)
# line: 14
import numpy as np


def _sig(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_backward(dout, cache):
    s = _sig(cache)
    local = s - s ** 2
    return local * dout
