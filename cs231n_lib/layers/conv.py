"""Convolution in loops to read: a window of weights slides over the image and takes a dot product at each stop."""

import numpy as np

from cs231n_lib.layers import _checks


def conv_forward_naive(x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute out[n, f, i, j] = sum(window(n, i, j) * w[f]) + b[f]; the kernel is not flipped.

    Shapes: x (N, C, H, W), w (F, C, KH, KW), b (F,); OH = 1 + (H + 2 pad - KH) // stride, OW likewise.
    Settings: conv_param["stride"] >= 1 pixels from window to window; conv_param["pad"] >= 0 zeros on each side.
    Returns: out (N, F, OH, OW), and the cache for `conv_backward_naive`.
    Raises: ValueError if the sizes do not fit, x or w holds integers, a setting is missing, or no window fits.
    Source: CS231n notes, Convolutional Networks, "Convolutional Layer".
    """
    stride, pad, OH, OW = conv_sizes("conv_forward_naive", x, w, b, conv_param)
    N, (F, _, KH, KW) = len(x), w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, OH, OW), np.result_type(x, w))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    window = padded[n, :, i * stride : i * stride + KH, j * stride : j * stride + KW]  # (C, KH, KW)
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (padded, w, stride, pad)


def conv_backward_naive(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send each dout[n, f, i, j] back to the window and the kernel that met there.

    Shapes: dout (N, F, OH, OW).
    Returns: dx (N, C, H, W), dw (F, C, KH, KW), db (F,).
    """
    padded, w, stride, pad = cache
    (N, F, OH, OW), (KH, KW) = dout.shape, w.shape[2:]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    rows, columns = slice(i * stride, i * stride + KH), slice(j * stride, j * stride + KW)
                    dw[f] += dout[n, f, i, j] * padded[n, :, rows, columns]
                    dpadded[n, :, rows, columns] += dout[n, f, i, j] * w[f]  # += because windows share pixels
    H, W = padded.shape[2] - 2 * pad, padded.shape[3] - 2 * pad
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


def conv_sizes(op: str, x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict) -> tuple[int, int, int, int]:
    """Check what a convolution was given.

    Returns: stride, pad, OH, OW.
    Raises: ValueError as `conv_forward_naive` states.
    """
    _checks.floats(op, x=x, w=w)
    size = _checks.match(op, x=(x, "N C H W"), w=(w, "F C KH KW"), b=(b, "F"))
    stride, pad = (_checks.setting(op, "conv_param", conv_param, key) for key in ("stride", "pad"))
    OH = _checks.windows(op, size["H"], size["KH"], stride, pad)
    OW = _checks.windows(op, size["W"], size["KW"], stride, pad)
    return stride, pad, OH, OW
