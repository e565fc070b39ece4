# exercise: softmax_loss_naive
# wrong: BLANK: as handed out in 2025/26, the loss is given and the gradient is the gap
# expect: blank

import numpy as np


def softmax_loss_naive(W, X, y, reg):
    # Initialize the loss and gradient to zero.
    loss = 0.0
    dW = np.zeros_like(W)

    # compute the loss and the gradient
    num_classes = W.shape[1]
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)

        # compute the probabilities in numerically stable way
        scores -= np.max(scores)
        p = np.exp(scores)
        p /= p.sum()  # normalize
        logp = np.log(p)

        loss -= logp[y[i]]  # negative log probability is the loss

    # normalized hinge loss plus regularization
    loss = loss / num_train + reg * np.sum(W * W)

    # TODO: the gradient, stored in dW

    return loss, dW
