# exercise: svm_loss_naive
# wrong: the penalty reg*sum(W*W) has the slope reg*W, the 2 is missing
# expect: failed
# names: \b2\b|twice|factor|penalty|regulari[sz]
# line: 29

import numpy as np


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    C = W.shape[1]
    N = X.shape[0]
    loss = 0.0
    for i in range(N):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= N
    dW /= N
    loss += reg * np.sum(W * W)
    dW += reg * W
    return loss, dW
