# exercise: svm_loss_naive
# wrong: the picture is subtracted from the right class's column once, not once for each class that violates the margin
# expect: wrong
# names: (right|correct|true) (class|label|column)|y\[n\]|count|number of|violat|once|each (class|margin)|how many
# line: 26
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
            dW[:, y[n]] -= X[n]
    loss = total / num + reg * np.sum(W ** 2)
    dW = dW / num + 2 * reg * W
    return loss, dW
