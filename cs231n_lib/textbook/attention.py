"""Attention, as a textbook writes it."""

import numpy as np


def attention_forward(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, tuple]:
    """Return softmax(q k' / sqrt(d)) v; mask (T, S) is True where a query may look."""
    d = q.shape[-1]
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(d)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    exp = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exp / exp.sum(axis=-1, keepdims=True)
    out = weights @ v
    return out, (q, k, v, weights)


def attention_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dq, dk, dv."""
    q, k, v, weights = cache
    d = q.shape[-1]
    dv = weights.swapaxes(-1, -2) @ dout
    dweights = dout @ v.swapaxes(-1, -2)
    dscores = weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(d)
    dq = dscores @ k
    dk = dscores.swapaxes(-1, -2) @ q
    return dq, dk, dv


def multihead_attention_forward(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    Wq: np.ndarray,
    bq: np.ndarray,
    Wk: np.ndarray,
    bk: np.ndarray,
    Wv: np.ndarray,
    bv: np.ndarray,
    Wo: np.ndarray,
    bo: np.ndarray,
    num_heads: int,
    mask: np.ndarray | None = None,
) -> tuple[np.ndarray, None]:
    """Return the heads' outputs, joined and projected."""
    N, T, E = query.shape
    S, d = key.shape[1], E // num_heads
    q = (query @ Wq + bq).reshape(N, T, num_heads, d).swapaxes(1, 2)
    k = (key @ Wk + bk).reshape(N, S, num_heads, d).swapaxes(1, 2)
    v = (value @ Wv + bv).reshape(N, S, num_heads, d).swapaxes(1, 2)
    scores = q @ k.swapaxes(2, 3) / np.sqrt(d)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    exp = np.exp(scores - scores.max(axis=3, keepdims=True))
    weights = exp / exp.sum(axis=3, keepdims=True)
    heads = weights @ v
    joined = heads.swapaxes(1, 2).reshape(N, T, E)
    return joined @ Wo + bo, None


def positional_encoding(length: int, dim: int) -> np.ndarray:
    """Return (length, dim): even columns j sin(i 10000^(-j/dim)), odd ones cos(i 10000^(-(j-1)/dim))."""
    i = np.arange(length)[:, None]
    j = np.arange(dim)[None, :]
    angle = i * 10000.0 ** (-(j - j % 2) / dim)
    return np.where(j % 2 == 0, np.sin(angle), np.cos(angle))


def patchify(x: np.ndarray, size: int) -> np.ndarray:
    """Return the patches of x (N, C, H, W) as rows (N, number of patches, C * size * size), left to right, top down."""
    N, C, H, W = x.shape
    patches = x.reshape(N, C, H // size, size, W // size, size)
    return patches.transpose(0, 2, 4, 1, 3, 5).reshape(N, -1, C * size * size)
