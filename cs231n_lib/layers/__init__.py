"""Hand-written layers as pairs: a forward that returns (out, cache) and a backward that takes (dout, cache)."""

from cs231n_lib.layers.activations import (
    leaky_relu_backward,
    leaky_relu_forward,
    relu_backward,
    relu_forward,
    sigmoid,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.losses import softmax_loss, svm_loss

__all__ = [
    "affine_backward",
    "affine_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_loss",
    "svm_loss",
    "tanh_backward",
    "tanh_forward",
]
