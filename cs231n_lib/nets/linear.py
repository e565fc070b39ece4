"""Linear classifiers: one matrix product gives the scores, a loss judges them, small random batches improve W.

Here the penalty is reg * sum(W * W), without the factor 1/2 that the nets have, so its gradient is 2 * reg * W.
"""

import math

import numpy as np

from cs231n_lib.layers import _checks
from cs231n_lib.layers.losses import softmax_loss, svm_loss


def svm_loss_naive(W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Compute the multi-class hinge loss with loops: mean over images of sum_{c != y} max(0, s_c - s_y + 1), s = X W.

    Shapes: W (D, C), X (N, D), y (N,) in 0 .. C - 1.
    Settings: reg >= 0, the weight of the penalty reg * sum(W * W).
    Returns: loss, and dW (D, C).
    Raises: ValueError if the sizes do not fit or a label is out of range.
    Source: Weston and Watkins 1999, Support Vector Machines for Multi-Class Pattern Recognition.
    """
    _check("svm_loss_naive", W, X, y)
    N, C = len(X), W.shape[1]
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        scores = X[i] @ W  # (C,)
        for c in range(C):
            margin = scores[c] - scores[y[i]] + 1
            if c != y[i] and margin > 0:
                loss += margin
                dW[:, c] += X[i]
                dW[:, y[i]] -= X[i]
    return _with_penalty(loss / N, dW / N, W, reg)


def svm_loss_vectorized(W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Compute the same loss and gradient as `svm_loss_naive` without a loop.

    Shapes, settings, returns, raises, source: as `svm_loss_naive`.
    """
    _check("svm_loss_vectorized", W, X, y)
    loss, dscores = svm_loss(X @ W, y)  # dscores (N, C)
    return _with_penalty(loss, X.T @ dscores, W, reg)


def softmax_loss_naive(W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Compute the cross-entropy loss with loops: the mean of -log p_y, with p = softmax(s), s = X W.

    Shapes: W (D, C), X (N, D), y (N,) in 0 .. C - 1.
    Settings: reg >= 0, the weight of the penalty reg * sum(W * W).
    Returns: loss, and dW (D, C).
    Raises: ValueError if the sizes do not fit or a label is out of range.
    Source: CS231n notes, Linear Classification, "Softmax classifier".
    """
    _check("softmax_loss_naive", W, X, y)
    N, C = len(X), W.shape[1]
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        scores = X[i] @ W  # (C,)
        scores -= scores.max()  # the same p, and exp cannot overflow
        log_sum = math.log(np.sum(np.exp(scores)))
        loss += log_sum - scores[y[i]]
        for c in range(C):
            p = math.exp(scores[c] - log_sum)
            dW[:, c] += (p - (c == y[i])) * X[i]
    return _with_penalty(loss / N, dW / N, W, reg)


def softmax_loss_vectorized(W: np.ndarray, X: np.ndarray, y: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    """Compute the same loss and gradient as `softmax_loss_naive` without a loop.

    Shapes, settings, returns, raises, source: as `softmax_loss_naive`.
    """
    _check("softmax_loss_vectorized", W, X, y)
    loss, dscores = softmax_loss(X @ W, y)  # dscores (N, C)
    return _with_penalty(loss, X.T @ dscores, W, reg)


class LinearClassifier:
    """Learn a matrix W (D, C) by stochastic gradient descent on `loss`; subclasses say which loss.

    Source: CS231n notes, Optimization, "Mini-batch gradient descent".
    """

    W: np.ndarray | None = None

    def train(
        self,
        X: np.ndarray,
        y: np.ndarray,
        learning_rate: float = 1e-3,
        reg: float = 1e-5,
        num_iters: int = 100,
        batch_size: int = 200,
        verbose: bool = False,
        rng: int | np.random.Generator | None = None,
    ) -> list[float]:
        """Improve W by `num_iters` steps, each on a random batch drawn with replacement.

        Shapes: X (N, D), y (N,) in 0 .. C - 1.
        Settings: learning_rate > 0 (default 1e-3); reg >= 0 (default 1e-5); num_iters (default 100); batch_size
            (default 200); verbose prints the loss every 100 steps (default False); rng, a seed or a NumPy Generator
            that draws the batches and the first W (default: a fresh one).
        Returns: the loss at each step.
        Raises: ValueError if the loss is no longer finite; it names the step.
        """
        rng = np.random.default_rng(rng)
        if self.W is None:
            dtype = X.dtype if X.dtype.kind == "f" else np.float64
            self.W = (0.001 * rng.standard_normal((X.shape[1], int(np.max(y)) + 1))).astype(dtype)
        loss_history = []
        for step in range(num_iters):
            batch = rng.integers(len(X), size=batch_size)
            loss, grad = self.loss(X[batch], y[batch], reg)
            if not math.isfinite(loss):
                raise ValueError(f"train: the loss is {loss} at step {step + 1} of {num_iters}; lower learning_rate")
            loss_history.append(loss)
            self.W = self.W - _checks.number(learning_rate) * grad
            if verbose and step % 100 == 0:
                print(f"iteration {step} / {num_iters}: loss {loss:f}")
        return loss_history

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return for each row of X (N, D) the class with the highest score, (N,)."""
        return (X @ self._weights("predict")).argmax(axis=1)

    def loss(self, X_batch: np.ndarray, y_batch: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
        """Return loss and dW for a batch."""
        raise NotImplementedError("LinearClassifier has no loss of its own; use LinearSVM or Softmax")

    def _weights(self, operation: str) -> np.ndarray:
        if self.W is None:
            raise ValueError(f"{operation}: there is no W yet; call train(X, y) first")
        return self.W


class LinearSVM(LinearClassifier):
    """Learn W with the multi-class hinge loss."""

    def loss(self, X_batch: np.ndarray, y_batch: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
        """Return loss and dW of `svm_loss_vectorized`."""
        return svm_loss_vectorized(self._weights("loss"), X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    """Learn W with the cross-entropy loss."""

    def loss(self, X_batch: np.ndarray, y_batch: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
        """Return loss and dW of `softmax_loss_vectorized`."""
        return softmax_loss_vectorized(self._weights("loss"), X_batch, y_batch, reg)


def _with_penalty(loss: float, dW: np.ndarray, W: np.ndarray, reg: float) -> tuple[float, np.ndarray]:
    reg = _checks.number(reg)
    return float(loss + reg * np.sum(W * W)), dW + 2 * reg * W


def _check(op: str, W: np.ndarray, X: np.ndarray, y: np.ndarray) -> None:
    _checks.floats(op, W=W)
    sizes = _checks.match(op, X=(X, "N D"), W=(W, "D C"), y=(y, "N"))
    _checks.labels(op, "y", y, sizes["C"])
