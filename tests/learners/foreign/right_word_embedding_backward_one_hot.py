# exercise: word_embedding_backward
# wrong: RIGHT: a one-hot matrix product
# expect: passed

import numpy as np


def word_embedding_backward(dout, cache):
    x, W = cache
    V, D = W.shape
    flat = x.reshape(-1)
    hot = np.zeros((flat.size, V))
    hot[np.arange(flat.size), flat] = 1
    return hot.T @ dout.reshape(-1, D)
