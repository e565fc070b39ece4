# exercise: word_embedding_backward
# wrong: dW[x] += dout adds only one of the rows of a word that stands several times
# expect: wrong
# names: add\.at|repeat|several|twice|more than once|duplicat|same word|only (one|the last)|accumul|equal words|\+=
# line: 15
import numpy as np


def word_embedding_backward(dout, cache):
    words, table = cache
    V, D = table.shape
    grad = np.zeros((V, D), dtype=dout.dtype)
    flat_words = words.ravel()
    flat_dout = dout.reshape(-1, D)
    grad[flat_words] += flat_dout
    return grad
