# exercise: softmax_loss_vectorized
# wrong: the probabilities are divided by N first, then the whole 1 is taken off
# expect: failed
# names: \b1\b|divid|/ ?N|order|(right|correct|true) class
# line: 18

import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    f = X.dot(W)
    f = f - np.max(f, axis=1, keepdims=True)
    probs = np.exp(f) / np.sum(np.exp(f), axis=1, keepdims=True)
    loss = np.sum(-np.log(probs[np.arange(N), y])) / N
    loss += reg * np.sum(W * W)
    dscores = probs / N
    dscores[np.arange(N), y] -= 1
    dW = X.T.dot(dscores) + 2 * reg * W
    return loss, dW
