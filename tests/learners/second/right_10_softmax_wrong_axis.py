# exercise: softmax
# expect: passed
import numpy as np


def softmax(s):
    divide_out = lambda e: e / np.sum(e, axis=1, keepdims=True)
    shifted = s - np.max(s, axis=1, keepdims=True)
    return divide_out(np.exp(shifted))
