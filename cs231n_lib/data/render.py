"""Turn specs (`scenes`) into pictures of any size.

Each object is a signed distance turned into a share of every pixel, so edges are smooth and all pictures of a class are
drawn at once. Floats are derived from the spec's integers, with 64 bits: processors round the last of them differently,
and a pixel, one of 256 levels, comes out the same on all of them (with 32 bits, one in 100 000 did not, and a net that
trains on the picture learns something else). `scenes.CHECKSUMS` holds them to it.
"""

import functools

import numpy as np

from cs231n_lib.data.scenes import COLOURS, LARGEST, Spec, noise_bank, take
from cs231n_lib.data.shapes import SHAPES

CHUNK = 25  # pictures drawn at once: their arrays stay in the processor's cache
GROUND_TEXTURE, OBJECT_TEXTURE, LIGHT, NOISE = 0.16, 0.10, 0.30, 0.07  # amplitudes, of 1 = white
GROUND_COLOUR = 0.24  # the rest of the ground is grey
PALETTE = np.array(list(COLOURS.values())) / 255
LUMINANCE = np.array([0.299, 0.587, 0.114])


def render(spec: Spec, size: int = 32) -> np.ndarray:
    """Draw every row of a spec.

    size: pixels along one side, 8..128.
    Returns: (N, size, size, 3) uint8.
    """
    if not 8 <= size <= LARGEST:
        raise ValueError(f"size is {size}; pictures have 8 to {LARGEST} pixels a side")
    num = len(spec["shape"])
    images = np.empty((num, size, size, 3), np.uint8)
    for start in range(0, num, CHUNK):
        rows = slice(start, start + CHUNK)
        images[rows] = _draw(take(spec, rows), size)
    return images


def _draw(spec: Spec, size: int) -> np.ndarray:
    axis = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = axis[None, None, :], axis[None, :, None]
    fine = _smooth(spec["grain"], size)
    ground, objects = _colours(spec)
    image = _flat(ground) + GROUND_TEXTURE * _pattern(spec, fine, x, y)[:, None]  # (N, 3, S, S) from here on
    for which in (1, 0):  # the first object lies on top
        paint = _flat(objects[:, which]) + OBJECT_TEXTURE * fine[:, None]
        image += (paint - image) * _object(spec, which, x, y)[:, None]
    image += (_flat(_levels(spec["bar_colour"])) - image) * _bar(spec, x, y)[:, None]
    image *= 1 + LIGHT * _ramp(spec["light_angle"], x, y)[:, None]
    image += _noise(spec, size)
    levels = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
    return levels.transpose(0, 2, 3, 1)


def _flat(colour: np.ndarray) -> np.ndarray:
    return colour[:, :, None, None]  # (N, 3) -> (N, 3, 1, 1)


def _object(spec: Spec, which: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Measure how much of each pixel the first (0) or second (1) object covers: (N, S, S) in 0..1."""
    cover = np.zeros((len(spec["shape"]), y.size, x.size))
    present = spec["count"] > which
    for shape, distance in enumerate(SHAPES):
        rows = np.flatnonzero(present & (spec["shape"][:, which] == shape))
        part = {name: _thousandths(spec[name][rows, which]) for name in ("x", "y", "size", "angle", "stretch")}
        along, across = _turn(x - part["x"], y - part["y"], part["angle"])
        along /= part["size"] * part["stretch"]
        across *= part["stretch"] / part["size"]
        cover[rows] = _covered(distance(along, across) * part["size"], x.size)
    return cover


def _bar(spec: Spec, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Measure how much of each pixel the bar across the main object covers."""
    part = {name: _thousandths(spec[name]) for name in ("bar_angle", "bar_offset", "bar_width")}
    x0, y0 = _thousandths(spec["x"][:, 0]), _thousandths(spec["y"][:, 0])
    along, _ = _turn(x - x0, y - y0, part["bar_angle"])
    cover = _covered(abs(along - part["bar_offset"]) - part["bar_width"], x.size)
    return cover * spec["bar"][:, None, None]


def _covered(distance: np.ndarray, size: int) -> np.ndarray:
    """Turn a distance to the outline into the share of a pixel inside it."""
    return np.clip(0.5 - distance * (size / 2), 0, 1)


def _turn(x: np.ndarray, y: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * x + sin * y, cos * y - sin * x


def _ramp(angle: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    angle = _thousandths(angle)
    return np.cos(angle) * x + np.sin(angle) * y


def _pattern(spec: Spec, fine: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Draw the ground's pattern, of about unit variance: (N, S, S)."""
    coarse = _smooth(spec["grain"][:, ::2, ::2], x.size)
    waves = _thousandths(spec["wave"]) * _ramp(spec["wave_angle"], x, y) + _thousandths(spec["wave_phase"])
    return np.choose(spec["pattern"][:, None, None], [coarse, fine, 1.2 * np.sin(waves)])


def _smooth(points: np.ndarray, size: int) -> np.ndarray:
    """Blend K x K control points into a smooth field (N, size, size) of about unit variance there."""
    blend = _blend(points.shape[-1], size)
    return blend @ (points * (3**0.5 / 1000)) @ blend.T


@functools.cache
def _blend(points: int, size: int) -> np.ndarray:
    """Build the matrix (size, points) that blends neighbouring control points with the smooth step 3t^2 - 2t^3."""
    place = np.linspace(0, points - 1, size)
    left = np.minimum(place.astype(int), points - 2)
    t = place - left
    step = t * t * (3 - 2 * t)
    matrix = np.zeros((size, points))
    matrix[np.arange(size), left] = 1 - step
    matrix[np.arange(size), left + 1] = step
    return matrix


def _colours(spec: Spec) -> tuple[np.ndarray, np.ndarray]:
    """Mix ground (N, 3) and object colours (N, 2, 3): their luminances move apart, around a common middle."""
    share = {name: _thousandths(spec[name])[:, 0] for name in ("middle", "contrast", "fidelity")}
    half = np.where(spec["brighter"][:, None], share["contrast"], -share["contrast"]) / 2
    ground = _levels(spec["ground"])
    ground = GROUND_COLOUR * ground + (1 - GROUND_COLOUR) * ground.mean(axis=1, keepdims=True)
    objects = PALETTE[spec["colour"]] + _levels(spec["tint"])
    missing = np.clip(share["middle"] + half, 0, 1) - objects @ LUMINANCE  # (N, 2)
    objects += ((1 - share["fidelity"]) * missing)[..., None]
    return ground + np.clip(share["middle"] - half, 0, 1) - (ground @ LUMINANCE)[:, None], objects


def _noise(spec: Spec, size: int) -> np.ndarray:
    """Cut each picture's pixel noise out of one long bank of random bytes: (N, 3, size, size), about -NOISE..NOISE."""
    windows = np.lib.stride_tricks.sliding_window_view(noise_bank(), size * size * 3)
    return ((windows[spec["noise"]] - 127.5) * (NOISE / 127.5)).reshape(-1, 3, size, size)


def _thousandths(values: np.ndarray) -> np.ndarray:
    """Turn one integer per picture into a float that broadcasts over its pixels: (N, 1, 1)."""
    return values[:, None, None] / 1000


def _levels(values: np.ndarray) -> np.ndarray:
    return values / 255
