# ruff: noqa
# mypy: ignore-errors
from builtins import range
import numpy as np
from random import shuffle


def svm_loss_naive(W, X, y, reg):
    """Give the hinge loss with loops, and its gradient dW (D, C)."""
    dW = np.zeros(W.shape)

    # loss and gradient
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin

    # a mean, not a sum
    loss /= num_train

    # the penalty
    loss += reg * np.sum(W * W)

    # GAP: the gradient of the loss, best in the loop above
    pass
    # END from 2019

    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    """Give the same without loops."""
    loss = 0.0
    dW = np.zeros(W.shape)

    # GAP: the loss, without loops
    pass
    # END

    # GAP: the gradient, without loops; parts of the loss may be used again
    pass
    # END

    return loss, dW
