"""Read and write CIFAR-10's Python batches without trusting a pickle.

A folder holds data_batch_1 to data_batch_5, test_batch and batches.meta. A batch is a dict pickled by Python 2: `data`
(N, 3072) uint8 (1024 red, 1024 green, 1024 blue values, row by row) and `labels`, N numbers 0..9.
Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

import os
import pickle
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cs231n_lib.data import cache
from cs231n_lib.data.pictures import check_number

CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
TRAIN_FILES = [f"data_batch_{number}" for number in range(1, 6)]
FILES = [*TRAIN_FILES, "test_batch", "batches.meta"]
VAL_BLOCKS = 50  # the training rows are cut into so many blocks; validation takes whole blocks from the end

Labelled = tuple[np.ndarray, np.ndarray]


def default_dir() -> Path:
    """Name the folder of the batches: `CS231N_CIFAR10_DIR`, else one beside the cache."""
    return Path(os.environ.get("CS231N_CIFAR10_DIR") or cache.folder() / "cifar-10-batches-py")


def load(num_train: int, num_val: int, num_test: int) -> tuple[dict[str, Labelled], list[str]]:
    """Cut training, validation and test pictures out of the folder's batches.

    Training rows count from the front. Validation takes blocks of 1000 from the end, the last block first: up to 1000
    pictures are rows 49000 onwards, as in the course, whatever num_train is.
    Returns: {"train" | "val" | "test": (images (N, 32, 32, 3) uint8, labels (N,) int64)}, class names.
    """
    folder = _complete(default_dir())
    batches = [read_batch(folder / name) for name in TRAIN_FILES]
    images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    test_images, test_labels = read_batch(folder / "test_batch")
    val_rows = _val_rows(len(labels), num_val)
    check_number("load_images: num_val", num_val, 0, len(labels) - 1)
    check_number("load_images: num_train", num_train, 1, int(val_rows.min(initial=len(labels))))
    check_number("load_images: num_test", num_test, 0, len(test_labels))
    splits = {
        "train": (images[:num_train], labels[:num_train]),
        "val": (images[val_rows], labels[val_rows]),
        "test": (test_images[:num_test], test_labels[:num_test]),
    }
    return splits, read_class_names(folder / "batches.meta")


def read_batch(path: Path) -> Labelled:
    """Read one batch: images (N, 32, 32, 3) uint8, labels (N,) int64."""
    batch = _read(path)
    images, labels = batch.get(b"data"), batch.get(b"labels")
    if not isinstance(images, _Array) or not isinstance(labels, list):
        raise ValueError(_damaged(path))
    pixels = images.bytes_of((len(labels), 3072))
    if pixels is None or not set(labels) <= set(range(10)):
        raise ValueError(_damaged(path))
    planes = np.frombuffer(pixels, np.uint8).reshape(-1, 3, 32, 32)
    return planes.transpose(0, 2, 3, 1), np.array(labels, np.int64)


def read_class_names(path: Path) -> list[str]:
    """Read the ten names from batches.meta."""
    names = _read(path).get(b"label_names")
    if not isinstance(names, list) or not all(isinstance(name, bytes) for name in names) or len(names) != 10:
        raise ValueError(_damaged(path))
    return [name.decode() for name in names]


def write(folder: str | os.PathLike, train: Labelled, test: Labelled, class_names: Sequence[str]) -> None:
    """Write pictures as CIFAR-10 writes them: the training ones in five equal batches."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    parts = [*zip(np.split(train[0], 5), np.split(train[1], 5), strict=True), test]
    for name, (images, labels) in zip([*TRAIN_FILES, "test_batch"], parts, strict=True):
        batch = {
            b"batch_label": name.encode(),
            b"labels": labels.tolist(),
            b"data": images.transpose(0, 3, 1, 2).reshape(len(images), 3072),
            b"filenames": [f"{class_names[label]}_{i:06d}.png".encode() for i, label in enumerate(labels)],
        }
        _write(target / name, batch)
    names = [name.encode() for name in class_names]
    _write(target / "batches.meta", {b"num_cases_per_batch": len(test[1]), b"label_names": names, b"num_vis": 3072})


