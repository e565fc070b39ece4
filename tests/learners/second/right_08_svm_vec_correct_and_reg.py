# exercise: svm_loss_vectorized
# expect: passed
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    idx = np.arange(X.shape[0])
    S = np.matmul(X, W)
    M = S - S[idx, y].reshape(-1, 1) + 1
    M[M < 0] = 0
    M[idx, y] = 0
    loss = np.mean(np.sum(M, axis=1))
    loss = loss + reg * np.sum(np.square(W))

    B = np.zeros_like(M)
    B[M > 0] = 1
    B[idx, y] = -np.sum(B, axis=1)
    dW = np.matmul(X.T, B) / X.shape[0]
    dW += 2 * reg * W
    return loss, dW
