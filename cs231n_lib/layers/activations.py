"""Activations: one function applied to every number, and its slope."""

import numpy as np

from cs231n_lib.layers import _checks


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute out = max(x, 0).

    Shapes: x of any shape; out the same.
    Returns: out, and the cache for `relu_backward`.
    Source: Nair and Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines.
    """
    return np.maximum(x, 0), x


def relu_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Let dout through where x > 0; at the kink x = 0 the slope is taken as 0.

    Shapes: dout of x's shape.
    Returns: dx, of the same.
    """
    return dout * (cache > 0)  # a product: writing through a random mask takes five times as long


def leaky_relu_forward(x: np.ndarray, alpha: float = 0.01) -> tuple[np.ndarray, tuple]:
    """Compute out = x where x > 0, and alpha x elsewhere.

    Shapes: x of any shape; out the same.
    Settings: alpha, the slope left of 0, in [0, 1] (default 0.01).
    Returns: out, and the cache for `leaky_relu_backward`.
    Raises: ValueError if alpha is outside [0, 1].
    Source: Maas, Hannun and Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models.
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"leaky_relu_forward: alpha is {alpha}; give a slope in [0, 1]")
    alpha = _checks.number(alpha)
    return np.maximum(x, alpha * x), (x, alpha)


def leaky_relu_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Multiply dout by 1 where x > 0, and by alpha elsewhere.

    Shapes: dout of x's shape.
    Returns: dx, of the same.
    """
    x, alpha = cache
    return dout * np.where(x > 0, 1, alpha).astype(dout.dtype)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Compute 1 / (1 + exp(-x)), without overflow at either end.

    Shapes: x of any shape; returns the same.
    Source: the identity sigmoid(x) = (1 + tanh(x / 2)) / 2.
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def sigmoid_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute out = 1 / (1 + exp(-x)).

    Shapes: x of any shape; out the same.
    Returns: out, and the cache for `sigmoid_backward`.
    Source: CS231n notes, Neural Networks Part 1, "Commonly used activation functions".
    """
    out = sigmoid(x)
    return out, out


def sigmoid_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Multiply dout by the slope out (1 - out), which is 1/4 at most.

    Shapes: dout of x's shape.
    Returns: dx, of the same.
    """
    return dout * cache * (1 - cache)


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute out = tanh(x).

    Shapes: x of any shape; out the same.
    Returns: out, and the cache for `tanh_backward`.
    Source: CS231n notes, Neural Networks Part 1, "Commonly used activation functions".
    """
    out = np.tanh(x)
    return out, out


def tanh_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Multiply dout by the slope 1 - out^2, which is 1 at most.

    Shapes: dout of x's shape.
    Returns: dx, of the same.
    """
    return dout * (1 - cache * cache)
