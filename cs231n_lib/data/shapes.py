"""Measure the signed distance to each of the ten shapes, the classes of the embedded picture set.

Every function takes coordinates x, y (any one shape, the picture's y pointing down) in which the shape has a radius of
about 1, and returns about the distance to its outline: negative inside, positive outside.
"""

import numpy as np

FIFTH = 2 * np.pi / 5


def circle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.hypot(x, y) - 0.82


def square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return _box(x, y, 0.72, 0.72)


def triangle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    sides = 0.866 * abs(x) - 0.5 * y - 0.5
    return np.maximum(y - 0.55, sides)


def star(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    r, angle = np.hypot(x, y), _angle_to_nearest_point(x, y)
    # one edge, from the point (1, 0) to the notch at radius 0.42, half a fifth further round
    notch_x, notch_y = 0.42 * float(np.cos(FIFTH / 2)), 0.42 * float(np.sin(FIFTH / 2))
    length = float(np.hypot(notch_x - 1, notch_y))
    return ((r * np.cos(angle) - 1) * notch_y + r * np.sin(angle) * (1 - notch_x)) / length


def ring(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return abs(np.hypot(x, y) - 0.62) - 0.22


def cross(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.minimum(_box(x, y, 0.27, 0.88), _box(x, y, 0.88, 0.27))


def moon(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    bite = np.hypot(x - 0.45, y) - 0.78
    return np.maximum(np.hypot(x, y) - 0.9, -bite)


def heart(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    corner = _box((x + y - 0.15) * 0.7071, (y - x - 0.15) * 0.7071, 0.5, 0.5)
    lobes = np.hypot(abs(x) - 0.39, y + 0.24) - 0.5
    return np.minimum(corner, lobes)


def arrow(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    shaft = _box(x + 0.35, y, 0.55, 0.2)
    head = np.maximum(0.05 - x, (x - 0.95) * 0.62 + abs(y) * 0.78)
    return np.minimum(shaft, head)


def flower(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.hypot(x, y) - 0.62 - 0.3 * np.cos(5 * _angle_to_nearest_point(x, y))


def _box(x: np.ndarray, y: np.ndarray, half_width: float, half_height: float) -> np.ndarray:
    return np.maximum(abs(x) - half_width, abs(y) - half_height)


def _angle_to_nearest_point(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fold the plane into one of ten equal wedges: 0 towards one of five points, the first up, pi/5 halfway between."""
    return abs((np.arctan2(x, -y) + FIFTH / 2) % FIFTH - FIFTH / 2)


SHAPES = [circle, square, triangle, star, ring, cross, moon, heart, arrow, flower]
SHAPE_NAMES = [shape.__name__ for shape in SHAPES]
