"""Assignments 1 and 2: many pictures in one."""

import math

import numpy as np


def visualize_grid(Xs, ubound=255.0, padding=1):
    """Lay pictures Xs (N, H, W, C) out in a square, each stretched to 0..ubound, `padding` pixels between them."""
    N, H, W, C = Xs.shape
    side = math.ceil(math.sqrt(N))
    grid = np.zeros((side * (H + padding) - padding, side * (W + padding) - padding, C))
    for n, picture in enumerate(Xs):
        low, high = np.min(picture), np.max(picture)
        y, x = (n // side) * (H + padding), (n % side) * (W + padding)
        grid[y : y + H, x : x + W] = ubound * (picture - low) / (high - low)
    return grid


def vis_grid(Xs):
    """Lay pictures Xs (N, H, W, C) out in a square with black lines between them, stretched to 0..1 together."""
    N, H, W, C = Xs.shape
    side = math.ceil(math.sqrt(N))
    grid = np.full((side * H + side, side * W + side, C), np.min(Xs), Xs.dtype)
    for n, picture in enumerate(Xs):
        y, x = (n // side) * (H + 1), (n % side) * (W + 1)
        grid[y : y + H, x : x + W] = picture
    return (grid - grid.min()) / (grid.max() - grid.min())


def vis_nn(rows):
    """Lay out rows[i][j], pictures of one size, with black lines between them, stretched to 0..1 together."""
    H, W, C = rows[0][0].shape
    grid = np.full((len(rows) * (H + 1), len(rows[0]) * (W + 1), C), np.min(rows), rows[0][0].dtype)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            grid[i * (H + 1) : i * (H + 1) + H, j * (W + 1) : j * (W + 1) + W] = picture
    return (grid - grid.min()) / (grid.max() - grid.min())


__all__ = ["vis_grid", "vis_nn", "visualize_grid"]
