"""Layers around a sequence model: words to vectors before it, scores and a loss at every step after it."""

import numpy as np

from cs231n_lib.layers import _checks
from cs231n_lib.layers.affine import affine_backward, affine_forward


def word_embedding_forward(x: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Look up the vector of every word, out = W[x].

    Shapes: words x (N, T), integers in 0 .. V - 1; vectors W (V, D).
    Returns: out (N, T, D), and the cache for `word_embedding_backward`.
    Raises: ValueError if a word is out of range or no integer, or the axes do not fit.
    Source: Bengio et al. 2003, A Neural Probabilistic Language Model.
    """
    sizes = _checks.match("word_embedding_forward", x=(x, "N T"), W=(W, "V D"))
    _checks.labels("word_embedding_forward", "x", x, sizes["V"])
    return W[x], (x, W.shape)


def word_embedding_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Add every row of dout to the word it came from; a word that stands twice gets both.

    Words have no gradient: only W is returned.

    Shapes: dout (N, T, D).
    Returns: dW (V, D).
    """
    x, shape = cache
    dW = np.zeros(shape, dout.dtype)
    np.add.at(dW, x, dout)  # dW[x] += dout would keep only the last of several equal words
    return dW


def temporal_affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Compute out_t = x_t w + b at every step in time, with the same w and b.

    Shapes: x (N, T, D), w (D, M), b (M,).
    Returns: out (N, T, M), and the cache for `temporal_affine_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: the affine layer, with batch and time as one axis.
    """
    sizes = _checks.match("temporal_affine_forward", x=(x, "N T D"), w=(w, "D M"), b=(b, "M"))
    N, T, D, M = (sizes[letter] for letter in "NTDM")
    out, cache = affine_forward(x.reshape(N * T, D), w, b)
    return out.reshape(N, T, M), cache


def temporal_affine_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back through the affine layer, and give the gradient of x its time axis again.

    Shapes: dout (N, T, M).
    Returns: dx (N, T, D), dw (D, M), db (M,).
    """
    N, T, M = dout.shape
    dx, dw, db = affine_backward(dout.reshape(N * T, M), cache)
    return dx.reshape(N, T, -1), dw, db


def temporal_softmax_loss(
    x: np.ndarray, y: np.ndarray, mask: np.ndarray, verbose: bool = False
) -> tuple[float, np.ndarray]:
    """Sum -log p_y over the words that count, and divide by the number of sequences N alone.

    Shapes: scores x (N, T, V), words y (N, T) in 0 .. V - 1, mask (N, T): 1 or True where the word counts,
        0 or False at padding, where y may hold anything.
    Settings: verbose prints the shape of the flat gradient (default False).
    Returns: loss, and dx (N, T, V), 0 wherever mask is.
    Raises: ValueError if the sizes do not fit, x holds integers, or a word that counts is out of range.
    Source: CS231n assignment 3, captioning; PyTorch's cross_entropy(reduction="sum") over the words that count, / N.
    """
    _checks.floats("temporal_softmax_loss", x=x)
    sizes = _checks.match("temporal_softmax_loss", x=(x, "N T V"), y=(y, "N T"), mask=(mask, "N T"))
    words = np.where(mask, y, 0).ravel()  # (N T,)
    _checks.labels("temporal_softmax_loss", "y", words, sizes["V"])
    weights = mask.ravel() / sizes["N"]

    rows = np.arange(len(words))
    scores = x.reshape(len(words), -1)  # (N T, V)
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    sums = p.sum(axis=1)
    loss = weights @ (np.log(sums) - shifted[rows, words])
    p *= (weights / sums)[:, None]
    p[rows, words] -= weights
    if verbose:
        print("dx_flat: ", p.shape)
    return float(loss), p.reshape(x.shape)
