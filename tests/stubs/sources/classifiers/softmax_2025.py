# ruff: noqa
# mypy: ignore-errors
from builtins import range
import numpy as np


def softmax_loss_naive(W, X, y, reg):
    """Give the softmax loss with loops, and its gradient dW (D, C)."""
    loss = 0.0
    dW = np.zeros_like(W)

    # loss and gradient
    num_classes = W.shape[1]
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)

        # shifted, so that no exponential overflows
        scores -= np.max(scores)
        p = np.exp(scores)
        p /= p.sum()
        logp = np.log(p)

        loss -= logp[y[i]]

    # mean and penalty
    loss = loss / num_train + reg * np.sum(W * W)

    # GAP: the gradient of the loss, best in the loop above
    pass
    # END from 2019

    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    """Give the same without loops."""
    loss = 0.0
    dW = np.zeros_like(W)

    # GAP: the loss, without loops
    pass
    # END

    # GAP: the gradient, without loops
    pass
    # END

    return loss, dW
