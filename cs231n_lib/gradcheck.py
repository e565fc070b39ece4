"""Numerical gradients, to prove the derived ones: change one number a little and watch what the function does.

All use central differences, (f(x + h) - f(x - h)) / 2h, whose error falls as h^2. They write into x, one entry at a
time, and put the old value back, so f must read x at each call.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike


def eval_numerical_gradient(
    f: Callable[[np.ndarray], float | np.ndarray], x: np.ndarray, verbose: bool = True, h: float = 1e-5
) -> np.ndarray:
    """Return the gradient of f, a function of x that gives one number.

    Shapes: x of any shape, floating point.  verbose: print each index and its slope, default True.
    h: half the distance between the two points compared, default 1e-5.
    Returns: an array like x.
    """
    grad = np.zeros_like(_checked("eval_numerical_gradient", x))
    for index in np.ndindex(x.shape):
        grad[index] = _slope(f, x, index, h)
        if verbose:
            print(index, grad[index])
    return grad


def eval_numerical_gradient_array(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, df: np.ndarray, h: float = 1e-5
) -> np.ndarray:
    """Return the gradient of sum(f(x) * df) with respect to x, for f that gives an array.

    df is the gradient that arrives from above, called dout in the layers: what x's layer must send further down.

    Shapes: x of any shape, floating point; df as f's output.  h: as in eval_numerical_gradient.
    Returns: an array like x.
    """
    return eval_numerical_gradient(lambda x: np.sum(f(x) * df), x, verbose=False, h=h)


def grad_check_sparse(
    f: Callable[[np.ndarray], float | np.ndarray],
    x: np.ndarray,
    analytic_grad: np.ndarray,
    num_checks: int = 10,
    h: float = 1e-5,
    rng: int | np.random.Generator | None = None,
) -> None:
    """Print numerical and analytic slope of f at a few random entries of x.

    Shapes: x and analytic_grad of the same shape.  num_checks: how many entries, default 10.
    rng: a seed or a NumPy Generator that chooses them, default a fresh one.
    """
    rng = np.random.default_rng(rng)
    _checked("grad_check_sparse", x)
    for _ in range(num_checks):
        index = tuple(int(rng.integers(size)) for size in x.shape)
        numerical, analytic = _slope(f, x, index, h), float(analytic_grad[index])
        error = _relative(numerical, analytic, smallest=np.finfo(float).tiny)
        print(f"numerical: {numerical:f} analytic: {analytic:f}, relative error: {error:e}")


def rel_error(x: ArrayLike, y: ArrayLike) -> float:
    """Return the largest relative difference, max |x - y| / max(1e-8, |x| + |y|), of two arrays of one shape."""
    x, y = np.asarray(x), np.asarray(y)
    if x.shape != y.shape:
        raise ValueError(f"rel_error: the shapes {x.shape} and {y.shape} differ; compare arrays of one shape")
    return float(np.max(_relative(x, y, smallest=1e-8)))


def _slope(f: Callable[[np.ndarray], float | np.ndarray], x: np.ndarray, index: tuple[int, ...], h: float) -> float:
    old = x[index]
    x[index] = old + h
    above = f(x)
    x[index] = old - h
    below = f(x)
    x[index] = old
    return float(above - below) / (2 * h)


def _relative(x: np.ndarray | float, y: np.ndarray | float, smallest: float) -> np.ndarray:
    return np.abs(x - y) / np.maximum(smallest, np.abs(x) + np.abs(y))


def _checked(operation: str, x: np.ndarray) -> np.ndarray:
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        kind = f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
        raise ValueError(f"{operation}: x is {kind}, which a small step would not change; use a float64 array")
    return x
