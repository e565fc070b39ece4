"""Assignment 1: features of pictures."""

import numpy as np

from cs231n_lib.features import color_histogram_hsv, extract_features, hog_feature, rgb2gray


def color_histogram(im, nbin=10, xmin=0, xmax=255, normalized=True):
    """Return the histograms of the colour channels of a picture (H, W, 3), one after another: (3 nbin,)."""
    edges = np.linspace(xmin, xmax, nbin + 1)
    rows = [np.histogram(channel, bins=edges, density=normalized)[0] for channel in np.moveaxis(im, -1, 0)]
    return np.concatenate(rows) * (np.diff(edges)[0] if normalized else 1)


def color_histogram_spatial(im, nbin=10, xmin=0, xmax=255, normalized=True):
    """Return `color_histogram` of each quarter of a picture, one after another: (12 nbin,)."""
    halves = [half for rows in np.array_split(im, 2, axis=0) for half in np.array_split(rows, 2, axis=1)]
    return np.concatenate([color_histogram(half, nbin, xmin, xmax, normalized) for half in halves])


def color_histogram_cross(im, nbin=10, xmin=0, xmax=255, normalized=True):
    """Return how often each combination of the three colours occurs: (nbin^3,)."""
    pixels = im.reshape(-1, im.shape[-1])
    counts, _ = np.histogramdd(pixels, bins=nbin, range=[(xmin, xmax)] * pixels.shape[1])
    return counts.ravel() / (len(pixels) if normalized else 1)


__all__ = [
    "color_histogram",
    "color_histogram_cross",
    "color_histogram_hsv",
    "color_histogram_spatial",
    "extract_features",
    "hog_feature",
    "rgb2gray",
]
