# ruff: noqa
# mypy: ignore-errors
from builtins import range, object
import numpy as np
from ..classifiers.softmax import *


class LinearClassifier(object):
    """A linear classifier that learns by stochastic gradient descent."""

    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        """Learn, and give the losses on the way."""
        num_train, dim = X.shape
        num_classes = np.max(y) + 1
        if self.W is None:
            self.W = 0.001 * np.random.randn(dim, num_classes)

        loss_history = []
        for it in range(num_iters):
            X_batch = None
            y_batch = None

            # GAP: draw batch_size examples and their labels
            pass
            # END

            loss, grad = self.loss(X_batch, y_batch, reg)
            loss_history.append(loss)

            # GAP: change the weights by the gradient
            pass
            # END

            if verbose and it % 100 == 0:
                print(it, num_iters, loss)

        return loss_history

    def predict(self, X):
        """Give the class of the highest score for each row of X."""
        y_pred = np.zeros(X.shape[0])
        # GAP: the predicted labels
        pass
        # END
        return y_pred

    def loss(self, X_batch, y_batch, reg):
        """Give loss and gradient; each classifier has its own."""
        pass


class Softmax(LinearClassifier):
    """The classifier with the softmax loss."""

    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
