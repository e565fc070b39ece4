"""Convolution as one matrix product: each window becomes a row (im2col), and BLAS does the rest.

Two tricks. Copies run over memory in long straight pieces: images of few channels are cut as planes (C, H, W), others
as pixels of C neighbouring numbers (H, W, C). And the output keeps the memory order in which BLAS writes it, pixel by
pixel with F neighbouring numbers, so that the next convolution can cut it without a transposing copy.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.layers.conv import conv_sizes

FEW_CHANNELS = 8


def conv_forward_fast(x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute the same as `conv_forward_naive`, as (N OH OW, C KH KW) @ (C KH KW, F).

    Shapes: x (N, C, H, W), w (F, C, KH, KW), b (F,).
    Settings: conv_param["stride"] >= 1 and conv_param["pad"] >= 0, in pixels.
    Returns: out (N, F, OH, OW), and the cache for `conv_backward_fast`.
    Raises: ValueError as `conv_forward_naive`.
    Source: Chellapilla, Puri and Simard 2006, High Performance Convolutional Neural Networks for Document Processing.
    """
    stride, pad, OH, OW = conv_sizes("conv_forward_fast", x, w, b, conv_param)
    cut = _cut_planes if x.shape[1] < FEW_CHANNELS else _cut_pixels
    rows = cut(x, w.shape[2:], stride, pad)  # (N OH OW, K), K = C KH KW in the order of _kernel_axes
    out = rows @ w.transpose(_kernel_axes(w)).reshape(len(w), -1).T  # (N OH OW, F)
    out += b
    out = out.reshape(len(x), OH, OW, len(w)).transpose(0, 3, 1, 2)  # (N, F, OH, OW)
    return out, (rows, x.shape, w, stride, pad)


def conv_backward_fast(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute the same as `conv_backward_naive`: dw is one matrix product, dx adds one image per kernel offset.

    Shapes: dout (N, F, OH, OW).
    Returns: dx (N, C, H, W), dw (F, C, KH, KW), db (F,).
    """
    rows, x_shape, w, stride, pad = cache
    pixels = dout.transpose(0, 2, 3, 1).reshape(-1, len(w))  # (N OH OW, F)
    kernel_axes = _kernel_axes(w)
    dw = (pixels.T @ rows).reshape(w.transpose(kernel_axes).shape).transpose(np.argsort(kernel_axes))
    db = np.ones(len(pixels), dout.dtype) @ pixels  # a matrix product sums faster than .sum(axis=0)
    back = _add_planes if x_shape[1] < FEW_CHANNELS else _add_pixels
    return back(pixels, dout.shape[2:], x_shape, w, stride, pad), dw, db


def _kernel_axes(w: np.ndarray) -> tuple[int, ...]:
    """Return the order of w's axes that fits the columns of the windows: (F, C, KH, KW) or (F, KH, KW, C)."""
    return (0, 1, 2, 3) if w.shape[1] < FEW_CHANNELS else (0, 2, 3, 1)


def _cut_planes(x: np.ndarray, kernel: tuple[int, int], stride: int, pad: int) -> np.ndarray:
    """Return the windows of x as rows (N OH OW, C KH KW), cut out of planes: pieces of OW neighbours."""
    N, C, H, W = x.shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), x.dtype)
    padded[:, :, pad : pad + H, pad : pad + W] = x
    windows = sliding_window_view(padded, kernel, axis=(2, 3))[:, :, ::stride, ::stride]  # (N, C, OH, OW, KH, KW)
    planes = np.ascontiguousarray(windows.transpose(1, 4, 5, 0, 2, 3))  # (C, KH, KW, N, OH, OW)
    return planes.reshape(C * kernel[0] * kernel[1], -1).T


def _cut_pixels(x: np.ndarray, kernel: tuple[int, int], stride: int, pad: int) -> np.ndarray:
    """Return the windows of x as rows (N OH OW, KH KW C), cut out of pixels: pieces of KW C neighbours."""
    N, C, H, W = x.shape
    padded = np.zeros((N, H + 2 * pad, W + 2 * pad, C), x.dtype)
    padded[:, pad : pad + H, pad : pad + W] = x.transpose(0, 2, 3, 1)
    windows = sliding_window_view(padded, kernel, axis=(1, 2))[:, ::stride, ::stride]  # (N, OH, OW, C, KH, KW)
    pixels = np.ascontiguousarray(windows.transpose(0, 1, 2, 4, 5, 3))  # (N, OH, OW, KH, KW, C)
    return pixels.reshape(-1, kernel[0] * kernel[1] * C)


def _add_planes(
    pixels: np.ndarray, out_size: tuple[int, int], x_shape: tuple[int, ...], w: np.ndarray, stride: int, pad: int
) -> np.ndarray:
    """Return dx: each row's gradient is added where its window was cut, plane by plane."""
    (N, C, H, W), (F, _, KH, KW), (OH, OW) = x_shape, w.shape, out_size
    drows = (w.reshape(F, -1).T @ pixels.T).reshape(C, KH, KW, N, OH, OW)
    dx = np.zeros((C, N, H + 2 * pad, W + 2 * pad), drows.dtype)
    for i in range(KH):
        for j in range(KW):
            dx[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += drows[:, i, j]
    return dx[:, :, pad : pad + H, pad : pad + W].transpose(1, 0, 2, 3)


def _add_pixels(
    pixels: np.ndarray, out_size: tuple[int, int], x_shape: tuple[int, ...], w: np.ndarray, stride: int, pad: int
) -> np.ndarray:
    """Return dx: one matrix product per kernel offset, added in long pieces of OW C neighbours."""
    (N, C, H, W), (KH, KW), (OH, OW) = x_shape, w.shape[2:], out_size
    dx = np.zeros((N, H + 2 * pad, W + 2 * pad, C), np.result_type(pixels, w))
    for i in range(KH):
        for j in range(KW):
            drows = (pixels @ w[:, :, i, j]).reshape(N, OH, OW, C)
            dx[:, i : i + stride * OH : stride, j : j + stride * OW : stride] += drows
    return dx[:, pad : pad + H, pad : pad + W].transpose(0, 3, 1, 2)
