"""Load labelled pictures in one call: the embedded set, or CIFAR-10 where it was fetched."""

import os
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.data import cifar10, scenes
from cs231n_lib.data.pictures import check_number, pictures
from cs231n_lib.data.shapes import SHAPE_NAMES

# Sets besides the embedded one: modules with CLASS_NAMES and load(num_train, num_val, num_test).
FETCHED = {"cifar10": cifar10}
CLASS_NAMES = {"scenes": SHAPE_NAMES} | {name: module.CLASS_NAMES for name, module in FETCHED.items()}


def load_images(
    num_train: int = 5000,
    num_val: int = 1000,
    num_test: int = 1000,
    *,
    source: str | None = None,
    layout: str = "NHWC",
    subtract_mean: bool = False,
    dtype: DTypeLike = np.float32,
    colour_by_class: float = scenes.COLOUR_BY_CLASS,
) -> dict[str, Any]:
    """Load training, validation and test pictures of ten classes.

    No picture is in two splits. A smaller request is the beginning of a larger one, and no split depends on the size of
    another.

    source: "scenes" (made here, up to 50000, 10000 and 10000 pictures) or "cifar10" (50000 training and validation
        pictures together, 10000 test); None asks the environment's `CS231N_DATA`, else takes "scenes".
    layout: "NHWC" for (N, 32, 32, 3), "NCHW" for (N, 3, 32, 32).
    subtract_mean: take the mean training picture from all pictures, default False.
    dtype: float32 (default), float64 or uint8; values are raw pixels, 0..255, before the mean is taken off.
    colour_by_class: scenes only: share of pictures, 0..1, whose main object wears its class's favourite colour.
    Returns: dict with X_train, y_train, X_val, y_val, X_test, y_test (labels int64, 0..9), mean_image (of X_train) and
        class_names (list of ten).
    Raises: ValueError for a setting or number outside these, or CIFAR-10 not fetched.
    """
    _check_choice("layout", layout, ["NHWC", "NCHW"])
    _check_dtype(np.dtype(dtype), subtract_mean)
    if (chosen := _source(source)) in FETCHED:
        splits, names = FETCHED[chosen].load(num_train, num_val, num_test)
    else:
        splits, names = _load_scenes(colour_by_class, train=num_train, val=num_val, test=num_test), list(SHAPE_NAMES)
    return _arranged(splits, layout, np.dtype(dtype), subtract_mean) | {"class_names": names}


def class_names(source: str | None = None) -> list[str]:
    """List the ten class names of a source; label i stands for the i-th."""
    return list(CLASS_NAMES[_source(source)])


def class_index(name: str, source: str | None = None) -> int:
    """Look up the label of a class by its name."""
    names = class_names(source)
    if name not in names:
        raise ValueError(f"class name is {name!r}; use one of {', '.join(names)}")
    return names.index(name)


def write_cifar_batches(folder: str | os.PathLike, per_batch: int = 1000, bar: bool = False) -> None:
    """Write the embedded set to a folder as CIFAR-10's seven files, so that any CIFAR-10 reader can load it.

    per_batch: pictures in each of the five training batches and the test batch, a multiple of 10 up to 10000.
    bar: show progress bars, default False.
    """
    if not 0 < per_batch <= 10_000 or per_batch % 10:
        raise ValueError(f"write_cifar_batches: per_batch is {per_batch}; use a multiple of 10 from 10 to 10000")
    splits = _load_scenes(scenes.COLOUR_BY_CLASS, bar, train=5 * per_batch, test=per_batch)
    cifar10.write(folder, splits["train"], splits["test"], SHAPE_NAMES)


def _load_scenes(colour_by_class: float, bar: bool = False, **numbers: int) -> dict[str, cifar10.Labelled]:
    if not 0 <= colour_by_class <= 1:
        raise ValueError(f"load_images: colour_by_class is {colour_by_class}; use a share from 0 to 1")
    for split, number in numbers.items():
        check_number(f"load_images: num_{split}", number, 1 if split == "train" else 0, scenes.CAPACITY[split])
    draw = partial(scenes.draw, colour_by_class=colour_by_class)
    drawn = {split: pictures(draw, split, number, 32, bar) for split, number in numbers.items()}
    return {split: (images, spec["shape"][:, 0].astype(np.int64)) for split, (images, spec) in drawn.items()}


def _arranged(splits: dict[str, cifar10.Labelled], layout: str, dtype: np.dtype, subtract_mean: bool) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for split, (images, labels) in splits.items():
        axes = (0, 3, 1, 2) if layout == "NCHW" else (0, 1, 2, 3)
        data[f"X_{split}"] = np.array(images.transpose(axes), dtype, order="C")
        data[f"y_{split}"] = labels
    mean = data["X_train"].mean(axis=0, dtype=np.float64).astype(np.result_type(dtype, np.float32))
    if subtract_mean:
        for split in splits:
            data[f"X_{split}"] -= mean
    return data | {"mean_image": mean}


def _source(source: str | None) -> str:
    chosen = source or os.environ.get("CS231N_DATA") or "scenes"
    _check_choice("source" if source else "CS231N_DATA", chosen, list(CLASS_NAMES))
    return chosen


def _check_choice(name: str, value: object, allowed: list[str]) -> None:
    if value not in allowed:
        raise ValueError(f"load_images: {name} is {value!r}; use {' or '.join(map(repr, allowed))}")


def _check_dtype(dtype: np.dtype, subtract_mean: bool) -> None:
    if dtype not in (np.float32, np.float64, np.uint8):
        raise ValueError(f"load_images: dtype is {dtype}; use float32, float64 or uint8")
    if dtype == np.uint8 and subtract_mean:
        raise ValueError("load_images: dtype uint8 has no negative values for subtract_mean=True; use float32")
