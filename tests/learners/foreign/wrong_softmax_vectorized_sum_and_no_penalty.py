# exercise: softmax_loss_vectorized
# wrong: two faults: the loss is a sum, and the gradient has no penalty
# expect: failed
# names: mean|averag|divid|/ ?N|regulari[sz]|penalty|reg\b
# line: 16, 19

import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    S = X.dot(W)
    S -= S.max(axis=1)[:, None]
    P = np.exp(S)
    P /= P.sum(axis=1)[:, None]
    loss = -np.log(P[range(num_train), y]).sum()
    loss += reg * np.sum(W * W)
    P[range(num_train), y] -= 1
    dW = X.T.dot(P) / num_train
    return loss, dW
