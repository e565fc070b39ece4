"""Assignment 1: linear classifiers, drawing from NumPy's global generator."""

import numpy as np

from cs231n_lib import nets
from cs231n_lib.official import saved


class LinearClassifier(nets.LinearClassifier):
    """Learn W by steps on random batches; a rate that makes the loss nan is no error here, since notebooks try such."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        """Improve W by `num_iters` steps; return the loss at each. The first W is 0.001 * np.random.randn(D, C)."""
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], int(np.max(y)) + 1)
        loss_history = []
        for step in range(num_iters):
            batch = np.random.choice(len(X), batch_size)
            loss, grad = self.loss(X[batch], y[batch], reg)
            loss_history.append(loss)
            self.W = self.W - learning_rate * grad
            if verbose and step % 100 == 0:
                print(f"iteration {step} / {num_iters}: loss {loss:f}")
        return loss_history

    def save(self, fname):
        """Write W to cs231n/saved/ (2025 on)."""
        saved.save({"W": self.W}, fname)

    def load(self, fname):
        """Read W from cs231n/saved/ (2025 on); return whether it was there."""
        params = saved.load(fname)
        if params is not None:
            self.W = params["W"]
        return params is not None


class LinearSVM(LinearClassifier, nets.LinearSVM):
    """Learn W with the multi-class hinge loss."""


class Softmax(LinearClassifier, nets.Softmax):
    """Learn W with the cross-entropy loss."""


__all__ = ["LinearClassifier", "LinearSVM", "Softmax"]
