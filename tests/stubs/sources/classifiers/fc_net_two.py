# ruff: noqa
# mypy: ignore-errors
from builtins import range, object
import numpy as np

from ..layers import *
from ..layer_utils import *


class TwoLayerNet(object):
    """Affine - ReLU - affine - softmax, made of the layers."""

    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg

        # GAP: weights and biases of both layers, kept in self.params as W1, b1, W2, b2
        pass
        # END

    def loss(self, X, y=None):
        """Give the scores, or with labels the loss and the gradients."""
        scores = None
        # GAP: the forward pass, up to the scores
        pass
        # END

        # without labels we are in test mode
        if y is None:
            return scores

        loss, grads = 0, {}
        # GAP: the loss with its penalty of 0.5 * reg, and all gradients
        pass
        # END

        return loss, grads
