"""NumPy models, all with the contract .params and .loss(X, y=None)."""

from cs231n_lib.nets.captioning import CaptioningRNN
from cs231n_lib.nets.convnet import ThreeLayerConvNet
from cs231n_lib.nets.fully_connected import FullyConnectedNet
from cs231n_lib.nets.linear import (
    LinearClassifier,
    LinearSVM,
    Softmax,
    softmax_loss_naive,
    softmax_loss_vectorized,
    svm_loss_naive,
    svm_loss_vectorized,
)
from cs231n_lib.nets.nearest_neighbor import KNearestNeighbor
from cs231n_lib.nets.two_layer import TwoLayerNet

__all__ = [
    "CaptioningRNN",
    "FullyConnectedNet",
    "KNearestNeighbor",
    "LinearClassifier",
    "LinearSVM",
    "Softmax",
    "ThreeLayerConvNet",
    "TwoLayerNet",
    "softmax_loss_naive",
    "softmax_loss_vectorized",
    "svm_loss_naive",
    "svm_loss_vectorized",
]
