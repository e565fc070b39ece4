"""The same layers in PyTorch: same names and arguments, forward only; autograd supplies what the backwards compute.

Where the two conventions part: p is the probability to keep here and to drop in PyTorch; running_var divides by N here
and by N - 1 there; momentum 0.9 here is 0.1 there; nn.Linear stores w transposed; LSTM gates are i, f, o, g here and
i, f, g, o there. Both give a tied maximum's gradient to the first of the window. In "train" mode the batch-norm twins
leave bn_param's running statistics as they are.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cs231n_lib.layers.attention import positional_encoding
from cs231n_lib.layers.dropout import dropout_mask

if TYPE_CHECKING:
    from cs231n_lib.chain import Step


def chain(x: Tensor, params: Mapping[str, Tensor], steps: "Sequence[Step]") -> Tensor:
    """Run a NumPy net's own steps under autograd, each forward replaced by its twin.

    Settings: params, tensors by the net's names.
    Returns: out.
    """
    for step in steps:
        x = globals()[step.forward.__name__](x, *(params[name] for name in step.names), *step.settings)
    return x


def affine_forward(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Compute out = x w + b; F.linear takes w transposed."""
    return F.linear(x.flatten(1), w.T, b)


def relu_forward(x: Tensor) -> Tensor:
    """Compute max(x, 0)."""
    return F.relu(x)


def leaky_relu_forward(x: Tensor, alpha: float = 0.01) -> Tensor:
    """Compute x where x > 0, and alpha x elsewhere."""
    return F.leaky_relu(x, alpha)


def sigmoid_forward(x: Tensor) -> Tensor:
    """Compute 1 / (1 + exp(-x))."""
    return torch.sigmoid(x)


def tanh_forward(x: Tensor) -> Tensor:
    """Compute tanh(x)."""
    return torch.tanh(x)


def svm_loss(x: Tensor, y: Tensor) -> Tensor:
    """Compute the mean hinge loss; PyTorch divides by the number of classes as well."""
    return F.multi_margin_loss(x, y) * x.shape[1]


def softmax_loss(x: Tensor, y: Tensor) -> Tensor:
    """Compute the mean cross-entropy."""
    return F.cross_entropy(x, y)


def dropout_forward(x: Tensor, dropout_param: dict) -> Tensor:
    """Multiply by the NumPy layer's own mask; F.dropout(x, 1 - p) would draw another one."""
    if dropout_param["mode"] == "test":
        return x
    return x * torch.as_tensor(dropout_mask(tuple(x.shape), np.float64, dropout_param)).to(x)


def batchnorm_forward(x: Tensor, gamma: Tensor, beta: Tensor, bn_param: dict) -> Tensor:
    """Normalise each feature over the batch, or by the running statistics."""
    eps, start = bn_param.get("eps", 1e-5), torch.zeros(x.shape[1])
    if bn_param["mode"] == "train":
        return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    mean, var = (torch.as_tensor(bn_param.get(key, start)).to(x) for key in ("running_mean", "running_var"))
    return F.batch_norm(x, mean, var, gamma, beta, eps=eps)


def spatial_batchnorm_forward(x: Tensor, gamma: Tensor, beta: Tensor, bn_param: dict) -> Tensor:
    """Normalise each channel over images and places; PyTorch's function is the same for 2 and 4 axes."""
    return batchnorm_forward(x, gamma, beta, bn_param)


def layernorm_forward(x: Tensor, gamma: Tensor, beta: Tensor, ln_param: dict) -> Tensor:
    """Normalise each image over its features."""
    return F.layer_norm(x, gamma.shape, gamma, beta, ln_param.get("eps", 1e-5))


def spatial_groupnorm_forward(x: Tensor, gamma: Tensor, beta: Tensor, G: int, gn_param: dict) -> Tensor:
    """Normalise each group of channels of each image; PyTorch takes gamma and beta as (C,)."""
    return F.group_norm(x, G, gamma.flatten(), beta.flatten(), gn_param.get("eps", 1e-5))


def conv_forward_naive(x: Tensor, w: Tensor, b: Tensor, conv_param: dict) -> Tensor:
    """Slide w over x; PyTorch does not flip the kernel either."""
    return F.conv2d(x, w, b, conv_param["stride"], conv_param["pad"])


