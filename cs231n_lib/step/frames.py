"""A frame: what one executed line did, and the values that it left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Unwatched:
    """Stands for an array too large to be copied at every line."""

    shape: tuple[int, ...]


@dataclass
class Operand:
    """One operand of an elementwise expression, as its line saw it."""

    text: str
    value: np.ndarray


@dataclass
class Frame:
    """What one executed line did.

    line: as numbered in the shown source, 0 at the end of a call too long to be shown.
    values: name -> copy of the value after the line, arrays as ndarray.
    read, wrote: name -> flat indices of the cells.  loop: the loop variables around the line.
    made: where a line makes several things, name -> the names its own value was made from.
    numbers: single numbers that the line uses; their reading is known from the source, not watched as an array's is.
    """

    line: int
    function: str
    values: dict[str, Any]
    depth: int = 0  # how many recorded calls are around this one
    read: dict[str, np.ndarray] = field(default_factory=dict)
    wrote: dict[str, np.ndarray] = field(default_factory=dict)
    loop: dict[str, Any] = field(default_factory=dict)
    made: dict[str, set[str]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    kind: str = "line"  # or "call", "return", "error"
    test: bool | None = None
    returned: list[str] = field(default_factory=list)  # names under which the returned values stand in `values`
    broadcast: tuple[str, tuple[int, ...], list[Operand]] | None = None
    error: str = ""
    say: str = ""
