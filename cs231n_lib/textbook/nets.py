"""Nets, as a textbook writes them."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.nets import captioning

from .conv import conv_backward_naive, conv_forward_naive, max_pool_backward_naive, max_pool_forward_naive
from .layers import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss
from .norm import (
    batchnorm_backward,
    batchnorm_forward,
    dropout_backward,
    dropout_forward,
    layernorm_backward,
    layernorm_forward,
)
from .rnn import (
    lstm_backward,
    lstm_forward,
    lstm_step_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)


class FullyConnectedNet:
    """{affine - [norm] - relu - [dropout]} x (L - 1) - affine - softmax."""

    bn_params: list[dict[str, Any]]
    dropout_param: dict[str, Any]

    def __init__(
        self,
        hidden_dims: Sequence[int],
        input_dim: int,
        num_classes: int,
        dropout_keep_ratio: float = 1,
        normalization: str | None = None,
        reg: float = 0.0,
        weight_scale: float = 1e-2,
        seed: int | None = None,
        **_: Any,
    ):
        self.params, self.reg, self.normalization = {}, reg, normalization
        self.num_layers = 1 + len(hidden_dims)
        widths = [input_dim, *hidden_dims, num_classes]
        for i, shape in enumerate(itertools.pairwise(widths), 1):
            outputs = shape[1]
            self.params[f"W{i}"] = weight_scale * np.random.randn(*shape)
            self.params[f"b{i}"] = np.zeros(outputs)
            if normalization and i < self.num_layers:
                self.params[f"gamma{i}"] = np.ones(outputs)
                self.params[f"beta{i}"] = np.zeros(outputs)
        self.use_dropout = dropout_keep_ratio != 1
        self.dropout_param = {"mode": "train", "p": dropout_keep_ratio, "seed": seed} if self.use_dropout else {}
        self.bn_params = [{"mode": "train"} for _ in hidden_dims] if normalization else []

    def loss(self, X: np.ndarray, y: np.ndarray | None = None) -> np.ndarray | tuple[float, dict[str, np.ndarray]]:
        """Return the scores, or the loss and the gradients where y is given."""
        for param in [*self.bn_params, self.dropout_param]:
            param["mode"] = "test" if y is None else "train"
        p, L, caches = self.params, self.num_layers, []
        h = X
        for i in range(1, L):
            h, affine_cache = affine_forward(h, p[f"W{i}"], p[f"b{i}"])
            norm_cache = drop_cache = None
            if self.normalization == "batchnorm":
                h, norm_cache = batchnorm_forward(h, p[f"gamma{i}"], p[f"beta{i}"], self.bn_params[i - 1])
            if self.normalization == "layernorm":
                h, norm_cache = layernorm_forward(h, p[f"gamma{i}"], p[f"beta{i}"], self.bn_params[i - 1])
            h, relu_cache = relu_forward(h)
            if self.use_dropout:
                h, drop_cache = dropout_forward(h, self.dropout_param)
            caches.append((affine_cache, norm_cache, relu_cache, drop_cache))
        scores, last_cache = affine_forward(h, p[f"W{L}"], p[f"b{L}"])
        if y is None:
            return scores
        loss, dout = softmax_loss(scores, y)
        for i in range(1, L + 1):
            loss += 0.5 * self.reg * np.sum(p[f"W{i}"] ** 2)
        grads = {}
        dout, dW, grads[f"b{L}"] = affine_backward(dout, last_cache)
        grads[f"W{L}"] = dW + self.reg * p[f"W{L}"]
        for i in range(L - 1, 0, -1):
            affine_cache, norm_cache, relu_cache, drop_cache = caches[i - 1]
            if self.use_dropout:
                dout = dropout_backward(dout, drop_cache)
            dout = relu_backward(dout, relu_cache)
            if self.normalization == "batchnorm":
                dout, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward(dout, norm_cache)
            if self.normalization == "layernorm":
                dout, grads[f"gamma{i}"], grads[f"beta{i}"] = layernorm_backward(dout, norm_cache)
            dout, dW, grads[f"b{i}"] = affine_backward(dout, affine_cache)
            grads[f"W{i}"] = dW + self.reg * p[f"W{i}"]
        return loss, grads


class ThreeLayerConvNet:
    """conv - relu - 2 x 2 max pool - affine - relu - affine - softmax."""

    def __init__(
        self,
        input_dim: tuple[int, int, int],
        num_filters: int,
        filter_size: int,
        hidden_dim: int,
        num_classes: int,
        weight_scale: float = 1e-3,
        reg: float = 0.0,
        dtype: DTypeLike | None = None,
    ):
        self.params, self.reg = {}, reg
        C, H, W = input_dim
        filters = (num_filters, C, filter_size, filter_size)
        matrices = (num_filters * (H // 2) * (W // 2), hidden_dim), (hidden_dim, num_classes)
        for i, shape in enumerate((filters, *matrices), 1):
            outputs = num_filters if i == 1 else shape[1]
            self.params[f"W{i}"] = weight_scale * np.random.randn(*shape)
            self.params[f"b{i}"] = np.zeros(outputs)

    def loss(self, X: np.ndarray, y: np.ndarray | None = None) -> np.ndarray | tuple[float, dict[str, np.ndarray]]:
        """Return the scores, or the loss and the gradients where y is given."""
        W1, b1, W2, b2, W3, b3 = (self.params[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
        conv_param = {"stride": 1, "pad": (W1.shape[2] - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        a, conv_cache = conv_forward_naive(X, W1, b1, conv_param)
        h, relu1_cache = relu_forward(a)
        pooled, pool_cache = max_pool_forward_naive(h, pool_param)
        z, affine1_cache = affine_forward(pooled, W2, b2)
        hidden, relu2_cache = relu_forward(z)
        scores, affine2_cache = affine_forward(hidden, W3, b3)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))
        dhidden, dW3, db3 = affine_backward(dscores, affine2_cache)
        dz = relu_backward(dhidden, relu2_cache)
        dpooled, dW2, db2 = affine_backward(dz, affine1_cache)
        dh = max_pool_backward_naive(dpooled, pool_cache)
        da = relu_backward(dh, relu1_cache)
        _, dW1, db1 = conv_backward_naive(da, conv_cache)
        dW1 = dW1 + self.reg * W1
        dW2 = dW2 + self.reg * W2
        dW3 = dW3 + self.reg * W3
        return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}


class CaptioningRNN(captioning.CaptioningRNN):
    """Picture features start the memory; then word after word."""

    def loss(self, features: np.ndarray, captions: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        """Return the loss of guessing each next word, and the gradients."""
        p = self.params
        captions_in = captions[:, :-1]
        captions_out = captions[:, 1:]
        mask = captions_out != self._null
        forward, backward = (rnn_forward, rnn_backward) if self.cell_type == "rnn" else (lstm_forward, lstm_backward)
        h0, h0_cache = affine_forward(features, p["W_proj"], p["b_proj"])
        x, x_cache = word_embedding_forward(captions_in, p["W_embed"])
        h, h_cache = forward(x, h0, p["Wx"], p["Wh"], p["b"])
        scores, scores_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, dscores = temporal_softmax_loss(scores, captions_out, mask)
        grads = {}
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, scores_cache)
        dx, dh0, grads["Wx"], grads["Wh"], grads["b"] = backward(dh, h_cache)
        grads["W_embed"] = word_embedding_backward(dx, x_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, h0_cache)
        return loss, grads

    def sample(self, features: np.ndarray, max_length: int = 30) -> np.ndarray:
        """Return captions (N, max_length): the likeliest word each time, read as the next input."""
        p = self.params
        N = len(features)
        captions = np.zeros((N, max_length), dtype=int)
        h = features @ p["W_proj"] + p["b_proj"]
        c = np.zeros_like(h)
        word = np.full(N, self._start)
        for t in range(max_length):
            x = p["W_embed"][word]
            if self.cell_type == "rnn":
                h, _ = rnn_step_forward(x, h, p["Wx"], p["Wh"], p["b"])
            else:
                h, c, _ = lstm_step_forward(x, h, c, p["Wx"], p["Wh"], p["b"])
            scores = h @ p["W_vocab"] + p["b_vocab"]
            word = scores.argmax(axis=1)
            captions[:, t] = word
        return captions
