# exercise: svm_loss_vectorized
# wrong: the right class's own margin of 1 is not set to 0; the gradient of the penalty lacks its factor 2
# expect: wrong
# names: (right|correct|true)[- ](class|label)|own (margin|class)|j ?(!=|==) ?y|too large by 1|regulari|penalty|\breg\b|factor 2|2 ?\*? ?reg|weight decay|\btwice
# line: 13, 21
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    idx = np.arange(X.shape[0])
    S = np.matmul(X, W)
    M = S - S[idx, y].reshape(-1, 1) + 1
    M[M < 0] = 0
    loss = np.mean(np.sum(M, axis=1))
    loss = loss + reg * np.sum(np.square(W))

    B = np.zeros_like(M)
    B[M > 0] = 1
    B[idx, y] = -np.sum(B, axis=1)
    dW = np.matmul(X.T, B) / X.shape[0]
    dW += reg * W
    return loss, dW
