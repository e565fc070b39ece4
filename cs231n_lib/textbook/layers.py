"""Layers of the two-layer net, as a textbook writes them."""

# ruff: noqa: RUF059 -- sizes are unpacked whole, for whoever reads on

import numpy as np


def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Return out = x w + b, each x[n] read as one row."""
    rows = x.reshape(len(x), -1)
    out = rows @ w + b
    return out, (x, w, b)


def affine_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dw, db."""
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return max(x, 0)."""
    out = np.maximum(x, 0)
    return out, x


def relu_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Return dout where x > 0, else 0."""
    x = cache
    dx = dout * (x > 0)
    return dx


def sigmoid_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return 1 / (1 + exp(-x))."""
    out = 1 / (1 + np.exp(-x))
    return out, out


def sigmoid_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Return dout times the slope out (1 - out)."""
    out = cache
    dx = dout * out * (1 - out)
    return dx


def leaky_relu_forward(x: np.ndarray, alpha: float) -> tuple[np.ndarray, tuple]:
    """Return x where x > 0, else alpha x."""
    out = np.where(x > 0, x, alpha * x)
    return out, (x, alpha)


def leaky_relu_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Return dout where x > 0, else alpha dout."""
    x, alpha = cache
    dx = np.where(x > 0, dout, alpha * dout)
    return dx


def svm_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean hinge loss of scores x and its gradient dx."""
    N = len(x)
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] = -dx.sum(axis=1)
    dx = dx / N
    return loss, dx


def softmax_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy of scores x and its gradient dx."""
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    exp = np.exp(shifted)
    p = exp / exp.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).sum()
    loss = loss / N
    dx = p.copy()
    dx[np.arange(N), y] -= 1
    dx = dx / N
    return loss, dx


class TwoLayerNet:
    """affine - relu - affine - softmax, with 0.5 * reg * sum(W * W) for both matrices."""

    def __init__(
        self,
        input_dim: int = 3072,
        hidden_dim: int = 100,
        num_classes: int = 10,
        weight_scale: float = 1e-3,
        reg: float = 0.0,
    ):
        self.params, self.reg = {}, reg
        for i, shape in ((1, (input_dim, hidden_dim)), (2, (hidden_dim, num_classes))):
            outputs = shape[1]
            self.params[f"W{i}"] = weight_scale * np.random.randn(*shape)
            self.params[f"b{i}"] = np.zeros(outputs)

    def loss(self, X: np.ndarray, y: np.ndarray | None = None) -> np.ndarray | tuple[float, dict[str, np.ndarray]]:
        """Return the scores, or the loss and the gradients where y is given."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        rows = X.reshape(len(X), -1)
        a = rows @ W1 + b1
        h = np.maximum(a, 0)
        scores = h @ W2 + b2
        if y is None:
            return scores
        data_loss, dscores = softmax_loss(scores, y)
        penalty = np.sum(W1 * W1) + np.sum(W2 * W2)
        loss = data_loss + 0.5 * self.reg * penalty
        grads = {}
        grads["W2"] = h.T @ dscores + self.reg * W2
        grads["b2"] = dscores.sum(axis=0)
        dh = dscores @ W2.T
        da = dh * (a > 0)
        grads["W1"] = rows.T @ da + self.reg * W1
        grads["b1"] = da.sum(axis=0)
        return loss, grads


def two_layer_backward(
    dscores: np.ndarray, X: np.ndarray, a: np.ndarray, h: np.ndarray, W2: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return the gradients of a two-layer net from that of its scores; a are the hidden numbers, h = max(a, 0)."""
    dW2 = h.T @ dscores
    db2 = dscores.sum(axis=0)
    dh = dscores @ W2.T
    da = dh * (a > 0)
    dW1 = X.T @ da
    db1 = da.sum(axis=0)
    return dW1, db1, dW2, db2


def tied_copy_loss(W: np.ndarray, X: np.ndarray) -> tuple[float, np.ndarray]:
    """Return half the mean squared distance of X W W' from X, and its gradient dW."""
    N = len(X)
    codes = X @ W
    copies = codes @ W.T
    wrong = copies - X
    loss = 0.5 * np.sum(wrong * wrong) / N
    dcopies = wrong / N
    dcodes = dcopies @ W
    dW_out = dcopies.T @ codes
    dW_in = X.T @ dcodes
    return loss, dW_in + dW_out
