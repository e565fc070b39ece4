"""What the player is given: per frame only what changed, numbers as short text."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from . import schema
from .frames import Frame, Unwatched
from .record import Recording
from .words import cells_text, decimals, is_whole, magnitude, numbers, say, scalar_text, shape_text

WHOLE = 2500  # cells up to which the player gets an array whole; of larger ones an overview and a window
SMALL, SIDE = 64, 16  # cells and rows or columns up to which a slice is drawn with all its numbers
OVERVIEW = 24  # rows and columns of the overview
STRETCHED = 64  # cells up to which broadcasting is drawn


class Scales:
    """The colour range of every variable, fixed over all frames."""

    def __init__(self, frames: list[Frame]):
        self.top: dict[tuple[str, str], float] = {}
        self.whole: dict[tuple[str, str], bool] = {}
        for frame in frames:
            for name, value in frame.values.items():
                if isinstance(value, np.ndarray):
                    key = frame.function, name
                    self.top[key] = max(self.top.get(key, 0.0), magnitude(value))
                    self.whole[key] = self.whole.get(key, True) and is_whole(value)

    def of(self, frame: Frame, name: str) -> float:
        """Return the largest magnitude the variable ever has."""
        return self.top.get((frame.function, name), 0.0)

    def is_whole(self, frame: Frame, name: str) -> bool:
        """Whether all numbers the variable ever has are whole."""
        return self.whole.get((frame.function, name), False)

    def texts(self, frame: Frame, name: str, values: Any) -> list[str]:
        """Write some values of a variable."""
        return numbers(values, self.of(frame, name), self.is_whole(frame, name))


def printed(top: float) -> float:
    """Return a magnitude as it is printed, so that it differs by one in the last digit between processors."""
    return float(f"{top:.{decimals(top)}f}")


@dataclass(frozen=True)
class Window:
    """The part of a large array that is enlarged: leading indices, first row and column, rows and columns."""

    lead: tuple[int, ...]
    row: int
    column: int
    height: int
    width: int


def sheet(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return rows and columns of one two-dimensional slice."""
    return (shape[-2] if len(shape) > 1 else 1), (shape[-1] if shape else 1)


