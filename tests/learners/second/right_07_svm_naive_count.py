# exercise: svm_loss_naive
# expect: passed
import numpy as np


def svm_loss_naive(W, X, y, reg):
    num, K = X.shape[0], W.shape[1]
    dW = np.zeros(W.shape)
    total = 0.0
    for n in range(num):
        s = np.dot(X[n], W)
        target = s[y[n]]
        violated = 0
        for j in range(K):
            if j == y[n]:
                continue
            m = s[j] - target + 1.0
            if m > 0:
                total += m
                violated += 1
                dW[:, j] += X[n]
        if violated:
            dW[:, y[n]] -= violated * X[n]
    loss = total / num + reg * np.sum(W ** 2)
    dW = dW / num + 2 * reg * W
    return loss, dW
