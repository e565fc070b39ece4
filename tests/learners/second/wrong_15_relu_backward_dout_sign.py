# exercise: relu_backward
# wrong: the gradient is cut where dout is negative, not where the input x is
# expect: wrong
# names: \bx\b|input|dout|upstream|sign of|where.*(negative|positive|> ?0|<=? ?0)|mask|condition
# line: 11
import numpy as np


def relu_backward(dout, cache):
    grad = dout.copy()
    dead = grad <= 0
    grad[dead] = 0
    return grad
