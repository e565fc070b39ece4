# exercise: svm_loss_vectorized
# wrong: the right class gets the mean of its row, not the sum
# expect: failed
# names: axis|sum|mean|call
# line: 18

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    rows = np.arange(n)
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / n + reg * np.sum(W * W)
    gate = (margins > 0).astype(float)
    gate[rows, y] = -gate.mean(axis=1)
    dW = X.T @ gate / n + 2 * reg * W
    return loss, dW
