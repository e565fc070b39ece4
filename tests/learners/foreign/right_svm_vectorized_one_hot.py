# exercise: svm_loss_vectorized
# wrong: RIGHT: one-hot matrix instead of fancy indexing, own class taken off as the constant 1
# expect: passed

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    Y = np.eye(C)[y]
    S = np.matmul(X, W)
    right = (S * Y).sum(axis=1).reshape(-1, 1)
    hinge = np.clip(S - right + 1.0, 0, None)
    # each row counts its own class with exactly 1
    data_loss = (hinge.sum() - N) / N
    gate = (hinge > 0).astype(float) * (1 - Y)
    G = gate - Y * np.sum(gate, axis=1, keepdims=True)
    grad = np.matmul(np.transpose(X), G) / N
    return data_loss + reg * np.linalg.norm(W) ** 2, grad + reg * (W + W)
