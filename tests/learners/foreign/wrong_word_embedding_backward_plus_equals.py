# exercise: word_embedding_backward
# wrong: dW[x] += dout counts a repeated word once only
# expect: failed
# names: repeat|add\.at|more than once|same word|twice
# line: 13

import numpy as np


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    dW[x] += dout
    return dW
