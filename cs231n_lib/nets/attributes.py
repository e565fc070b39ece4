"""Features of captioned pictures, from a small convolutional net that knows shapes, colours and sizes.

`python -m cs231n_lib.pytorch.attributes` trained it, on pictures that `load_captions` leaves alone, and wrote its
weights beside this file. Batch norm is folded into the convolutions, so that what is left to run is

    conv 5x5 stride 2 - relu, conv - relu - pool, conv - relu - pool, conv - relu, conv - relu

from 64 x 64 pixels to a map of 8 x 8 places with 64 channels. A picture's vector is the mean and the maximum of each
channel over the map, 128 numbers.
"""

import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cs231n_lib.data.attributes import SIDE, coordinates
from cs231n_lib.data.cache import cached
from cs231n_lib.layers.conv_fast import conv_forward_fast
from cs231n_lib.layers.pooling import max_pool_forward_fast

WEIGHTS = Path(__file__).with_name("attributes.npz")
SIZE = 64  # pixels along a side
CHANNELS = [3, 24, 32, 64, 64, 64]
KERNELS = [5, 3, 3, 3, 3]
POOLED = (2, 3)  # convolutions with a pool behind them
BLOCK = 1000  # pictures under one name in the cache
AT_ONCE = 50  # pictures computed together: their windows stay in the processor's cache
POOL = {"pool_height": 2, "pool_width": 2, "stride": 2}

Weights = dict[str, np.ndarray]


def expected_shapes() -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every array in the file of weights."""
    shapes: dict[str, tuple[int, ...]] = {}
    for i, kernel in enumerate(KERNELS, 1):
        shapes |= {f"W{i}": (CHANNELS[i], CHANNELS[i - 1], kernel, kernel), f"b{i}": (CHANNELS[i],)}
    last = CHANNELS[-1]
    for part, width in (("vector", 2 * last), ("map", last)):
        shapes |= {f"{part}_mean": (width,), f"{part}_std": (width,)}
    return shapes | {"W_whole": (2 * last, 20), "b_whole": (20,), "W_place": (last, 21), "b_place": (21,)}


def load_weights(path: str | os.PathLike = WEIGHTS) -> Weights:
    """Load the net's weights as float32.

    Raises: ValueError if the file is damaged, or holds other arrays than `expected_shapes`.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            weights = {name: file[name].astype(np.float32) for name in file.files}
    except FileNotFoundError:
        raise
    except Exception as error:  # damage has many names: BadZipFile, EOFError, ValueError, zlib.error ...
        raise ValueError(f"load_weights: {path} is damaged or no npz file ({type(error).__name__})") from error
    found = {name: value.shape for name, value in weights.items()}
    if found != expected_shapes():
        wrong = sorted(set(found.items()) ^ set(expected_shapes().items()))[0][0]
        raise ValueError(
            f"load_weights: {path} holds {wrong} of shape {found.get(wrong)}; "
            f"this net has {expected_shapes().get(wrong)}"
        )
    if not all(np.isfinite(value).all() for value in weights.values()):
        raise ValueError(f"load_weights: {path} holds nan or infinity; train the net again")
    return weights


def feature_maps(images: np.ndarray, weights: Weights | None = None) -> np.ndarray:
    """Run the net as far as its last map.

    Shapes: images (N, 64, 64, 3) uint8.
    Settings: weights, as `load_weights` returns them (default: the shipped ones).
    Returns: (N, 64, 64) float32: picture, place (row by row), channel; 0 or more.
    Raises: ValueError for images of another shape or type.
    """
    if images.ndim != 4 or images.shape[1:] != (SIZE, SIZE, 3) or images.dtype != np.uint8:
        raise ValueError(f"feature_maps: images are {images.shape} {images.dtype}; use (N, {SIZE}, {SIZE}, 3) uint8")
    weights = _shipped() if weights is None else weights
    chunks = [_map(images[i : i + AT_ONCE], weights) for i in range(0, len(images), AT_ONCE)]
    return np.concatenate(chunks) if chunks else np.zeros((0, SIDE**2, CHANNELS[-1]), np.float32)


