"""Read and write pickles of arrays without trusting them.

Reading, a pickle may build containers, byte strings, numbers and the stand-ins below: nothing in it reaches NumPy or
other code. Writing spells out Python 2's opcodes, because only its byte strings load both as text (encoding="latin1",
as the course reads them) and as bytes.
"""

import os
import pickle
import re
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

NUMBERS = {
    f"{kind}{size}" for kind, sizes in {"b": "1", "u": "1248", "i": "1248", "f": "248"}.items() for size in sizes
}
TEXTS = re.compile(r"[US]\d{1,6}")


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

    def array(self) -> np.ndarray:
        """Return the array: of numbers or texts from its bytes, of objects from what the pickle built.

        Raises: ValueError if it is of another kind, or its bytes do not fill its shape.
        """
        _, shape, kind, columns_first, data = self.state
        if not isinstance(kind, PickledDtype):
            raise ValueError("an array without a dtype")
        if kind.text == "O8" and isinstance(data, list):
            objects = np.empty(len(data), object)
            objects[:] = [as_arrays(item) for item in data]
            return objects.reshape(shape)
        raw = data.encode("latin1") if isinstance(data, str) else data
        return np.frombuffer(raw, kind.dtype()).reshape(shape, order="F" if columns_first else "C").copy()


class PickledDtype:
    """Stand where a pickle builds a dtype, and keep its code and byte order."""

    def __init__(self, code: bytes | str = b"", *_: Any) -> None:
        self.code = code
        self.order = "<"

    def __setstate__(self, state: Any) -> None:
        order = state[1]
        self.order = order.decode() if isinstance(order, bytes) else order

    @property
    def text(self) -> str:
        """The code as text, such as "f8"."""
        return self.code.decode() if isinstance(self.code, bytes) else self.code

    def dtype(self) -> np.dtype:
        """Return NumPy's dtype of numbers or texts.

        Raises: ValueError for any other.
        """
        if self.order not in ("<", ">", "|") or not (self.text in NUMBERS or TEXTS.fullmatch(self.text)):
            raise ValueError(f"an array of dtype {self.text!r}")
        return np.dtype(self.order + self.text)


class PickledScalar:
    """Stand where a pickle builds a NumPy number."""

    def __init__(self, kind: Any, data: bytes | str) -> None:
        self.kind, self.data = kind, data

    def value(self) -> Any:
        """Return the number."""
        raw = self.data.encode("latin1") if isinstance(self.data, str) else self.data
        return np.frombuffer(raw, self.kind.dtype())[0]


def _from_buffer(data: bytes | bytearray, kind: Any, shape: Any, order: str) -> PickledArray:
    """Stand for the function by which pickles of protocol 5 build an array."""
    array = PickledArray()
    array.state = (1, shape, kind, order == "F", bytes(data))
    return array


def _latin1(text: str, encoding: str = "latin1") -> bytes:
    """Stand for `codecs.encode`, by which Python 3 writes byte strings into Python 2's pickles."""
    return text.encode("latin1")


_STAND_INS: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): PickledArray,
    ("numpy._core.multiarray", "_reconstruct"): PickledArray,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy._core.numeric", "_frombuffer"): _from_buffer,
    ("numpy.core.multiarray", "scalar"): PickledScalar,
    ("numpy._core.multiarray", "scalar"): PickledScalar,
    ("numpy", "ndarray"): PickledArray,
    ("numpy", "dtype"): PickledDtype,
    ("_codecs", "encode"): _latin1,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
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


def load(file: BinaryIO, encoding: str = "latin1") -> Any:
    """Read a pickle of containers, texts, numbers and arrays; byte strings of Python 2 become texts by `encoding`.

    Raises: ValueError if it is damaged or holds anything else.
    """
    try:
        return as_arrays(_Unpickler(file, encoding=encoding).load())
    except Exception as error:  # a damaged pickle can raise almost anything
        raise ValueError(f"{getattr(file, 'name', 'the pickle')} cannot be read: {error}") from error


def read_npy(file: BinaryIO) -> np.ndarray:
    """Read what `np.save` wrote, an array of objects too (a dictionary of arrays is one).

    Raises: ValueError as `load`.
    """
    start = file.tell()
    version = np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    dtype = header(file)[2]
    if not dtype.hasobject:
        file.seek(start)
        return np.lib.format.read_array(file, allow_pickle=False)
    array = load(file)
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{getattr(file, 'name', 'the file')} holds a {type(array).__name__} where an array should be")
    return array


def as_arrays(content: Any) -> Any:
    """Replace the stand-ins in nested containers by arrays and numbers."""
    match content:
        case PickledArray():
            return content.array()
        case PickledScalar():
            return content.value()
        case dict():
            return {as_arrays(key): as_arrays(item) for key, item in content.items()}
        case list() | tuple() | set() | frozenset():
            return type(content)(as_arrays(item) for item in content)
        case PickledDtype():
            return content.dtype()
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
