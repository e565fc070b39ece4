# ruff: noqa
# mypy: ignore-errors
from __future__ import print_function

from builtins import range, object
import numpy as np


class TwoLayerNet(object):
    """Affine - ReLU - affine - softmax, with everything in one class."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params["W1"] = std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        """Give the scores (N, C), or with labels the loss and the gradients."""
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, D = X.shape

        scores = None
        # GAP: the forward pass, up to the scores (N, C)
        pass
        # END

        # without labels we are done
        if y is None:
            return scores

        loss = None
        # GAP: the loss of the data, and the penalty on W1 and W2
        pass
        # END

        grads = {}
        # GAP: the backward pass; grads["W1"] is of the shape of W1, and so on
        pass
        # END

        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, reg=5e-6, num_iters=100, batch_size=200):
        """Learn by stochastic gradient descent."""
        loss_history = []
        for it in range(num_iters):
            X_batch = None
            y_batch = None

            # GAP: draw a batch
            pass
            # END

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            # GAP: change the parameters by grads
            pass
            # END
        return {"loss_history": loss_history}

    def predict(self, X):
        """Give the class of the highest score."""
        y_pred = None

        # GAP: the predicted labels
        pass
        # END

        return y_pred
