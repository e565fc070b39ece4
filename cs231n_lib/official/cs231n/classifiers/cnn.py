"""Assignment 2: a convolutional net, its weights from NumPy's global generator."""

import numpy as np

from cs231n_lib import nets
from cs231n_lib.official.random import draw_weights


class ThreeLayerConvNet(nets.ThreeLayerConvNet):
    """conv - relu - 2 x 2 max pool - affine - relu - affine - softmax; penalty 0.5 * reg * sum(W * W)."""

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
        super().__init__(input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale, reg, dtype, rng=0)
        draw_weights(self.params, weight_scale)


__all__ = ["ThreeLayerConvNet"]
