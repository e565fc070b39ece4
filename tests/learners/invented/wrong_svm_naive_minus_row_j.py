# exercise: svm_loss_naive
# wrong: the gradient of the right class is taken off column j, and halved
# expect: failed
# names: column|y\[i\]|class|name|`j`
# line: 23

import numpy as np


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros_like(W)
    num_train, num_classes = X.shape[0], W.shape[1]
    loss = 0.0
    for i in range(num_train):
        s = X[i] @ W
        for j in range(num_classes):
            if j == y[i]:
                continue
            gap = s[j] - s[y[i]] + 1
            if gap > 0:
                loss += gap
                dW[:, j] += X[i]
                dW[:, j] -= X[i] / 2
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW
