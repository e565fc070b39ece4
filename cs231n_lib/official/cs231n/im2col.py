"""Assignment 2: convolutions as matrix products."""

import numpy as np


def get_im2col_indices(x_shape, field_height, field_width, padding=1, stride=1):
    """Return which channel, row and column of the padded pictures stand in (C fh fw, OH OW) columns."""
    _, C, H, W = x_shape
    OH, OW = (H + 2 * padding - field_height) // stride + 1, (W + 2 * padding - field_width) // stride + 1
    k, i, j = (index.reshape(-1, 1) for index in np.indices((C, field_height, field_width)))
    rows, columns = (stride * index.reshape(1, -1) for index in np.indices((OH, OW)))
    return k, i + rows, j + columns


def im2col_indices(x, field_height, field_width, padding=1, stride=1):
    """Return the windows of pictures x (N, C, H, W) as columns (C fh fw, OH OW N)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    cols = padded[:, *get_im2col_indices(x.shape, field_height, field_width, padding, stride)]  # (N, C fh fw, OH OW)
    return cols.transpose(1, 2, 0).reshape(cols.shape[1], -1)


def col2im_indices(cols, x_shape, field_height=3, field_width=3, padding=1, stride=1):
    """Add columns back to where `im2col_indices` took them: (N, C, H, W)."""
    N, C, H, W = x_shape
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), cols.dtype)
    where = get_im2col_indices(x_shape, field_height, field_width, padding, stride)
    np.add.at(padded, (slice(None), *where), cols.reshape(len(cols), -1, N).transpose(2, 0, 1))
    return padded[:, :, padding : padding + H, padding : padding + W]


__all__ = ["col2im_indices", "get_im2col_indices", "im2col_indices"]
