"""Draw the scenes of the embedded picture set: every random quantity of a picture, as an integer.

A **spec** is a dict of int32 arrays, one row per picture. It alone decides the picture, at any size (`render.render`),
and its captions (`grammar.sentence`). Lengths are in thousandths of half the picture's width, seen from its centre, y
down; angles in thousandths of a radian; shares in thousandths; colours in levels 0..255. Integers come from the raw
output of PCG64, which NumPy keeps frozen, so every machine draws the same scenes; `CHECKSUMS` holds them to it.

Pictures come in blocks of 1000 with a seed of their own (kind, split, block): a request for 1000 is the beginning of a
request for 6000, and no split sees another's pictures.

Test accuracy with 5000 training and 1000 test pictures, colour_by_class 0.3 (chance is .10; in brackets the same with
two other seeds of the set); `tests/test_data_difficulty.py` measures it again:

    hue histogram alone, 10 bins, logistic regression           .18  [.20, .18]
    k nearest neighbours, k = 1, 5, 10                          .31 .35 .37  [.34 .37 .40, .35 .38 .41]
    softmax, 10 epochs                                          .37  [.37, .39]
    two-layer net, 100 hidden units, 10 epochs                  .50  [.52, .53]
    ConvNet, 16-32-64 channels with batch norm, 5 epochs        .92  [.92, .92]
"""

import functools
import hashlib
from collections.abc import Callable

import numpy as np

from cs231n_lib.data.shapes import SHAPE_NAMES

Spec = dict[str, np.ndarray]
Fields = dict[str, tuple[tuple[int, ...], int, int]]

VERSION = 2  # part of every cache file's name: raise it with any change to what a picture looks like
SEED = 231
BLOCK = 1000
CAPACITY = {"train": 50_000, "val": 10_000, "test": 10_000}  # pictures per split
CHECKSUMS = {  # of draw("val", 2000), its pixels, draw_captioned("val", 2000, objects="mixed") and noise_bank()
    "labelled": "e2155de3b251e88496190e275e6223e331e2de8716fc1d082c68b98c4bda2015",
    "pixels": "5486196f0760fb3d51718e8154abaa30e589e1bae6f55e7498eac483cdbe587e",
    "captioned": "029df1f45b75549d71c7a87a224cf8e41b7eb033d6718655806cb2efd992027b",
    "noise": "2ab5cb14d7845003f4ce1f820af1dd4fe01a667bc6178b7e213ced1b739b56b2",
}
COLOUR_BY_CLASS = 0.3
LARGEST = 128  # pixels along one side
NOISE_STARTS = 1 << 20

COLOURS = {
    "red": (215, 40, 45),
    "green": (45, 165, 65),
    "blue": (50, 80, 215),
    "yellow": (240, 215, 60),
    "orange": (240, 135, 35),
    "purple": (145, 60, 180),
    "cyan": (60, 200, 215),
    "white": (240, 240, 240),
}
COLOUR_NAMES = list(COLOURS)
FAVOURITE = {
    "circle": "orange",
    "square": "blue",
    "triangle": "green",
    "star": "yellow",
    "ring": "cyan",
    "cross": "red",
    "moon": "yellow",
    "heart": "red",
    "arrow": "white",
    "flower": "purple",
}
_FAVOURITE = np.array([COLOUR_NAMES.index(FAVOURITE[name]) for name in SHAPE_NAMES])

# name: (shape of one picture's part, lowest, highest value), drawn in this order; these become part of the spec ...
_LOOK: Fields = {
    "angle": ((2,), -380, 380),
    "stretch": ((2,), 850, 1150),
    "tint": ((2, 3), -18, 18),  # added to the named colour
    "ground": ((3,), 0, 255),
    "middle": ((), 350, 650),  # luminance halfway between object and ground
    "contrast": ((), 250, 550),  # luminance between object and ground
    "pattern": ((), 0, 2),  # of the ground: coarse grain, fine grain, waves
    "wave": ((), 3000, 9000),  # radians in half a picture
    "wave_phase": ((), 0, 6283),
    "wave_angle": ((), 0, 3141),
    "grain": ((9, 9), -1000, 1000),
    "light_angle": ((), 0, 6283),
    "bar_angle": ((), 0, 3141),
    "bar_offset": ((), -350, 350),  # of the bar across the first object, from its centre
    "bar_width": ((), 50, 110),  # half of it
    "bar_colour": ((3,), 0, 255),
    "noise": ((), 0, NOISE_STARTS - 1),  # where in the noise bank this picture's pixel noise begins
    "wording": ((5, 4), 0, 999),  # of five sentences: see grammar.sentence
}
# ... and these decide its other fields
_CHOICES: Fields = {
    "other_shape": ((), 1, 9),
    "colour": ((), 0, 7),
    "other_colour": ((), 1, 7),
    "favoured": ((), 0, 999),
    "brighter": ((), 0, 999),
    "two": ((), 0, 999),
}
_LABELLED: Fields = {
    "x": ((), -200, 200),
    "y": ((), -200, 200),
    "size": ((), 500, 800),
    "side": ((), 0, 3),  # of the frame, where the small second object stands
    "depth": ((), 600, 780),
    "along": ((), -780, 780),
    "small_size": ((), 200, 280),
    "bar": ((), 0, 999),
}
_CAPTIONED: Fields = {
    "alone_x": ((), -400, 400),
    "alone_y": ((), -400, 400),
    "side": ((), 0, 3),  # of the picture, where the first of two objects stands
    "depth": ((), 450, 520),
    "along": ((2,), -140, 140),
    "large": ((2,), 0, 1),
    "size": ((2,), 0, 60),  # above the least of its kind
}
LEAST_LARGE, LEAST_SMALL = 380, 230


