# exercise: svm_loss_vectorized
# wrong: the right class gets -1 instead of minus the number of violated margins
# expect: failed
# names: number of|count|how many|(right|correct|true) class
# line: 19

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    scores = X.dot(W)
    rows = np.arange(N)
    margins = np.maximum(0, scores - scores[rows, y].reshape(N, 1) + 1)
    margins[rows, y] = 0
    loss = np.sum(margins) / N + reg * np.sum(W * W)
    binary = margins
    binary[margins > 0] = 1
    binary[rows, y] = -1
    dW = X.T.dot(binary) / N
    dW += 2 * reg * W
    return loss, dW
