"""Read MNIST's four idx files: handwritten digits, 60000 to train and 10000 to test.

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document recognition, 1998.
"""

import gzip
import os
import struct
from pathlib import Path

import numpy as np

from cs231n_lib.data import cache

FILES = {
    "X_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "X_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
FETCH = "Fetch MNIST with: python data_scripts/get_mnist.py"


def default_dir() -> Path:
    """Name the folder of the files: `CS231N_MNIST_DIR`, else one beside the cache."""
    return Path(os.environ.get("CS231N_MNIST_DIR") or cache.folder() / "mnist")


def load_mnist(folder: str | os.PathLike | None = None) -> dict[str, np.ndarray]:
    """Load MNIST: X_train (60000, 28, 28) uint8, y_train (60000,) int64, X_test (10000, 28, 28), y_test (10000,).

    folder: where the files are, default `default_dir()`.
    Raises: ValueError if a file is missing, damaged or of another kind.
    """
    place = Path(folder) if folder is not None else default_dir()
    data = {name: read_idx(place / file) for name, file in FILES.items()}
    for part in ("train", "test"):
        X, y = data[f"X_{part}"], data[f"y_{part}"]
        if X.ndim != 3 or y.shape != X.shape[:1]:
            raise ValueError(f"{place}: {part} pictures {X.shape} and labels {y.shape} do not belong together. {FETCH}")
        data[f"y_{part}"] = y.astype(np.int64)
    return data


def read_idx(path: Path) -> np.ndarray:
    """Read an idx file of bytes, packed by gzip: two zeros, 8 for bytes, the number of axes, the sizes, the numbers."""
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise ValueError(f"{path} is not there. {FETCH}") from error
    except (OSError, EOFError) as error:
        raise ValueError(f"{path} cannot be read: {error}. {FETCH}") from error
    axes = content[3] if content[:3] == b"\0\0\x08" and len(content) > 3 else 0
    if not 1 <= axes <= 3 or len(content) < 4 + 4 * axes:
        raise ValueError(f"{path} is no idx file of bytes. {FETCH}")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    numbers = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
    if numbers.size != np.prod(shape, dtype=np.int64):
        raise ValueError(f"{path} promises {shape} bytes and holds {numbers.size}. {FETCH}")
    return numbers.reshape(shape)
