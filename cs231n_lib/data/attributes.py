"""What an attribute net is taught about a captioned scene: which attributes it holds, and where."""

import numpy as np

from cs231n_lib.data.grammar import SIZES
from cs231n_lib.data.scenes import COLOUR_NAMES, LEAST_LARGE, Spec
from cs231n_lib.data.shapes import SHAPE_NAMES

NAMES = [*SHAPE_NAMES, *COLOUR_NAMES, *SIZES]
KINDS = {"shape": slice(0, 10), "colour": slice(10, 18), "size": slice(18, 20)}  # columns of one kind among NAMES
SIDE = 8  # places along a side of the feature map
NEAR = 0.18  # a place belongs to an object if their centres are nearer, in halves of the picture
NOBODY = -1


def coordinates() -> np.ndarray:
    """Return x and y of the centres of all places, row by row, from -1 (left, top) to 1: (64, 2) float32."""
    centre = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE * 2 - 1
    return np.stack([np.tile(centre, SIDE), np.repeat(centre, SIDE)], axis=1)


def numbers(scene: Spec) -> np.ndarray:
    """Return numbers of shape, colour and size of both objects: (N, 2, 3); of a lone one the first row counts."""
    large = scene["size"] >= LEAST_LARGE
    return np.stack([scene["shape"], scene["colour"], large], axis=2).astype(np.int64)


def present(scene: Spec) -> np.ndarray:
    """Mark which of the 20 NAMES each scene holds: (N, 20) float32 of 0 and 1."""
    found = numbers(scene) + [columns.start for columns in KINDS.values()]  # (N, 2, 3), columns of NAMES
    marks = np.zeros((len(found), len(NAMES)), np.float32)
    np.put_along_axis(marks, found[:, 0], 1, axis=1)
    two = scene["count"] == 2
    second = marks[two]
    np.put_along_axis(second, found[two, 1], 1, axis=1)
    marks[two] = second
    return marks


def by_place(scene: Spec) -> np.ndarray:
    """Return the numbers of shape, colour and size at every place near the centre of an object, elsewhere NOBODY.

    Returns: (N, 64, 3) int64.
    """
    there = np.full((len(scene["count"]), SIDE**2, 3), NOBODY, np.int64)
    found, x, y = numbers(scene), *coordinates().T
    for which in (1, 0):  # the first object lies on top
        dx = x - scene["x"][:, which, None] / 1000
        near = np.hypot(dx, y - scene["y"][:, which, None] / 1000) < NEAR  # (N, 64)
        picture, place = np.nonzero(near & (scene["count"] > which)[:, None])
        there[picture, place] = found[picture, which]
    return there
