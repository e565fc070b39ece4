# exercise: softmax_loss_naive
# wrong: RIGHT: scalar loops over everything, 1e-8 in the logarithm as a guard
# expect: passed

import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    D, C = W.shape
    N = X.shape[0]

    for n in range(N):
        f = np.zeros(C)
        for c in range(C):
            for d in range(D):
                f[c] += X[n, d] * W[d, c]
        f -= f.max()
        denom = 0.0
        for c in range(C):
            denom += np.exp(f[c])
        for c in range(C):
            prob = np.exp(f[c]) / denom
            if c == y[n]:
                loss += -np.log(prob + 1e-8)
                dW[:, c] += (prob - 1) * X[n]
            else:
                dW[:, c] += prob * X[n]

    loss /= N
    dW /= N
    for d in range(D):
        for c in range(C):
            loss += reg * W[d, c] ** 2
            dW[d, c] += 2 * reg * W[d, c]
    return loss, dW
