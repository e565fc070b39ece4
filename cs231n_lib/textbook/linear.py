"""Linear classifiers, as a textbook writes them: scores X W, a loss, and its gradient."""

import numpy as np


def svm_loss(W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Return the mean hinge loss plus reg * sum(W * W), and its gradient dW."""
    N = len(X)
    scores = X @ W
    correct = scores[np.arange(N), y]
    margins = np.maximum(0, scores - correct[:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N
    loss += reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    dW = X.T @ dscores
    dW = dW / N
    dW = dW + 2 * reg * W
    return loss, dW


def binary_hinge_loss(w: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Return the mean of max(0, 1 - y * score), y -1 or 1, plus reg * sum(w * w), and its gradient dw."""
    N = len(X)
    scores = X @ w
    margins = np.maximum(0, 1 - y * scores)
    loss = margins.sum() / N
    loss += reg * np.sum(w * w)
    dscores = -y * (margins > 0)
    dw = X.T @ dscores
    dw = dw / N
    dw = dw + 2 * reg * w
    return loss, dw


def softmax_loss(W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy plus reg * sum(W * W), and its gradient dW."""
    N = len(X)
    scores = X @ W
    shifted = scores - scores.max(axis=1, keepdims=True)
    exp = np.exp(shifted)
    p = exp / exp.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).sum()
    loss = loss / N
    loss += reg * np.sum(W * W)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    dW = X.T @ dscores
    dW = dW / N
    dW = dW + 2 * reg * W
    return loss, dW


def softmax(s: np.ndarray) -> np.ndarray:
    """Return the probabilities of each row of scores s (N, C)."""
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    return e / e.sum(axis=1, keepdims=True)


def softmax_row_losses(s: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each row (N,), safe for scores of any size."""
    s = s - s.max(axis=1, keepdims=True)
    return np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]


def soft_targets_loss(s: np.ndarray, t: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of -sum(t log p) for scores s and target probabilities t (N, C), and its gradient ds."""
    N = len(s)
    s = s - s.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    loss = -np.sum(t * logp)
    loss = loss / N
    ds = np.exp(logp) - t
    ds = ds / N
    return loss, ds
