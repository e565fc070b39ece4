# exercise: svm_loss_naive
# wrong: RIGHT: counts the violations first, gradient per class in a second loop
# expect: passed

import numpy as np

try:
    xrange
except NameError:
    xrange = range


def svm_loss_naive(W, X, y, reg):
    """
    Structured SVM loss function, naive implementation (with loops).
    """
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    dW = np.zeros_like(W)
    for i in xrange(num_train):
        scores = X[i].dot(W)
        correct = scores[y[i]]
        bad = []
        for j in xrange(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct + 1  # note delta = 1
            if margin > 0:
                loss += margin
                bad.append(j)
        for j in bad:
            dW[:, j] += X[i, :].T
        dW[:, y[i]] += -len(bad) * X[i, :].T
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW
