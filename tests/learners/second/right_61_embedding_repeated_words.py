# exercise: word_embedding_backward
# expect: passed
import numpy as np


def word_embedding_backward(dout, cache):
    words, table = cache
    V, D = table.shape
    grad = np.zeros((V, D), dtype=dout.dtype)
    flat_words = words.ravel()
    flat_dout = dout.reshape(-1, D)
    np.add.at(grad, flat_words, flat_dout)
    return grad
