"""A small convolutional net: conv - relu - 2 x 2 max pool - affine - relu - affine - softmax."""

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.chain import Step
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.blocks import (
    affine_relu_backward,
    affine_relu_forward,
    conv_relu_pool_backward,
    conv_relu_pool_forward,
)
from cs231n_lib.nets.base import Net


class ThreeLayerConvNet(Net):
    """Score images by filters, a hidden layer and an output layer.

    The filters move by one pixel, over an image padded so that (for an odd filter_size) its size stays the same.

    Shapes: W1 (F, C, filter_size, filter_size), b1 (F,); W2 (F * H/2 * W/2, hidden_dim), b2 (hidden_dim,);
        W3 (hidden_dim, num_classes), b3 (num_classes,).
    Settings: input_dim (C, H, W) (default (3, 32, 32)); num_filters F (default 32); filter_size in pixels (default 7);
        hidden_dim (default 100); num_classes (default 10); weight_scale, the standard deviation of the first weights
        (default 1e-3); reg >= 0 (default 0); dtype (default float32); rng, a seed or a NumPy Generator for the first
        weights (default: a fresh one).
    Source: CS231n assignment 2.
    """

    def __init__(
        self,
        input_dim: tuple[int, int, int] = (3, 32, 32),
        num_filters: int = 32,
        filter_size: int = 7,
        hidden_dim: int = 100,
        num_classes: int = 10,
        weight_scale: float = 1e-3,
        reg: float = 0.0,
        dtype: DTypeLike = np.float32,
        rng: int | np.random.Generator | None = None,
    ):
        super().__init__(reg, dtype, rng)
        C, H, W = input_dim
        pad = (filter_size - 1) // 2
        pooled = [(size + 2 * pad - filter_size + 1) // 2 for size in (H, W)]
        pixels = num_filters * pooled[0] * pooled[1]
        conv = self._add_weights(1, (num_filters, C, filter_size, filter_size), num_filters, weight_scale)
        hidden = self._add_weights(2, (pixels, hidden_dim), hidden_dim, weight_scale)
        output = self._add_weights(3, (hidden_dim, num_classes), num_classes, weight_scale)
        windows = {"stride": 1, "pad": pad}, {"pool_height": 2, "pool_width": 2, "stride": 2}
        self.steps = [
            Step(conv_relu_pool_forward, conv_relu_pool_backward, conv, windows),
            Step(affine_relu_forward, affine_relu_backward, hidden),
            Step(affine_forward, affine_backward, output),
        ]
