"""Read and write CIFAR-10's pickles without trusting them.

Reading, a pickle may build containers, byte strings, numbers and the stand-ins below: nothing in it reaches NumPy or
other code. Writing spells out Python 2's opcodes, because only its byte strings load both as text (encoding="latin1",
as the course reads them) and as bytes.
"""

import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np


class PickledArray:
    """Stand where a pickle builds an array, and keep what it says of it."""

    def __init__(self, *_: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def rows(self, width: int) -> np.ndarray | None:
        """Return the array if it is (N, width) uint8 stored row by row, else None."""
        match self.state:
            case (_, (int(number), int(given)), PickledDtype(code=b"u1"), False, bytes(data)):
                if given == width and len(data) == number * width:
                    return np.frombuffer(data, np.uint8).reshape(number, width)
        return None


class PickledDtype:
    """Stand where a pickle builds a dtype; byte order and alignment mean nothing for single bytes."""

    def __init__(self, code: bytes = b"", *_: Any) -> None:
        self.code = code

    def __setstate__(self, state: Any) -> None:
        pass


_STAND_INS: dict[tuple[str, str], type] = {
    ("numpy.core.multiarray", "_reconstruct"): PickledArray,
    ("numpy", "ndarray"): PickledArray,
    ("numpy", "dtype"): PickledDtype,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in it")
        return _STAND_INS[module, name]


def read(path: Path) -> dict:
    """Read a pickled dict; its keys and texts are bytes, its arrays `PickledArray`."""
    with open(path, "rb") as file:
        try:
            content = _Unpickler(file, encoding="bytes").load()
        except Exception as error:  # a damaged pickle can raise almost anything
            raise ValueError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds a {type(content).__name__} where a dict should be")
    return content


def write(path: Path, content: dict) -> None:
    """Write a dict of byte strings, whole numbers, lists and uint8 arrays."""
    temporary = path.with_name(path.name + ".tmp")
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
    """Spell out what NumPy pickles: an empty array, then its state (version, shape, dtype, column-major, bytes)."""
    empty = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + _tuple(0) + _encoded(b"b") + pickle.TUPLE3
    dtype = b"cnumpy\ndtype\n" + _encoded(b"u1") + _encoded(0) + _encoded(1) + pickle.TUPLE3 + pickle.REDUCE
    state = _encoded(1) + _tuple(*array.shape) + dtype + pickle.NEWFALSE + _encoded(array.tobytes())
    return empty + pickle.REDUCE + pickle.MARK + state + pickle.TUPLE + pickle.BUILD


def _tuple(*numbers: int) -> bytes:
    return pickle.MARK + b"".join(map(_encoded, numbers)) + pickle.TUPLE
