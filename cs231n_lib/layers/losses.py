"""Losses over class scores: the number to make small, and its gradient with respect to the scores."""

import numpy as np

from cs231n_lib.layers import _checks


def svm_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute the mean over images of sum_{c != y} max(0, x_c - x_y + 1).

    Shapes: scores x (N, C), labels y (N,) in 0 .. C - 1.
    Returns: loss, and dx (N, C).
    Raises: ValueError if the sizes do not fit, x holds integers, or a label is out of range.
    Source: Weston and Watkins 1999, Support Vector Machines for Multi-Class Pattern Recognition.
    """
    _check_scores("svm_loss", x, y)
    N, rows = len(x), np.arange(len(x))
    margins = np.maximum(x - x[rows, y][:, None] + 1, 0)  # (N, C)
    margins[rows, y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)  # each violated margin pushes its own score down and the right one up
    return float(margins.sum() / N), dx / N


def softmax_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute the mean over images of -log p_y, with p_c = exp(x_c) / sum_k exp(x_k).

    Shapes: scores x (N, C), labels y (N,) in 0 .. C - 1.
    Returns: loss, and dx = (p - 1[y]) / N (N, C).
    Raises: ValueError if the sizes do not fit, x holds integers, or a label is out of range.
    Source: CS231n notes, Linear Classification, "Softmax classifier".
    """
    _check_scores("softmax_loss", x, y)
    N, rows = len(x), np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)  # the same p, and exp cannot overflow
    right = shifted[rows, y]  # (N,)
    p = np.exp(shifted, out=shifted)  # in place: a second array of this size costs more than the exp
    sums = p.sum(axis=1)
    loss = (np.log(sums) - right).mean()  # -log p_y without the log of a p that rounded to 0
    p *= (1 / (N * sums))[:, None]
    p[rows, y] -= 1 / N
    return float(loss), p


def _check_scores(op: str, x: np.ndarray, y: np.ndarray) -> None:
    _checks.floats(op, x=x)
    sizes = _checks.match(op, x=(x, "N C"), y=(y, "N"))
    _checks.labels(op, "y", y, sizes["C"])
