# exercise: svm_loss_naive
# wrong: the loop does not leave out the right class, whose margin is always 1
# expect: failed
# names: (right|correct|own|true) class|j ?[!=]= ?y|\b1\b.*(too|more)|skip
# line: 15

import numpy as np


def svm_loss_naive(W, X, y, reg):
    num_train, num_classes = len(X), W.shape[1]
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(num_train):
        s = np.dot(X[i], W)
        for j in range(num_classes):
            m = s[j] - s[y[i]] + 1
            if m > 0:
                loss += m
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / num_train + reg * (W ** 2).sum(), dW / num_train + 2 * reg * W
