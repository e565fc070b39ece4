# exercise: softmax_loss_naive
# wrong: the example is taken off the right class once for every class (indented one step too far)
# expect: failed
# names: once|inside|indent|(right|correct|true) class|C times|num_classes times|each class|every class
# line: 23

import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    N = X.shape[0]
    C = W.shape[1]
    for i in range(N):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        exps = np.exp(scores)
        total = np.sum(exps)
        loss += -scores[y[i]] + np.log(total)
        for j in range(C):
            dW[:, j] += X[i] * exps[j] / total
            dW[:, y[i]] -= X[i]
    loss /= N
    dW /= N
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW
