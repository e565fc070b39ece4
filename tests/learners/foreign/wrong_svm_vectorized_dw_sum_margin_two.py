# exercise: svm_loss_vectorized
# wrong: two faults: the margin is 2, and the gradient is not averaged
# expect: failed
# names: margin|delta|\+ ?1|averag|divid|mean|/ ?N|num_train
# line: 15, 23

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    dW = np.zeros(W.shape)
    scores = np.dot(X, W)
    correct_scores = np.choose(y, scores.T).reshape(-1, 1)
    margins = scores - correct_scores + 2.0
    margins[margins < 0] = 0.0
    margins[range(num_train), y] = 0.0
    loss = np.sum(margins) / float(num_train)
    loss += reg * np.sum(W * W)
    mask = np.zeros(margins.shape)
    mask[margins > 0] = 1
    mask[range(num_train), y] = -mask.sum(axis=1)
    dW = np.dot(X.T, mask)
    dW += 2 * reg * W
    return loss, dW