def vectors(maps: np.ndarray, weights: Weights | None = None) -> np.ndarray:
    """Sum up maps (N, 64, 64) as one standardised vector a picture, mean and maximum of each channel: (N, 128)."""
    weights = _shipped() if weights is None else weights
    summed = np.concatenate([maps.mean(axis=1), maps.max(axis=1)], axis=1)
    return (summed - weights["vector_mean"]) / weights["vector_std"]


def place_features(maps: np.ndarray, weights: Weights | None = None) -> np.ndarray:
    """Standardise maps (N, 64, 64) channel by channel, and add x and y of every place, -1..1: (N, 64, 66)."""
    weights = _shipped() if weights is None else weights
    where = np.broadcast_to(coordinates(), (len(maps), SIDE**2, 2))
    return np.concatenate([(maps - weights["map_mean"]) / weights["map_std"], where], axis=2)


def attribute_scores(features: np.ndarray, weights: Weights | None = None) -> np.ndarray:
    """Score how surely each of the 20 attributes (`data.attributes.NAMES`) is in the picture: > 0 is yes.

    Shapes: features (N, 128), as `vectors` returns them.  Returns: (N, 20).
    """
    weights = _shipped() if weights is None else weights
    return features @ weights["W_whole"] + weights["b_whole"]


def place_scores(places: np.ndarray, weights: Weights | None = None) -> np.ndarray:
    """Score the 20 attributes at every place, and, last, whether it is the middle of an object: > 0 is yes.

    Shapes: places (N, 64, 66), as `place_features` returns them.  Returns: (N, 64, 21).
    """
    weights = _shipped() if weights is None else weights
    return places[:, :, :-2] @ weights["W_place"] + weights["b_place"]


def add_features(data: dict[str, Any], maps: bool = False) -> dict[str, Any]:
    """Add to what `load_captions` returned a feature vector for each picture, and on request a map.

    Features are kept in the cache, by the net's weights and the pictures.

    Shapes: data["train_images"] and data["val_images"] (N, 64, 64, 3) uint8.
    Settings: maps, add the maps too (default False).
    Returns: a new dictionary, data and beside it train_features and val_features (N, 128) float32, standardised; with
        maps also train_maps and val_maps (N, 64, 66) float32: the 8 x 8 places row by row, each with 64 standardised
        channels and, last, its x and y from -1 (left, top) to 1.
    Raises: ValueError if the images are missing, or not as above.
    """
    added: dict[str, Any] = {}
    for split in ("train", "val"):
        if f"{split}_images" not in data:
            raise ValueError(f"add_features: data has no '{split}_images'; give what load_captions returned")
        images = data[f"{split}_images"]
        if maps:
            raw = _in_blocks("maps", images, feature_maps)
            added[f"{split}_maps"] = place_features(raw)
            added[f"{split}_features"] = vectors(raw)
        else:
            added[f"{split}_features"] = _in_blocks("vectors", images, lambda block: vectors(feature_maps(block)))
    return data | added


def _in_blocks(kind: str, images: np.ndarray, compute: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    blocks = [images[i : i + BLOCK] for i in range(0, len(images), BLOCK)]
    return np.concatenate([cached(_key(kind, block), functools.partial(compute, block)) for block in blocks])


def _key(kind: str, images: np.ndarray) -> str:
    """Name what is computed by all that it depends on."""
    digest = hashlib.sha256(f"{kind} {images.dtype} {images.shape}".encode())
    for name, value in sorted(_shipped().items()):
        digest.update(name.encode() + value.tobytes())
    digest.update(np.ascontiguousarray(images).tobytes())
    return f"features-{kind}-{digest.hexdigest()[:24]}"


@functools.cache
def _shipped() -> Weights:
    return load_weights()


def _map(images: np.ndarray, weights: Weights) -> np.ndarray:
    x = images.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1  # (N, 3, 64, 64) in -1..1
    for i, kernel in enumerate(KERNELS, 1):
        setting = {"stride": 2 if i == 1 else 1, "pad": kernel // 2}
        x, _ = conv_forward_fast(x, weights[f"W{i}"], weights[f"b{i}"], setting)
        if i in POOLED:
            x, _ = max_pool_forward_fast(x, POOL)
        x = np.maximum(x, 0)
    return x.transpose(0, 2, 3, 1).reshape(len(x), SIDE**2, CHANNELS[-1])
