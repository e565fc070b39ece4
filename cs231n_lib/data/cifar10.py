"""Read and write CIFAR-10's Python batches.

A folder holds data_batch_1 to data_batch_5, test_batch and batches.meta. A batch is a dict pickled by Python 2: `data`
(N, 3072) uint8 (1024 red, 1024 green, 1024 blue values, row by row) and `labels`, N numbers 0..9.
Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cs231n_lib.data import cache, pickles
from cs231n_lib.data.pictures import check_number

CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
TRAIN_FILES = [f"data_batch_{number}" for number in range(1, 6)]
FILES = [*TRAIN_FILES, "test_batch", "batches.meta"]
FETCH = "Fetch CIFAR-10 with: python data_scripts/get_cifar10.py"
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
    check_number("load_images: num_val", num_val, 0, len(labels) - 1)
    val_rows = _val_rows(len(labels), num_val)
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
    data, labels = batch.get(b"data"), batch.get(b"labels")
    rows = data.rows(3072) if isinstance(data, pickles.PickledArray) else None
    if rows is None or not isinstance(labels, list) or len(labels) != len(rows):
        raise ValueError(f"{path} holds no (N, 3072) bytes with N labels. {FETCH}")
    if any(label not in range(10) for label in labels):
        raise ValueError(f"{path} has labels outside 0..9. {FETCH}")
    return rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), np.array(labels, np.int64)


def read_class_names(path: Path) -> list[str]:
    """Read the ten names from batches.meta."""
    names = _read(path).get(b"label_names")
    if not isinstance(names, list) or len(names) != 10 or not all(isinstance(name, bytes) for name in names):
        raise ValueError(f"{path} holds no ten class names. {FETCH}")
    return [name.decode("ascii", "replace") for name in names]


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
        pickles.write(target / name, batch)
    names = [name.encode() for name in class_names]
    pickles.write(
        target / "batches.meta", {b"num_cases_per_batch": len(test[1]), b"label_names": names, b"num_vis": 3072}
    )


def _val_rows(num_rows: int, num_val: int) -> np.ndarray:
    """List validation's rows: the last of `VAL_BLOCKS` blocks first, each block in its own order."""
    rows = np.arange(num_rows)
    block = rows // -(-num_rows // VAL_BLOCKS)
    return np.lexsort((rows, -block))[:num_val]


def _complete(folder: Path) -> Path:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        where = f"{folder} has no {', '.join(missing)}"
        raise ValueError(f"{where}. {FETCH} (or name the folder that has them in CS231N_CIFAR10_DIR)")
    return folder


def _read(path: Path) -> dict:
    try:
        return pickles.read(path)
    except ValueError as error:
        raise ValueError(f"{error}. {FETCH}") from error