def draw(split: str, num: int, *, colour_by_class: float = COLOUR_BY_CLASS) -> Spec:
    """Draw `num` pictures of one split, whose first object is the one to classify.

    colour_by_class: share of pictures, 0..1, whose main object wears the favourite colour of its class (`FAVOURITE`);
    the others wear any colour.
    Returns: spec; its labels are `spec["shape"][:, 0]`. Each whole block of 1000 holds 100 of every class.
    """
    return _blocks(split, num, lambda block: _labelled_block(split, block, round(1000 * colour_by_class)))


def draw_captioned(split: str, num: int, *, objects: str = "two") -> Spec:
    """Draw `num` scenes of one split whose one or two objects a sentence can describe.

    objects: "one", "two" or "mixed" (three in four have two).
    """
    share = {"one": 0, "mixed": 750, "two": 1000}
    if objects not in share:
        raise ValueError(f'objects is {objects!r}; use "one", "two" or "mixed"')
    return _blocks(split, num, lambda block: _captioned_block(split, block, share[objects]))


@functools.cache
def noise_bank() -> np.ndarray:
    """Draw the random bytes that all pictures cut their pixel noise from."""
    raw = np.random.PCG64([SEED, 2]).random_raw((NOISE_STARTS + 3 * LARGEST**2) // 8)
    return raw.astype("<u8").view(np.uint8)


def take(spec: Spec, rows: slice | np.ndarray | list[int]) -> Spec:
    """Pick rows (a slice or an array of indices) of every field."""
    return {name: values[rows] for name, values in spec.items()}


def fingerprint(spec: Spec) -> str:
    """Hash a spec: every field's name and integers, in the order of the names."""
    parts = [name.encode() + spec[name].astype("<i4").tobytes() for name in sorted(spec)]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _blocks(split: str, num: int, draw_block: Callable[[int], Spec]) -> Spec:
    if split not in CAPACITY:
        raise ValueError(f"split is {split!r}; use one of {', '.join(CAPACITY)}")
    if not 0 < num <= CAPACITY[split]:
        raise ValueError(f"{num} pictures asked of split {split!r}; it has 1 to {CAPACITY[split]}")
    blocks = [draw_block(block) for block in range(-(-num // BLOCK))]
    return {name: np.concatenate([block[name] for block in blocks])[:num] for name in blocks[0]}


def _labelled_block(split: str, block: int, favoured: int) -> Spec:
    source = _source(0, split, block)
    spec, two = _common(source, favoured)
    raw = _integers(source, _LABELLED)
    frame_x, frame_y = _beside(raw["side"], raw["depth"], raw["along"])
    spec["x"] = _pair(raw["x"], frame_x)
    spec["y"] = _pair(raw["y"], frame_y)
    spec["size"] = _pair(raw["size"], raw["small_size"])
    spec["count"] = 1 + (two < 500)
    spec["fidelity"] = np.full(BLOCK, 150)
    spec["bar"] = raw["bar"] < 350
    return _int32(spec)


def _captioned_block(split: str, block: int, share_of_two: int) -> Spec:
    source = _source(1, split, block)
    spec, two = _common(source, favoured=0)
    raw = _integers(source, _CAPTIONED)
    spec["count"] = 1 + (two < share_of_two)
    alone = spec["count"] == 1
    x0, y0 = _beside(raw["side"], raw["depth"], raw["along"][:, 0])
    x1, y1 = _beside(raw["side"], -raw["depth"], raw["along"][:, 1])
    spec["x"] = _pair(np.where(alone, raw["alone_x"], x0), x1)
    spec["y"] = _pair(np.where(alone, raw["alone_y"], y0), y1)
    spec["size"] = raw["size"] + np.where(raw["large"], LEAST_LARGE, LEAST_SMALL)
    spec["fidelity"] = np.full(BLOCK, 650)  # colours must stay recognisable: move their luminance less
    spec["bar"] = np.zeros(BLOCK)
    return _int32(spec)


def _common(source: np.random.PCG64, favoured: int) -> tuple[Spec, np.ndarray]:
    """Draw what both kinds of picture share, and the number 0..999 that decides on a second object."""
    label = np.argsort(source.random_raw(BLOCK), kind="stable") % 10
    spec, raw = _integers(source, _LOOK), _integers(source, _CHOICES)
    colour = np.where(raw["favoured"] < favoured, _FAVOURITE[label], raw["colour"])
    spec["shape"] = _pair(label, (label + raw["other_shape"]) % 10)
    spec["colour"] = _pair(colour, (colour + raw["other_colour"]) % 8)
    spec["brighter"] = raw["brighter"] < 850
    return spec, raw["two"]


def _source(kind: int, split: str, block: int) -> np.random.PCG64:
    return np.random.PCG64([SEED, kind, list(CAPACITY).index(split), block])


def _integers(source: np.random.PCG64, fields: Fields) -> Spec:
    """Draw every field of one block, uniformly between its two ends."""
    return {name: _uniform(source, (BLOCK, *shape), low, high) for name, (shape, low, high) in fields.items()}


def _uniform(source: np.random.PCG64, shape: tuple[int, ...], low: int, high: int) -> np.ndarray:
    raw = source.random_raw(int(np.prod(shape))).reshape(shape)
    return low + (raw % (high - low + 1)).astype(np.int64)


def _beside(side: np.ndarray, depth: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place a point `depth` towards side 0..3 (left, right, top, bottom) and `along` that side: x, y."""
    towards = np.where(side % 2 == 0, -depth, depth)
    return np.where(side < 2, towards, along), np.where(side < 2, along, towards)


def _pair(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.stack([first, second], axis=1)


def _int32(spec: Spec) -> Spec:
    return {name: values.astype(np.int32) for name, values in spec.items()}
