"""Every hand-written layer against PyTorch: float32, forward and backward, one process, default threads.

Run with `pytest tests/benchmarks -m speed`. Times are printed, never asserted: machines differ, and so do their
neighbours. Each row checks that both compute the same. Upstream gradients lie in memory as the outputs do, since the
layers hand them on in that order.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cs231n_lib import layers, optim
from cs231n_lib.nets.linear import svm_loss_vectorized
from cs231n_lib.nets.nearest_neighbor import KNearestNeighbor
from cs231n_lib.pytorch import twins

pytestmark = pytest.mark.speed

RNG = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape, np.float32)


def versus_twin(race, name: str, layer: str, bar: float, arrays: list[np.ndarray], *settings, back: str = "") -> None:
    """Race one layer against its twin under autograd, forward and backward."""
    forward = getattr(layers, layer)
    backward = getattr(layers, back or layer.replace("forward", "backward"))
    twin, leaves = getattr(twins, layer), [torch.tensor(array, requires_grad=True) for array in arrays]
    out, _ = forward(*arrays, *settings)
    dout = np.empty_like(out)
    dout[...] = normal(*out.shape)
    twin_dout = torch.tensor(np.ascontiguousarray(dout))

    def ours():
        out, cache = forward(*arrays, *settings)
        gradients = backward(dout, cache)
        return out, *(gradients if isinstance(gradients, tuple) else (gradients,))

    def torchs():
        out = twin(*leaves, *settings)
        return out, *torch.autograd.grad(out, leaves, twin_dout)

    race(name, ours, torchs, bar)


@pytest.mark.parametrize(
    ("row", "N", "C", "size", "filters", "kernel", "stride", "pad", "bar"),
    [
        ("A", 100, 3, 31, 25, 3, 2, 1, 2.2),
        ("B", 100, 3, 32, 32, 3, 1, 1, 2.7),
        ("C", 64, 32, 16, 64, 3, 1, 1, 2.8),
        ("D", 64, 128, 8, 256, 3, 1, 1, 1.9),
        ("E", 100, 3, 32, 32, 7, 1, 3, 2.3),
    ],
)
def test_conv(race, row, N, C, size, filters, kernel, stride, pad, bar):
    w = normal(filters, C, kernel, kernel) / np.float32(kernel * np.sqrt(C))
    arrays = [normal(N, C, size, size), w, normal(filters)]
    versus_twin(race, f"conv {row}", "conv_forward_fast", bar, arrays, {"stride": stride, "pad": pad})


def test_max_pool(race):
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    versus_twin(race, "max pool 2x2", "max_pool_forward_fast", 2, [normal(100, 32, 32, 32)], pool_param)


def test_relu(race):
    versus_twin(race, "ReLU", "relu_forward", 3.5, [normal(2_000_000)])


def test_batchnorm(race):
    arrays = [normal(500, 1000), normal(1000), normal(1000)]
    alt = "batchnorm_backward_alt"
    versus_twin(race, "batch norm", "batchnorm_forward", 4, arrays, {"mode": "train"}, back=alt)


def test_spatial_batchnorm(race):
    arrays = [normal(100, 32, 32, 32), normal(32), normal(32)]
    versus_twin(race, "spatial batch norm", "spatial_batchnorm_forward", 2.7, arrays, {"mode": "train"})


def test_layernorm(race):
    versus_twin(race, "layer norm", "layernorm_forward", 7, [normal(500, 1000), normal(1000), normal(1000)], {})


def test_affine(race):
    arrays = [normal(128, 3072), normal(3072, 1024) / np.float32(50), normal(1024)]
    versus_twin(race, "affine", "affine_forward", 1.2, arrays)


def test_dropout(race):
    x, p = np.ones(2_000_000, np.float32), 0.6
    leaf, rng, dout = torch.tensor(x, requires_grad=True), np.random.default_rng(0), normal(2_000_000)
    twin_dout = torch.tensor(dout)

    def ours():
        out, cache = layers.dropout_forward(x, {"mode": "train", "p": p, "rng": rng})
        return out, layers.dropout_backward(dout, cache)

    def torchs():
        out = F.dropout(leaf, 1 - p)
        return out, *torch.autograd.grad(out, leaf, twin_dout)

    race("dropout", ours, torchs, 0.5, same=False)  # two generators, two masks


def test_softmax_loss(race):
    x, y = normal(1000, 1000), RNG.integers(0, 1000, 1000)
    leaf, labels = torch.tensor(x, requires_grad=True), torch.tensor(y)

    def torchs():
        loss = F.cross_entropy(leaf, labels)
        return loss, *torch.autograd.grad(loss, leaf)

    race("softmax loss", lambda: layers.softmax_loss(x, y), torchs, 1.2)


def test_svm_loss(race):
    X, W, y = normal(49_000, 3073), normal(3073, 10) / np.float32(100), RNG.integers(0, 10, 49_000)
    images, weights, labels = torch.tensor(X), torch.tensor(W, requires_grad=True), torch.tensor(y)

    def torchs():
        loss = twins.svm_loss(images @ weights, labels)
        return loss, *torch.autograd.grad(loss, weights)

    race("SVM loss", lambda: svm_loss_vectorized(W, X, y, 0.0), torchs, 0.5)


def test_knn_distances(race):
    X, train = normal(500, 3072), normal(5000, 3072)
    classifier = KNearestNeighbor()
    classifier.train(train, np.zeros(5000, int))
    rows, train_rows = torch.tensor(X), torch.tensor(train)
    ours = lambda: (classifier.compute_distances_no_loops(X),)
    race("kNN distances", ours, lambda: (torch.cdist(rows, train_rows),), 0.7)


def test_knn_top_5(race):
    X, train, y = normal(1000, 3072), normal(50_000, 3072), RNG.integers(0, 10, 50_000)
    classifier = KNearestNeighbor()
    classifier.train(train, y)
    rows, train_rows, labels = torch.tensor(X), torch.tensor(train), torch.tensor(y)

    def torchs():
        nearest = torch.cdist(rows, train_rows).topk(5, largest=False).indices
        return (F.one_hot(labels[nearest], 10).sum(1).argmax(1),)

    race("kNN with top 5", lambda: (classifier.predict(X, k=5),), torchs, 1)


def recurrent(gates: int) -> list[np.ndarray]:
    N, T, D, H = 64, 16, 256, 512
    Wx, Wh = normal(D, gates * H) / np.float32(16), normal(H, gates * H) / np.float32(23)
    return [normal(N, T, D), normal(N, H), Wx, Wh, normal(gates * H)]


def test_rnn(race):
    versus_twin(race, "RNN", "rnn_forward", 0.9, recurrent(1))


def test_lstm(race):
    versus_twin(race, "LSTM", "lstm_forward", 1, recurrent(4))


def test_attention(race):
    N, T, E, heads = 32, 64, 256, 8
    weights = [array for _ in "qkvo" for array in (normal(E, E) / np.float32(16), normal(E))]
    arrays = [normal(N, T, E) for _ in range(3)] + weights
    versus_twin(race, "multi-head attention", "multihead_attention_forward", 1.4, arrays, heads)


def test_adam(race):
    w, dw, settings = normal(10_000_000), normal(10_000_000), {"learning_rate": 1e-3}
    parameter = torch.tensor(w, requires_grad=True)
    parameter.grad = torch.tensor(dw)
    adam = torch.optim.Adam([parameter], lr=1e-3, foreach=True)
    state = {"w": w}

    def ours():
        state["w"], _ = optim.adam(state["w"], dw, settings)
        return (state["w"],)

    def torchs():
        adam.step()
        return (parameter,)

    race("Adam", ours, torchs, 0.9)
