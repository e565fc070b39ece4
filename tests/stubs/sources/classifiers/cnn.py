# ruff: noqa
# mypy: ignore-errors
from builtins import object
import numpy as np

from ..layers import *
from ..fast_layers import *
from ..layer_utils import *


class ThreeLayerConvNet(object):
    """Convolution - ReLU - 2x2 max pooling - affine - ReLU - affine - softmax."""

    def __init__(
        self,
        input_dim=(3, 32, 32),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dtype=np.float32,
    ):
        self.params = {}
        self.reg = reg
        self.dtype = dtype

        # GAP: W1, b1 of the convolution, W2, b2 of the hidden layer, W3, b3 of the last
        pass
        # END

        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        """Give the scores, or with labels the loss and the gradients."""
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        W3, b3 = self.params["W3"], self.params["b3"]

        # the convolution keeps height and width
        filter_size = W1.shape[2]
        conv_param = {"stride": 1, "pad": (filter_size - 1) // 2}

        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}

        scores = None
        # GAP: the forward pass, up to the scores
        pass
        # END

        if y is None:
            return scores

        loss, grads = 0, {}
        # GAP: the loss with its penalty of 0.5 * reg, and all gradients
        pass
        # END

        return loss, grads