def max_pool_forward_naive(x: Tensor, pool_param: dict) -> Tensor:
    """Take the maximum of each window."""
    return F.max_pool2d(x, (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"])


conv_forward_fast = conv_forward_naive
max_pool_forward_fast = max_pool_forward_naive


def affine_relu_forward(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Compute relu(affine(x))."""
    return F.relu(affine_forward(x, w, b))


def affine_bn_relu_forward(x: Tensor, w: Tensor, b: Tensor, gamma: Tensor, beta: Tensor, bn_param: dict) -> Tensor:
    """Compute relu(batchnorm(affine(x)))."""
    return F.relu(batchnorm_forward(affine_forward(x, w, b), gamma, beta, bn_param))


def affine_ln_relu_forward(x: Tensor, w: Tensor, b: Tensor, gamma: Tensor, beta: Tensor, ln_param: dict) -> Tensor:
    """Compute relu(layernorm(affine(x)))."""
    return F.relu(layernorm_forward(affine_forward(x, w, b), gamma, beta, ln_param))


def conv_relu_forward(x: Tensor, w: Tensor, b: Tensor, conv_param: dict) -> Tensor:
    """Compute relu(conv(x))."""
    return F.relu(conv_forward_naive(x, w, b, conv_param))


def conv_bn_relu_forward(
    x: Tensor, w: Tensor, b: Tensor, gamma: Tensor, beta: Tensor, conv_param: dict, bn_param: dict
) -> Tensor:
    """Compute relu(spatial_batchnorm(conv(x)))."""
    return F.relu(spatial_batchnorm_forward(conv_forward_naive(x, w, b, conv_param), gamma, beta, bn_param))


def conv_relu_pool_forward(x: Tensor, w: Tensor, b: Tensor, conv_param: dict, pool_param: dict) -> Tensor:
    """Compute max_pool(relu(conv(x)))."""
    return max_pool_forward_naive(conv_relu_forward(x, w, b, conv_param), pool_param)


def rnn_step_forward(x: Tensor, prev_h: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor) -> Tensor:
    """Compute tanh(x Wx + prev_h Wh + b); PyTorch keeps one bias for each product."""
    return torch.rnn_tanh_cell(x, prev_h, Wx.T, Wh.T, b, torch.zeros_like(b))


def rnn_forward(x: Tensor, h0: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor) -> Tensor:
    """Run the step over a whole sequence."""
    weights = (Wx.T, Wh.T, b, torch.zeros_like(b))
    return torch.rnn_tanh(x, h0[None], weights, True, 1, 0.0, False, False, True)[0]


def lstm_step_forward(
    x: Tensor, prev_h: Tensor, prev_c: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """Compute the next h and c; PyTorch's gates stand in another order."""
    Wx, Wh, b = (_pytorch_gates(weight) for weight in (Wx, Wh, b))
    return torch.lstm_cell(x, (prev_h, prev_c), Wx.T, Wh.T, b, torch.zeros_like(b))


def lstm_forward(x: Tensor, h0: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor) -> Tensor:
    """Run the LSTM over a whole sequence; the cell starts at 0."""
    Wx, Wh, b = (_pytorch_gates(weight) for weight in (Wx, Wh, b))
    start, weights = (h0[None], torch.zeros_like(h0)[None]), (Wx.T, Wh.T, b, torch.zeros_like(b))
    return torch.lstm(x, start, weights, True, 1, 0.0, False, False, True)[0]


def word_embedding_forward(x: Tensor, W: Tensor) -> Tensor:
    """Look up the vector of every word."""
    return F.embedding(x, W)


def temporal_affine_forward(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Compute x_t w + b at every step in time."""
    return F.linear(x, w.T, b)


def temporal_softmax_loss(x: Tensor, y: Tensor, mask: Tensor, verbose: bool = False) -> Tensor:
    """Sum -log p_y over the words that count, and divide by the number of sequences."""
    words = torch.where(mask.bool(), y, -100)  # -100 is PyTorch's mark for a word that does not count
    return F.cross_entropy(x.flatten(0, 1), words.flatten(), ignore_index=-100, reduction="sum") / len(x)


def attention_forward(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Compute softmax(q k' / sqrt(d)) v."""
    return F.scaled_dot_product_attention(q, k, v, None if mask is None else mask.bool())


def multihead_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    Wq: Tensor,
    bq: Tensor,
    Wk: Tensor,
    bk: Tensor,
    Wv: Tensor,
    bv: Tensor,
    Wo: Tensor,
    bo: Tensor,
    num_heads: int,
    mask: Tensor | None = None,
) -> Tensor:
    """Attend in several heads; PyTorch puts time first, stores weights transposed, and its mask blocks where True."""
    query, key, value = (x.transpose(0, 1) for x in (query, key, value))
    out, _ = F.multi_head_attention_forward(
        query,
        key,
        value,
        embed_dim_to_check=query.shape[2],
        num_heads=num_heads,
        in_proj_weight=None,
        in_proj_bias=torch.cat([bq, bk, bv]),
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=Wo.T,
        out_proj_bias=bo,
        need_weights=False,
        attn_mask=None if mask is None else ~mask.bool(),
        use_separate_proj_weight=True,
        q_proj_weight=Wq.T,
        k_proj_weight=Wk.T,
        v_proj_weight=Wv.T,
    )
    return out.transpose(0, 1)


def positional_encoding_forward(x: Tensor) -> Tensor:
    """Add to every vector the encoding of its place."""
    return x + torch.as_tensor(positional_encoding(*x.shape[1:])).to(x)


def _pytorch_gates(weight: Tensor) -> Tensor:
    i, f, o, g = weight.chunk(4, dim=-1)
    return torch.cat([i, f, g, o], dim=-1)
