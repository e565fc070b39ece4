# exercise: svm_loss_vectorized
# wrong: HALF: the loss is right, the gradient not begun
# expect: half
# names: gradient|dW

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)  # initialize the gradient as zero
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y]
    margins = np.maximum(0, scores - correct[:, np.newaxis] + 1)
    margins[np.arange(num_train), y] = 0
    loss = margins.sum() / num_train
    loss += reg * np.sum(W * W)

    # TODO: the gradient

    pass

    return loss, dW
