# exercise: softmax_loss_vectorized
# wrong: RIGHT: log-sum-exp by np.logaddexp.reduce, the gradient through the log probabilities
# expect: passed

import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    Z = np.einsum("nd,dc->nc", X, W)
    logZ = np.logaddexp.reduce(Z, axis=1)
    logP = Z - logZ[:, None]
    loss = -np.take_along_axis(logP, y[:, None].astype(int), axis=1).mean()
    dZ = np.exp(logP)
    np.subtract.at(dZ, (np.arange(N), y), 1)
    dW = np.einsum("nd,nc->dc", X, dZ) / N
    loss += reg * np.einsum("dc,dc->", W, W)
    dW += 2 * reg * W
    return loss, dW
