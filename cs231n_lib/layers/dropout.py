"""Inverted dropout: while training, each number stays with probability p and is divided by p."""

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.layers import _checks


def dropout_forward(x: np.ndarray, dropout_param: dict) -> tuple[np.ndarray, np.ndarray | None]:
    """Keep each number with probability p and divide it by p in "train" mode; return x itself in "test" mode.

    Dividing by p keeps the mean, so that testing needs no scaling. PyTorch's p is the probability to DROP, 1 - p.

    Shapes: x of any shape; out the same.
    Settings: dropout_param["mode"] is "train" or "test"; ["p"] the probability to keep, in (0, 1]; ["seed"], an
        integer, draws the same mask at each call; ["rng"], a NumPy Generator, goes on drawing from one stream
        (default: NumPy's global generator).
    Returns: out, and the cache for `dropout_backward`.
    Raises: ValueError if a setting is missing or unknown, or x holds integers.
    Source: Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks from Overfitting.
    """
    _checks.floats("dropout_forward", x=x)
    if _checks.mode("dropout_forward", "dropout_param", dropout_param) == "test":
        return x, None
    mask = dropout_mask(x.shape, x.dtype, dropout_param)
    return x * mask, mask


def dropout_backward(dout: np.ndarray, cache: np.ndarray | None) -> np.ndarray:
    """Send dout through the same mask.

    Shapes: dout of x's shape.
    Returns: dx, of the same.
    """
    return dout if cache is None else dout * cache


def dropout_mask(shape: tuple[int, ...], dtype: DTypeLike, dropout_param: dict) -> np.ndarray:
    """Draw a mask that is 1 / p with probability p, and 0 elsewhere.

    Settings: dropout_param as in `dropout_forward`.
    Returns: the mask, of the given shape and dtype.
    Raises: ValueError if p is missing or outside (0, 1].
    """
    p = _checks.setting("dropout_forward", "dropout_param", dropout_param, "p")
    if not 0 < p <= 1:
        raise ValueError(f'dropout_forward: dropout_param["p"] is {p}; give the probability to keep, in (0, 1]')
    seed = dropout_param.get("seed")
    rng = dropout_param.get("rng", np.random) if seed is None else np.random.RandomState(seed)
    mask = (rng.random(shape) < p).astype(dtype)
    mask /= p
    return mask
