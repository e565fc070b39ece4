"""Assignments 1 and 2: fully connected nets, their weights from NumPy's global generator.

Notebooks take the layers from this module, too.
"""

import numpy as np

from cs231n_lib import nets
from cs231n_lib.official import saved
from cs231n_lib.official.cs231n.layer_utils import (
    affine_bn_relu_backward,
    affine_bn_relu_forward,
    affine_ln_relu_backward,
    affine_ln_relu_forward,
    affine_relu_backward,
    affine_relu_forward,
    conv_bn_relu_backward,
    conv_bn_relu_forward,
    conv_relu_backward,
    conv_relu_forward,
    conv_relu_pool_backward,
    conv_relu_pool_forward,
)
from cs231n_lib.official.cs231n.layers import (
    affine_backward,
    affine_forward,
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    conv_backward_naive,
    conv_forward_naive,
    dropout_backward,
    dropout_forward,
    layernorm_backward,
    layernorm_forward,
    max_pool_backward_naive,
    max_pool_forward_naive,
    relu_backward,
    relu_forward,
    softmax_loss,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
    spatial_groupnorm_backward,
    spatial_groupnorm_forward,
    svm_loss,
)
from cs231n_lib.official.random import draw_weights


class _Kept:
    """Write parameters to cs231n/saved/ and read them (2025 on)."""

    params: dict[str, np.ndarray]

    def save(self, fname):
        """Write the parameters."""
        saved.save(self.params, fname)

    def load(self, fname):
        """Read the parameters; return whether they were there."""
        params = saved.load(fname)
        if params is not None:
            self.params = params
        return params is not None


class TwoLayerNet(_Kept, nets.TwoLayerNet):
    """affine - relu - affine - softmax, for a Solver; penalty 0.5 * reg * sum(W * W)."""

    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        super().__init__(input_dim, hidden_dim, num_classes, weight_scale, reg, rng=0)
        draw_weights(self.params, weight_scale)


class FullyConnectedNet(_Kept, nets.FullyConnectedNet):
    """{affine - [norm] - relu - [dropout]} x (L - 1) - affine - softmax; penalty 0.5 * reg * sum(W * W).

    Settings: dropout_keep_ratio (2021 on), before that dropout: the probability to KEEP.
    """

    def __init__(
        self,
        hidden_dims,
        input_dim=3 * 32 * 32,
        num_classes=10,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
        *,
        dropout=None,
    ):
        super().__init__(
            hidden_dims,
            input_dim,
            num_classes,
            dropout_keep_ratio,
            normalization,
            reg,
            weight_scale,
            dtype,
            seed,
            dropout=dropout,
            rng=0,
        )
        self.dropout_param.pop("rng", None)  # masks come from NumPy's global generator
        draw_weights(self.params, weight_scale)


__all__ = [
    "FullyConnectedNet",
    "TwoLayerNet",
    "affine_backward",
    "affine_bn_relu_backward",
    "affine_bn_relu_forward",
    "affine_forward",
    "affine_ln_relu_backward",
    "affine_ln_relu_forward",
    "affine_relu_backward",
    "affine_relu_forward",
    "batchnorm_backward",
    "batchnorm_backward_alt",
    "batchnorm_forward",
    "conv_backward_naive",
    "conv_bn_relu_backward",
    "conv_bn_relu_forward",
    "conv_forward_naive",
    "conv_relu_backward",
    "conv_relu_forward",
    "conv_relu_pool_backward",
    "conv_relu_pool_forward",
    "dropout_backward",
    "dropout_forward",
    "layernorm_backward",
    "layernorm_forward",
    "max_pool_backward_naive",
    "max_pool_forward_naive",
    "relu_backward",
    "relu_forward",
    "softmax_loss",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
    "spatial_groupnorm_backward",
    "spatial_groupnorm_forward",
    "svm_loss",
]
