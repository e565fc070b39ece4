"""The two-layer net: affine - relu - affine - softmax."""

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.chain import Step
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.blocks import affine_relu_backward, affine_relu_forward
from cs231n_lib.nets.base import Net


class TwoLayerNet(Net):
    """Score images by one hidden layer.

    Shapes: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), with D = input_dim, H = hidden_dim, C = num_classes.
    Settings: input_dim (default 3072); hidden_dim (default 100); num_classes (default 10); weight_scale, the standard
        deviation of the first weights (default 1e-3); reg >= 0 (default 0); dtype (default float64); rng, a seed or a
        NumPy Generator for the first weights (default: a fresh one).
    Source: CS231n assignments 1 and 2.
    """

    def __init__(
        self,
        input_dim: int = 3072,
        hidden_dim: int = 100,
        num_classes: int = 10,
        weight_scale: float = 1e-3,
        reg: float = 0.0,
        dtype: DTypeLike = np.float64,
        rng: int | np.random.Generator | None = None,
    ):
        super().__init__(reg, dtype, rng)
        hidden = self._add_weights(1, (input_dim, hidden_dim), hidden_dim, weight_scale)
        output = self._add_weights(2, (hidden_dim, num_classes), num_classes, weight_scale)
        self.steps = [
            Step(affine_relu_forward, affine_relu_backward, hidden),
            Step(affine_forward, affine_backward, output),
        ]
