"""Max pooling: of each window only the largest number goes on, and only it receives a gradient."""

import math

import numpy as np

from cs231n_lib.layers import _checks

CACHED = 1 << 17  # numbers that stay in a processor's cache from one pass over them to the next


def max_pool_forward_naive(x: np.ndarray, pool_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute out[n, c, i, j] = max(window(n, c, i, j)), without padding.

    Shapes: x (N, C, H, W); OH = 1 + (H - pool_height) // stride, OW likewise.
    Settings: pool_param["pool_height"], ["pool_width"] >= 1 pixels, ["stride"] >= 1 pixels from window to window.
    Returns: out (N, C, OH, OW), and the cache for `max_pool_backward_naive`.
    Raises: ValueError if x has not four axes, a setting is missing, or no window fits.
    Source: CS231n notes, Convolutional Networks, "Pooling Layer".
    """
    PH, PW, stride, OH, OW = _pool_sizes("max_pool_forward_naive", x, pool_param)
    N, C = x.shape[:2]
    out = np.zeros((N, C, OH, OW), x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    window = x[n, c, i * stride : i * stride + PH, j * stride : j * stride + PW]  # (PH, PW)
                    out[n, c, i, j] = window.max()
    return out, (x, PH, PW, stride)


def max_pool_backward_naive(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Send each dout to the largest number of its window; of equal ones the first, row by row, gets it all.

    Shapes: dout (N, C, OH, OW).
    Returns: dx (N, C, H, W).
    """
    x, PH, PW, stride = cache
    N, C, OH, OW = dout.shape
    dx = np.zeros(x.shape, dout.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    window = x[n, c, i * stride : i * stride + PH, j * stride : j * stride + PW]
                    row, column = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * stride + row, j * stride + column] += dout[n, c, i, j]  # += because windows overlap
    return dx


def max_pool_forward_fast(x: np.ndarray, pool_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute the same as `max_pool_forward_naive`, for all windows at once, one place of the window after another.

    Shapes: x (N, C, H, W).
    Settings: pool_param as in `max_pool_forward_naive`.
    Returns: out (N, C, OH, OW), and the cache for `max_pool_backward_fast`.
    Raises: ValueError as `max_pool_forward_naive`.
    """
    PH, PW, stride, OH, OW = _pool_sizes("max_pool_forward_fast", x, pool_param)
    places = [
        np.s_[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] for i in range(PH) for j in range(PW)
    ]
    out = x[places[0]].copy(order="K")
    for place in places[1:]:
        np.maximum(out, x[place], out=out)
    return out, (x, out, places, max(PH, PW) > stride)


def max_pool_backward_fast(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Compute the same as `max_pool_backward_naive`: the first place that holds the maximum takes dout.

    Shapes: dout (N, C, OH, OW).
    Returns: dx (N, C, H, W).
    """
    x, out, places, overlap = cache
    dx = np.zeros_like(x, dtype=dout.dtype)
    at_once = max(
        1, CACHED // math.prod(x.shape[1:])
    )  # a few images at a time: what four passes read stays in the cache
    for n in range(0, len(x), at_once):
        images = slice(n, n + at_once)
        _give_to_winners(dx[images], dout[images], x[images], out[images], places, overlap)
    return dx


def _give_to_winners(
    dx: np.ndarray, dout: np.ndarray, x: np.ndarray, out: np.ndarray, places: list[tuple[slice, ...]], overlap: bool
) -> None:
    """Add dout to dx where x is the first of its window to hold the maximum."""
    free = np.ones_like(out, dtype=bool)
    for place in places:
        hit = free & (x[place] == out)
        free ^= hit
        if overlap:
            dx[place] += dout * hit
        else:  # no pixel is met twice, and writing without reading takes less time
            np.multiply(dout, hit, out=dx[place])


def _pool_sizes(op: str, x: np.ndarray, pool_param: dict) -> tuple[int, int, int, int, int]:
    """Return pool height, pool width, stride, OH, OW, once they are checked."""
    size = _checks.match(op, x=(x, "N C H W"))
    PH, PW, stride = (
        _checks.setting(op, "pool_param", pool_param, key) for key in ("pool_height", "pool_width", "stride")
    )
    return PH, PW, stride, _checks.windows(op, size["H"], PH, stride), _checks.windows(op, size["W"], PW, stride)
