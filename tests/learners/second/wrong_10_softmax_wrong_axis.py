# exercise: softmax
# wrong: the probabilities are normalised over the rows of the batch (axis 0) instead of over the classes
# expect: wrong
# names: \baxis|column|each row|per row|every row|over the (classes|batch|rows)|sum to 1|add up to 1|classes
# line: 10, 11
import numpy as np


def softmax(s):
    divide_out = lambda e: e / np.sum(e, axis=0, keepdims=True)
    shifted = s - np.max(s, axis=0, keepdims=True)
    return divide_out(np.exp(shifted))
