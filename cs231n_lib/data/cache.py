"""Keep computed arrays on disk between sessions; whatever is wrong with a file, compute again."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np


def folder() -> Path:
    """Name the folder for cached and fetched data: `CS231N_CACHE`, else the system's place for caches."""
    chosen = os.environ.get("CS231N_CACHE")
    if chosen:
        return Path(chosen)
    import pooch

    return Path(pooch.os_cache("cs231n_lib"))


def cached(key: str, build: Callable[[], np.ndarray]) -> np.ndarray:
    """Return the array stored under `key`, or build it and store it if the folder can be written."""
    path = folder() / f"{key}.npz"
    array = _load(path, key)
    if array is None:
        array = build()
        with contextlib.suppress(OSError):  # a full or read-only disk costs time, never the lesson
            _store(path, key, array)
    return array


def _load(path: Path, key: str) -> np.ndarray | None:
    """Read a stored array; None if the file is missing, damaged or holds anything else."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            array, digest = stored["array"], str(stored["digest"])
    except Exception:  # damage has many names: BadZipFile, EOFError, KeyError, ValueError, zlib.error ...
        return None
    return array if digest == _digest(key, array) else None


def _store(path: Path, key: str, array: np.ndarray) -> None:
    """Write beside the target, then rename: a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, array=array, digest=np.array(_digest(key, array)))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _digest(key: str, array: np.ndarray) -> str:
    head = f"{key} {array.dtype.str} {array.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(array).tobytes()).hexdigest()
