"""Attention: every position asks all others a question, and takes a mixture of what those that match have to say."""

import math

import numpy as np

from cs231n_lib.layers import _checks
from cs231n_lib.layers.sequence import temporal_affine_backward, temporal_affine_forward


def attention_forward(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, tuple]:
    """Compute out = softmax(q k' / sqrt(d)) v, the softmax over the S keys.

    Shapes: q (..., T, d), k (..., S, d), v (..., S, e), the leading axes alike; mask (T, S), 1 or True where a query
        may look, 0 or False where it may not.
    Settings: mask (default None: every query sees every key).
    Returns: out (..., T, e), and the cache for `attention_backward`.
    Raises: ValueError if the sizes do not fit, q holds integers, or mask leaves a query no key at all.
    Source: Vaswani et al. 2017, Attention Is All You Need, equation 1.
    """
    _check_attention("attention_forward", q, k, v, mask)
    scale = 1 / math.sqrt(q.shape[-1])  # a Python float: NumPy's would turn float32 into float64
    scores = (q * scale) @ k.swapaxes(-1, -2)  # (..., T, S)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)  # before the softmax, so that the rest still sums to 1
    weights = _softmax_in_place(scores)
    return weights @ v, (q, k, v, weights, scale)


def attention_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back through the mixture, the softmax and the scores.

    Shapes: dout (..., T, e).
    Returns: dq (..., T, d), dk (..., S, d), dv (..., S, e).
    """
    q, k, v, weights, scale = cache
    dv = weights.swapaxes(-1, -2) @ dout
    dscores = dout @ v.swapaxes(-1, -2)  # (..., T, S), so far the gradient of the weights
    dscores -= np.einsum("...ts,...ts->...t", dscores, weights)[..., None]  # softmax: its weights share one sum
    dscores *= weights
    dscores *= scale
    return dscores @ k, dscores.swapaxes(-1, -2) @ q, dv


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
) -> tuple[np.ndarray, tuple]:
    """Attend in several heads at once: project, split E into heads, attend in each, join them, project again.

    For self-attention give the same array as query, key and value, and add the three gradients that come back.

    Shapes: query (N, T, E), key and value (N, S, E); Wq, Wk, Wv, Wo (E, E); bq, bk, bv, bo (E,); mask (T, S) as in
        `attention_forward`.
    Settings: num_heads, a divisor of E; mask (default None).
    Returns: out (N, T, E), and the cache for `multihead_attention_backward`.
    Raises: ValueError if the sizes do not fit, query holds integers, num_heads does not divide E, or mask leaves a
        query no key at all.
    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.2.
    """
    op = "multihead_attention_forward"
    sizes = _checks.match(op, query=(query, "N T E"), key=(key, "N S E"), value=(value, "N S E"))
    if num_heads < 1 or sizes["E"] % num_heads:
        raise ValueError(f"{op}: num_heads is {num_heads}; use a divisor of E = {sizes['E']}")
    q, q_cache = temporal_affine_forward(query, Wq, bq)
    k, k_cache = temporal_affine_forward(key, Wk, bk)
    v, v_cache = temporal_affine_forward(value, Wv, bv)
    q, k, v = (_split_heads(x, num_heads) for x in (q, k, v))  # (N, heads, T or S, E / heads)
    heads, core = attention_forward(q, k, v, mask)
    out, out_cache = temporal_affine_forward(_join_heads(heads), Wo, bo)
    return out, (q_cache, k_cache, v_cache, core, out_cache, num_heads)


def multihead_attention_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Undo joining, attention, splitting and the projections, last to first.

    Shapes: dout (N, T, E).
    Returns: dquery, dkey, dvalue, dWq, dbq, dWk, dbk, dWv, dbv, dWo, dbo.
    """
    q_cache, k_cache, v_cache, core, out_cache, num_heads = cache
    dheads, dWo, dbo = temporal_affine_backward(dout, out_cache)
    dq, dk, dv = (_join_heads(dx) for dx in attention_backward(_split_heads(dheads, num_heads), core))
    dquery, dWq, dbq = temporal_affine_backward(dq, q_cache)
    dkey, dWk, dbk = temporal_affine_backward(dk, k_cache)
    dvalue, dWv, dbv = temporal_affine_backward(dv, v_cache)
    return dquery, dkey, dvalue, dWq, dbq, dWk, dbk, dWv, dbv, dWo, dbo


def positional_encoding(length: int, dim: int) -> np.ndarray:
    """Return one vector for every position: sines and cosines, each pair of columns slower than the one before.

    Column j of position i is sin(i / 10000^(j / dim)) for even j, and cos(i / 10000^((j - 1) / dim)) for odd j.

    Settings: length, the number of positions T; dim, the width E.
    Returns: (T, E) in float64.
    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.5.
    """
    column = np.arange(dim)
    angle = np.arange(length)[:, None] / 10000 ** ((column - column % 2) / dim)  # (T, E): a column and its neighbour
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))


def positional_encoding_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Add to every vector the encoding of its place, out_t = x_t + `positional_encoding`_t.

    Shapes: x (N, T, E).
    Returns: out (N, T, E), and an empty cache.
    Raises: ValueError if x has another number of axes or holds integers.
    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.5.
    """
    _checks.floats("positional_encoding_forward", x=x)
    sizes = _checks.match("positional_encoding_forward", x=(x, "N T E"))
    return x + positional_encoding(sizes["T"], sizes["E"]).astype(x.dtype), ()


def positional_encoding_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Pass dout on as it is: the encoding is a constant.

    Shapes: dout (N, T, E).
    Returns: dx (N, T, E).
    """
    return dout


def _softmax_in_place(scores: np.ndarray) -> np.ndarray:
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def _split_heads(x: np.ndarray, num_heads: int) -> np.ndarray:
    """(N, T, E) -> (N, heads, T, E / heads): columns of one head stay together."""
    N, T, E = x.shape
    return x.reshape(N, T, num_heads, E // num_heads).swapaxes(1, 2)


def _join_heads(x: np.ndarray) -> np.ndarray:
    """(N, heads, T, d) -> (N, T, heads * d), undoing `_split_heads`."""
    N, heads, T, d = x.shape
    return x.swapaxes(1, 2).reshape(N, T, heads * d)


def _check_attention(op: str, q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None) -> None:
    _checks.floats(op, q=q)
    fits = min(q.ndim, k.ndim, v.ndim) >= 2 and q.shape[:-2] == k.shape[:-2] == v.shape[:-2]
    if not fits or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(
            f"{op}: q, k and v have shapes {q.shape}, {k.shape} and {v.shape}; use (..., T, d), (..., S, d) and "
            "(..., S, e) with the same leading axes"
        )
    if mask is None:
        return
    if np.shape(mask) != (q.shape[-2], k.shape[-2]):
        raise ValueError(f"{op}: mask has shape {np.shape(mask)}; use (T, S) = ({q.shape[-2]}, {k.shape[-2]})")
    blind = np.flatnonzero(~np.any(mask, axis=1))
    if blind.size:
        raise ValueError(f"{op}: mask leaves query {blind[0]} no key; let every query see at least one")