def window(shape: tuple[int, ...], cells: np.ndarray) -> Window:
    """Choose the slice of the first of these cells, and of a large slice the part around it."""
    rows, columns = sheet(shape)
    first = int(cells[0]) if len(cells) else 0
    lead = tuple(int(k) for k in np.unravel_index(first // (rows * columns), shape[:-2])) if len(shape) > 2 else ()
    if rows * columns <= SMALL and max(rows, columns) <= SIDE:
        return Window(lead, 0, 0, rows, columns)
    height, width = min(rows, 8), min(columns, 12 if rows == 1 else 8)
    row, column = divmod(first % (rows * columns), columns)
    row, column = max(0, min(row - 3, rows - height)), max(0, min(column - 3, columns - width))
    return Window(lead, row, column, height, width)


@dataclass
class Payload:
    """Collects the player's data frame by frame."""

    recording: Recording
    asked: dict[str, str]
    variables: dict[tuple[str, str], int] = field(default_factory=dict)
    held: dict[int, Any] = field(default_factory=dict)  # what the player knows of each variable by now

    def __post_init__(self) -> None:
        self.scales = Scales(self.recording.frames)
        self.names = [program.name for program in self.recording.programs]
        # An array that is filled piece by piece is asked for at its pieces, not where it was made.
        self.pieces = {n for f in self.recording.frames for n in f.wrote if len(f.wrote[n]) < np.size(f.values[n])}

    def data(self, title: str, start: int = 0, graph: bool | None = None) -> schema.Payload:
        """Return all the player needs."""
        frames = [self._frame(frame) for frame in self.recording.frames]
        tops = [printed(self.scales.top.get(key, 0.0)) for key in self.variables]
        keys = zip(self.variables, tops, strict=True)
        variables: list[schema.Variable] = [{"n": name, "f": self.names.index(f), "m": top} for (f, name), top in keys]
        sources: list[schema.Code] = [
            {"name": program.name, "src": [text for _, text in program.source]} for program in self.recording.programs
        ]
        made: schema.Payload = {
            "title": title,
            "remark": self.recording.remark,
            "fns": sources,
            "vars": variables,
            "frames": frames,
        }
        if start:
            made["start"] = start
        if graph is not None:
            made["graph"] = int(graph)
        return made

    def _key(self, frame: Frame, name: str) -> int:
        return self.variables.setdefault((frame.function, name), len(self.variables))

    def _frame(self, frame: Frame) -> schema.Frame:
        function = self.names.index(frame.function)
        program = self.recording.programs[function]
        made = {"f": function, "l": frame.line, "s": frame.say}
        end = program.last_line.get(frame.line, frame.line)
        parts = {
            "e": end if end != frame.line else None,
            "it": ", ".join(f"{name} = {scalar_text(v)}" for name, v in frame.loop.items()),
            "h": [line for line, _ in program.loops.get(frame.line, [])],
            "set": self._changes(frame),
            "r": {self._key(frame, name): ranges(cells) for name, cells in frame.read.items()},
            "w": {self._key(frame, name): ranges(cells) for name, cells in frame.wrote.items()},
            "m": self._made(frame),
            "back": [self._key(frame, name) for name in frame.returned],
            "bad": int(frame.kind == "error"),
            "b": _stretched(frame),
            "ask": self._question(frame),
        }
        return cast(schema.Frame, made | {name: part for name, part in parts.items() if part})

    def _made(self, frame: Frame) -> dict[int, list[int]]:
        """Return what each written variable was made from, where that is not just all the arrays the line read."""
        arrays, sources = list(frame.read), [*frame.read, *(n for n in frame.numbers if n not in frame.read)]
        made = {name: [n for n in sources if n in frame.made.get(name, sources)] for name in frame.wrote}
        return {
            self._key(frame, name): [self._key(frame, n) for n in own] for name, own in made.items() if own != arrays
        }

    def _changes(self, frame: Frame) -> dict[int, schema.Change]:
        """Encode what is new or other than before; 0 for a name that is gone."""
        here = {self._key(frame, name) for name in frame.values}
        gone = [k for (f, _), k in self.variables.items() if f == frame.function and k in self.held and k not in here]
        changes: dict[int, schema.Change] = dict.fromkeys(gone, 0)
        for key in gone:
            del self.held[key]
        for name, value in frame.values.items():
            key = self._key(frame, name)
            before = self.held.get(key)
            touched = name in frame.read or name in frame.wrote
            if before is not value or (touched and isinstance(value, np.ndarray) and value.size > WHOLE):
                changes[key] = self._value(frame, name, value, before)
                self.held[key] = value
        return changes

    def _value(self, frame: Frame, name: str, value: Any, before: Any) -> schema.Change:
        """Encode a value, for an array of the same shape as before only the cells that changed."""
        top = self.scales.of(frame, name)
        if isinstance(value, Unwatched):
            return {"d": value.shape}
        if not isinstance(value, np.ndarray):
            return {"s": scalar_text(value)}
        if value.ndim == 0:
            return {"s": self.scales.texts(frame, name, value)[0]}
        if value.size > WHOLE:
            cells = frame.wrote.get(name, frame.read.get(name, np.arange(0)))
            return {
                "d": value.shape,
                "big": _reduced(value, cells, top, self.scales.is_whole(frame, name), value is not before),
            }
        if isinstance(before, np.ndarray) and before.shape == value.shape and before.dtype == value.dtype:
            cells = np.flatnonzero((before != value) & ~((before != before) & (value != value)))
            if cells.size < value.size:
                return {"i": ranges(cells), "c": " ".join(self.scales.texts(frame, name, value.ravel()[cells]))}
        return {"d": value.shape, "c": " ".join(self.scales.texts(frame, name, value))}

    def _question(self, frame: Frame) -> schema.Question | None:
        """Return what the learner is to predict at this frame."""
        if frame.kind in ("call", "error"):
            return None
        name = next((n for n in self.asked if n in frame.wrote), None)
        if name is None or (name in self.pieces and len(frame.wrote[name]) == np.size(frame.values[name])):
            return None
        value, text = frame.values[name], self.asked[name]
        variable = self._key(frame, name)
        if text == "shape":
            answer = shape_text(np.shape(value))
            return {"v": variable, "q": say("shape"), "x": f"{name}.shape", "a": answer, "shape": 1}
        if not isinstance(value, np.ndarray):
            whole = isinstance(value, int)
            return {"v": variable, "q": text, "x": name, "a": scalar_text(value), "int": int(whole)}
        cells = frame.wrote[name]
        flat = value.ravel()
        cell = next((int(k) for k in cells if flat[k] != 0 and flat[k] == flat[k]), int(cells[0]))
        where = cells_text(np.array([cell]), value.shape) if value.ndim and value.size > 1 else ""
        answer = self.scales.texts(frame, name, flat[[cell]])[0]
        whole = value.dtype.kind in "iu" or self.scales.is_whole(frame, name)
        asked = name + (where or "")
        return {"v": variable, "q": text, "k": cell, "x": asked, "a": answer, "int": int(whole)}


def _reduced(value: np.ndarray, cells: np.ndarray, top: float, whole: bool, anew: bool) -> schema.Overview:
    """Return an overview by block means and the enlarged window of a large array."""
    part = window(value.shape, cells)
    rows, columns = sheet(value.shape)
    slab = value[part.lead].reshape(rows, columns)
    seen = slab[part.row : part.row + part.height, part.column : part.column + part.width]
    lead = int(np.ravel_multi_index(part.lead, value.shape[:-2])) if part.lead else 0
    blocks = min(rows, OVERVIEW), min(columns, OVERVIEW if rows > 1 else 64)
    made: schema.Overview = {
        "t": blocks,
        "o": lead * rows * columns,
        "win": [part.row, part.column, part.height, part.width],
        "w": " ".join(numbers(seen, top, whole)),
    }
    if part.lead:
        made["at"] = ", ".join(map(str, part.lead))
    if anew or part.lead:
        made["c"] = " ".join(f"{v:.2f}" for v in _block_means(slab, *blocks, top))
    return made


def _block_means(slab: np.ndarray, height: int, width: int, top: float) -> list[float]:
    rows = np.array_split(np.nan_to_num(slab.astype(float) / (top or 1.0)), height)
    means = [block.mean() for row in rows for block in np.array_split(row, width, axis=1)]
    return [round(max(-1.0, min(1.0, 0.8 * float(m))), 2) + 0.0 for m in means]


def _stretched(frame: Frame) -> schema.Stretched | None:
    """Return the operands of the line's elementwise expression, if it stretched one and all are small."""
    if frame.broadcast is None:
        return None
    text, shape, operands = frame.broadcast
    if len(shape) > 2 or math.prod(shape) > STRETCHED or max(shape) > SIDE:
        return None
    listed: list[schema.Operand] = []
    for operand in operands:
        top = magnitude(operand.value)
        cells = " ".join(numbers(operand.value, top, is_whole(operand.value)))
        listed.append({"t": operand.text, "d": operand.value.shape, "c": cells, "m": printed(top)})
    return {"t": text, "d": shape, "o": listed}


def ranges(cells: np.ndarray | list[int]) -> str:
    """Write sorted indices as "0-2 5"."""
    cells = np.asarray(cells)
    if not cells.size:
        return ""
    starts = np.concatenate([[True], np.diff(cells) != 1])
    ends = np.concatenate([np.diff(cells) != 1, [True]])
    pairs = zip(cells[starts].tolist(), cells[ends].tolist(), strict=True)
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in pairs)
