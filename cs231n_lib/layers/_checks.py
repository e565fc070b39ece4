"""What a layer refuses, in one anatomy: the operation, what was given, what is allowed."""

from typing import Any

import numpy as np


def match(op: str, **arrays: tuple[np.ndarray, str]) -> dict[str, int]:
    """Give each letter of the patterns one size: ``match("affine_forward", x=(x, "N D"), w=(w, "D M"))``.

    Returns the sizes by letter. Raises ValueError for a wrong number of axes, and for a letter that means two sizes.
    """
    sizes: dict[str, int] = {}
    for name, (array, pattern) in arrays.items():
        letters = pattern.split()
        if len(letters) != array.ndim:
            raise ValueError(f"{op}: {name} has shape {array.shape}; give {len(letters)} axes ({', '.join(letters)})")
        for letter, size in zip(letters, array.shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                need = f"{letter} of ({', '.join(letters)}) must be {sizes[letter]}"
                raise ValueError(f"{op}: {name} has shape {array.shape}; {need}")
    return sizes


def floats(op: str, **arrays: np.ndarray) -> None:
    """Refuse integers, which wrap around (uint8: 3 - 5 = 254) or lose what stands behind the point."""
    for name, array in arrays.items():
        if array.dtype.kind != "f":
            raise ValueError(f"{op}: {name} holds {array.dtype}; give floats, such as {name}.astype(np.float32)")


def labels(op: str, name: str, y: np.ndarray, classes: int) -> None:
    """Refuse labels that are no integers of 0 .. classes - 1: a negative one would count from the end."""
    if y.dtype.kind not in "iu":
        raise ValueError(f"{op}: {name} holds {y.dtype}; give integer labels")
    if y.size and (y.min() < 0 or y.max() >= classes):
        raise ValueError(f"{op}: {name} holds labels {y.min()} .. {y.max()}; give 0 .. {classes - 1}")


def setting(op: str, param_name: str, param: dict, key: str) -> Any:
    """Return ``param[key]``, or say which setting is missing."""
    if key not in param:
        raise ValueError(f'{op}: {param_name} has no "{key}"; it has {sorted(param) or "no settings"}')
    return param[key]


def number(value: float) -> float:
    """Return a setting as Python's float: a NumPy scalar would turn float32 into float64."""
    return float(value)


def mode(op: str, param_name: str, param: dict) -> str:
    """Return ``param["mode"]``, which is "train" or "test"."""
    value = setting(op, param_name, param, "mode")
    if value not in ("train", "test"):
        raise ValueError(f'{op}: {param_name}["mode"] is {value!r}; use "train" or "test"')
    return value


def windows(op: str, size: int, kernel: int, stride: int, pad: int = 0) -> int:
    """Return how many windows of length ``kernel`` fit on an axis; pixels behind the last whole window are not seen."""
    if kernel < 1 or stride < 1 or pad < 0:
        raise ValueError(f"{op}: window {kernel}, stride {stride}, pad {pad}; window and stride start at 1, pad at 0")
    if kernel > size + 2 * pad:
        raise ValueError(
            f"{op}: a window of {kernel} does not fit; {size} pixels padded by {pad} hold {size + 2 * pad}"
        )
    return 1 + (size + 2 * pad - kernel) // stride