def _val_rows(num_rows: int, num_val: int) -> np.ndarray:
    """List validation's rows: the last of `VAL_BLOCKS` blocks first, each block in its own order."""
    rows = np.arange(num_rows)
    block = rows // -(-num_rows // VAL_BLOCKS)
    return np.lexsort((rows, -block))[:num_val]


def _complete(folder: Path) -> Path:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"CIFAR-10 is not in {folder}: {', '.join(missing)} missing. Fetch it with: python data_scripts/cifar10.py "
            "(or name its folder in CS231N_CIFAR10_DIR)"
        )
    return folder


def _damaged(path: Path) -> str:
    return f"{path} is not a CIFAR-10 batch file. Fetch it again with: python data_scripts/cifar10.py"


# --- reading: a pickle may build containers, text, numbers and the two stand-ins below, nothing else


class _Array:
    """Stand where a pickle builds an array, and keep what it says of it."""

    def __init__(self, *_: Any) -> None:
        self.state: tuple = ()

    def __setstate__(self, state: tuple) -> None:
        self.state = state

    def bytes_of(self, shape: tuple[int, int]) -> bytes | None:
        """Return the bytes of a row-major uint8 array of this shape; None if it is any other."""
        match self.state:
            case (_, tuple() as given, _Dtype(code=b"u1"), False, bytes() as data) if given == shape:
                return data if len(data) == shape[0] * shape[1] else None
        return None


class _Dtype:
    def __init__(self, code: bytes = b"", *_: Any) -> None:
        self.code = code

    def __setstate__(self, state: tuple) -> None:
        """Byte order and alignment mean nothing for single bytes."""


_STAND_INS = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a batch file")
        return _STAND_INS[module, name]


def _read(path: Path) -> dict:
    try:
        with open(path, "rb") as file:
            content = _Unpickler(file, encoding="bytes").load()
    except OSError:
        raise
    except Exception as error:  # a damaged pickle can raise almost anything
        raise ValueError(f"{_damaged(path)} ({error})") from error
    if not isinstance(content, dict):
        raise ValueError(_damaged(path))
    return content


# --- writing: Python 2's opcodes by hand, because Python 3 cannot write its byte strings, which load as str or bytes


def _write(path: Path, content: dict) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(pickle.PROTO + b"\x02" + _encoded(content) + pickle.STOP)
    os.replace(temporary, path)


def _encoded(value: Any) -> bytes:
    match value:
        case bytes():
            return pickle.BINSTRING + struct.pack("<i", len(value)) + value
        case int():
            return pickle.BININT + struct.pack("<i", value)
        case list():
            return pickle.EMPTY_LIST + pickle.MARK + b"".join(map(_encoded, value)) + pickle.APPENDS
        case dict():
            items = b"".join(_encoded(key) + _encoded(item) for key, item in value.items())
            return pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS
    return _encoded_array(value)


def _encoded_array(array: np.ndarray) -> bytes:
    """Spell out what NumPy pickles: an empty array, then its state (version, shape, dtype, row-major, bytes)."""
    empty = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + _tuple(0) + _encoded(b"b") + pickle.TUPLE3
    dtype = b"cnumpy\ndtype\n" + _encoded(b"u1") + _encoded(0) + _encoded(1) + pickle.TUPLE3 + pickle.REDUCE
    state = _tuple(*array.shape) + dtype + pickle.NEWFALSE + _encoded(array.tobytes())
    return empty + pickle.REDUCE + pickle.MARK + _encoded(1) + state + pickle.TUPLE + pickle.BUILD


def _tuple(*numbers: int) -> bytes:
    return pickle.MARK + b"".join(map(_encoded, numbers)) + pickle.TUPLE
