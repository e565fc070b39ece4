"""Convolution and pooling, as a textbook writes them."""

# ruff: noqa: F841, RUF059 -- sizes are unpacked whole, for whoever reads on

import numpy as np


def conv_forward_naive(x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict) -> tuple[np.ndarray, tuple]:
    """Return the dot product of each filter with each window, plus its bias."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, C, HH, WW) = x.shape, w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    OH = 1 + (H + 2 * pad - HH) // stride
    OW = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, OH, OW))
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dw, db."""
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, C, HH, WW) = x.shape, w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            dw += np.tensordot(dout[:, :, i, j], window, (0, 0))
            dpadded[:, :, top : top + HH, left : left + WW] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


def max_pool_forward_naive(x: np.ndarray, pool_param: dict) -> tuple[np.ndarray, tuple]:
    """Return the largest number of each window."""
    PH, PW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    OH = 1 + (H - PH) // stride
    OW = 1 + (W - PW) // stride
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + PH, left : left + PW]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (x, pool_param)


def max_pool_backward_naive(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Return dx: each dout goes to the first largest number of its window."""
    x, pool_param = cache
    PH, PW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, OH, OW = dout.shape
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(N, C, OH, OW):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + PH, left : left + PW]
        row, column = divmod(window.argmax(), PW)
        dx[n, c, top + row, left + column] += dout[n, c, i, j]
    return dx


def text_conv_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the dot product of each filter with each K words in a row, plus its bias."""
    (N, T, D), (F, K, _) = x.shape, w.shape
    out = np.zeros((N, T - K + 1, F))
    for t in range(T - K + 1):
        window = x[:, t : t + K]
        out[:, t] = np.tensordot(window, w, ((1, 2), (1, 2))) + b
    return out
