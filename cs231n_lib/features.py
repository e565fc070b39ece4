"""Features of an image chosen by hand: edge directions (HOG) and colours, to feed simple classifiers."""

from collections.abc import Callable, Iterable, Sequence
from operator import length_hint

import numpy as np

CELL = 8  # pixels along the side of a cell of the histogram of gradients
ORIENTATIONS = 9


def extract_features(
    imgs: Iterable[np.ndarray], feature_fns: Sequence[Callable[[np.ndarray], np.ndarray]], verbose: bool = False
) -> np.ndarray:
    """Return the features of every image, those of all functions side by side.

    Shapes: imgs (N, H, W, C); each function maps one image (H, W, C) to a vector (F_i,).
    verbose: print a line every 1000 images, default False.
    Returns: features (N, F_1 + F_2 + ...).
    """
    rows = []
    for i, image in enumerate(imgs):
        rows.append(np.concatenate([np.ravel(feature(image)) for feature in feature_fns]))
        if verbose and i % 1000 == 999:
            print(f"Done extracting features for {i + 1} / {length_hint(imgs)} images")
    return np.array(rows)


def rgb2gray(rgb: np.ndarray) -> np.ndarray:
    """Return the brightness .299 R + .587 G + .144 B of an image (..., 3).

    The usual weight of blue is .114; .144 is the course's, kept so that its features come out bit for bit.
    """
    return np.dot(rgb[..., :3], [0.299, 0.587, 0.144])


def hog_feature(im: np.ndarray) -> np.ndarray:
    """Return the histogram of oriented gradients: how much edge of each direction there is in each 8 x 8 cell.

    The nine bins cover 0..180 degrees of angles that run from -90 to 270, so that half of all pixels fall into no
    bin. This is the course's, kept so that its features come out bit for bit; `angle % 180` would mend it.

    Shapes: im (H, W, 3) or (H, W), H and W at least 8; H x W = 32 x 32 gives 144 numbers.
    Returns: (columns of cells * rows of cells * 9,), columns first.
    Raises: ValueError for another number of axes or an image smaller than a cell.
    Source: Dalal and Triggs, Histograms of oriented gradients for human detection, CVPR 2005 (without its blocks).
    """
    gray = _as_gray(im)
    size, angle = _gradients(gray)
    edges = np.arange(ORIENTATIONS + 1)[:, None, None] * (180 / ORIENTATIONS)
    in_bin = (angle >= edges[:-1]) & (angle < edges[1:]) & (angle > 0)  # (9, H, W)
    smooth = _window_means(_window_means(np.where(in_bin, size, 0), axis=1), axis=2)  # (9, H, W)
    rows, columns = gray.shape[0] // CELL, gray.shape[1] // CELL
    cells = smooth[:, CELL // 2 :: CELL, CELL // 2 :: CELL][:, :rows, :columns]  # (9, rows, columns)
    return cells.transpose(2, 1, 0).ravel()


def color_histogram_hsv(
    im: np.ndarray, nbin: int = 10, xmin: float = 0, xmax: float = 255, normalized: bool = True
) -> np.ndarray:
    """Return the histogram of an image's hues.

    Shapes: im (H, W, 3), values 0..xmax.  nbin: number of bins, default 10.  xmin, xmax: ends of the scale on which
    hues are counted and pixels are given, default 0 and 255.  normalized: divide by the number of pixels, default
    True.
    Returns: (nbin,).
    """
    if im.ndim != 3 or im.shape[2] != 3:
        raise ValueError(f"color_histogram_hsv: im has shape {im.shape}; use one colour image (H, W, 3)")
    edges = np.linspace(xmin, xmax, nbin + 1)
    counts, _ = np.histogram(_hue(im / xmax) * xmax, bins=edges, density=normalized)
    return counts * np.diff(edges)


def _as_gray(im: np.ndarray) -> np.ndarray:
    if im.ndim not in (2, 3) or min(im.shape[:2]) < CELL:
        raise ValueError(f"hog_feature: im has shape {im.shape}; use (H, W, 3) or (H, W) with H, W >= {CELL}")
    return rgb2gray(im) if im.ndim == 3 else im


def _gradients(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the length of the brightness gradient and its angle plus 90 degrees, both (H, W)."""
    gx, gy = np.zeros(gray.shape), np.zeros(gray.shape)
    gx[:, :-1] = np.diff(gray, axis=1)
    gy[:-1, :] = np.diff(gray, axis=0)
    return np.sqrt(gx**2 + gy**2), np.arctan2(gy, gx + 1e-15) * (180 / np.pi) + 90


def _window_means(x: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean of the 8 neighbours -4..3 along one axis, the array continued by its mirror image.

    Sums each window from its left neighbour, as scipy.ndimage.uniform_filter does, so that the bits agree.
    """
    x = np.moveaxis(x, axis, -1)
    pad = [(0, 0)] * (x.ndim - 1) + [(CELL // 2, CELL // 2 - 1)]
    padded = np.pad(x, pad, mode="symmetric")
    first = np.cumsum(padded[..., :CELL], axis=-1)[..., -1:]
    changes = padded[..., CELL:] - padded[..., :-CELL]
    return np.moveaxis(np.cumsum(np.concatenate([first, changes], axis=-1), axis=-1) / CELL, -1, axis)


def _hue(rgb: np.ndarray) -> np.ndarray:
    """Return where each colour of rgb (H, W, 3), values 0..1, lies on the colour wheel: 0 red, 1/3 green, 2/3 blue."""
    red, green, blue = np.moveaxis(rgb, -1, 0)
    largest, spread = rgb.max(-1), np.ptp(rgb, -1)
    divisor = np.where(spread > 0, spread, 1)
    sector = np.select(
        [spread == 0, blue == largest, green == largest],  # grey has no hue and counts as red
        [0.0, 4.0 + (red - green) / divisor, 2.0 + (blue - red) / divisor],
        (green - blue) / divisor,
    )
    return sector / 6 % 1
