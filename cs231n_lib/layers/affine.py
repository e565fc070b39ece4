"""The affine layer: every output is a weighted sum of all inputs, plus a bias."""

import numpy as np

from cs231n_lib.layers import _checks


def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Compute out = x w + b, each x[n] read as one row of D numbers.

    Shapes: x (N, d1, ..., dk) with D = d1 * ... * dk, w (D, M), b (M,).
    Returns: out (N, M), and the cache for `affine_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: CS231n notes, Neural Networks Part 1. PyTorch stores the same weights transposed, (M, D).
    """
    rows = x.reshape(len(x), -1)  # (N, D)
    _checks.floats("affine_forward", x=x)
    _checks.match("affine_forward", x=(rows, "N D"), w=(w, "D M"), b=(b, "M"))
    return rows @ w + b, (x, w)


def affine_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back: dx = dout w', dw = x' dout, db = the sum of dout over the batch.

    Shapes: dout (N, M).
    Returns: dx (N, d1, ..., dk), dw (D, M), db (M,).
    Source: CS231n notes, Backpropagation, "Gradients for vectorized operations".
    """
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw, dout.sum(axis=0)
