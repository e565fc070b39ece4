"""Numbers, cells and changes in words: what a frame says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..language import sentences
from .frames import Frame

FEW = 4  # numbers of a vector that are spelled out
MOST = 5  # changes named in one sentence
NOISE = 1e-9  # below this share of the largest value a number is rounding noise, which differs between processors

say = sentences(__package__)


def numbers(values: Any, top: float, whole: bool = False) -> list[str]:
    """Write values with the digits that suit an array whose largest magnitude is `top`.

    whole: all numbers of the array are whole, so that none needs a decimal.
    """
    values = np.asarray(values)
    if values.dtype == bool:
        return ["T" if v else "F" for v in values.ravel().tolist()]
    if values.dtype.kind in "iu":
        return [str(v) for v in values.ravel().tolist()]
    if values.dtype.kind != "f":
        return [str(v).replace(" ", "")[:9] for v in values.ravel().tolist()]
    digits = 0 if whole else decimals(top)
    return [_number(float(v), top, digits) for v in values.ravel().tolist()]


def decimals(top: float) -> int:
    """Return how many decimals show three significant digits of the largest value."""
    if not 0 < top < math.inf:
        return 2
    return min(max(2 - math.floor(math.log10(top) + 1e-9), 0), 6)


def _number(v: float, top: float, digits: int) -> str:
    if not math.isfinite(v):
        return str(v)
    if abs(v) <= NOISE * top:
        return "0"
    if abs(v) >= 1e5:
        return f"{v:.2e}".replace("e+0", "e").replace("e+", "e")
    text = f"{v:.{digits}f}"
    if float(text) == 0:
        return f"{v:.1e}".replace("e-0", "e-")
    return text


def magnitude(values: Any) -> float:
    """Return the largest finite magnitude."""
    values = np.asarray(values)
    if values.dtype.kind not in "fiub" or not values.size:
        return 0.0
    finite = np.abs(values[np.isfinite(values)].astype(float))
    return float(finite.max()) if finite.size else 0.0


def is_whole(values: Any) -> bool:
    """Whether all finite numbers are whole."""
    values = np.asarray(values)
    if values.dtype.kind != "f":
        return False
    finite = values[np.isfinite(values)]
    return bool((np.abs(finite - np.round(finite)) <= NOISE * magnitude(finite)).all())


def shape_text(shape: Sequence[int]) -> str:
    return "(" + ", ".join(str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"


def cells_text(cells: np.ndarray, shape: tuple[int, ...]) -> str | None:
    """Write flat indices as a subscript such as [1, :]; "" for all cells, None if they form no block."""
    size = math.prod(shape)
    if len(cells) == size:
        return ""
    axes = [np.unique(a) for a in np.unravel_index(cells, shape)]
    if math.prod(len(a) for a in axes) != len(cells):
        return None
    parts = [_axis_text(a, n) for a, n in zip(axes, shape, strict=True)]
    return None if None in parts else f"[{', '.join(p for p in parts if p)}]"


def _axis_text(index: np.ndarray, length: int) -> str | None:
    if len(index) == 1:
        return str(index[0])
    if len(index) == length:
        return ":"
    steps = set(np.diff(index).tolist())
    if len(steps) != 1:
        return None
    step = steps.pop()
    tail = "" if step == 1 else f":{step}"
    stop = index[-1] + 1
    return f"{index[0]}:{stop}{tail}"


def scalar_text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        value = value.item()
    if isinstance(value, str):
        return value if value.startswith(("(", "[")) else repr(value)
    if isinstance(value, float | np.floating):
        return numbers(np.asarray(float(value)), abs(float(value)))[0]
    return str(value)


def sentence(frame: Frame) -> str:
    """Say in one sentence what the line did."""
    place = _place(frame)
    if frame.kind == "call":
        given = [_named_value(name, v) for name, v in frame.values.items()]
        key = "called_with" if given else "called"
        return say(key, place=place, function=frame.function, given=_names(given))
    changes = _changes(frame)
    said = _listed("changes", changes) if changes else say("nothing")
    reads = [_read(name, cells, frame) for name, cells in frame.read.items()]
    return say("did_and_read" if reads else "did", place=place, changes=said, read=_names(reads))


def _place(frame: Frame) -> str:
    """Name the line, the function where it is an inner one, and the loop variables."""
    place = say("line", number=frame.line) if frame.line else say("end")
    if frame.depth:
        place = say("place_in", place=place, function=frame.function)
    loop = ", ".join(f"{name} = {scalar_text(v)}" for name, v in frame.loop.items())
    return place + say("loop", loop=loop) if loop else place


def _changes(frame: Frame) -> list[str]:
    """Say what changed, how a test came out, what was returned or raised."""
    changes = [
        _change(name, cells, frame) for name, cells in frame.wrote.items() if name not in (*frame.loop, *frame.returned)
    ]
    if frame.test is not None:
        changes.append(say("test", outcome=frame.test))
    if frame.kind == "return":
        back = [_named_value(name, frame.values[name]) for name in frame.returned]
        changes.append(say("returns", values=_names(back)) if back else say("returns_nothing"))
    if frame.kind == "error":
        changes.append(say("stops", error=frame.error))
    return changes


def _named_value(name: str, value: Any) -> str:
    label = "" if name == "return" else f"{name} "
    if hasattr(value, "shape") and value.shape:
        return f"{label}{shape_text(value.shape)}"
    return f"{label}= {scalar_text(value)}" if label else scalar_text(value)


def _change(name: str, cells: np.ndarray, frame: Frame) -> str:
    value = frame.values[name]
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        text = shape_text(value.shape) if getattr(value, "shape", ()) else scalar_text(value)
        return say("becomes", name=name, value=text)
    where = cells_text(cells, value.shape)
    if where == "" and value.ndim == 1 and value.size <= FEW:
        return say("becomes", name=name, value=f"[{', '.join(numbers(value, magnitude(value), is_whole(value)))}]")
    if where == "":
        return say("becomes_array", name=name, shape=shape_text(value.shape))
    if len(cells) == 1:
        text = numbers(value.ravel()[cells], magnitude(value), is_whole(value))[0]
        return say("becomes", name=f"{name}{where}", value=text)
    if where:
        return say("gets", name=f"{name}{where}", count=len(cells))
    return say("cells_change", name=name, count=len(cells))


def _read(name: str, cells: np.ndarray, frame: Frame) -> str:
    value = frame.values[name]
    where = cells_text(cells, value.shape) if isinstance(value, np.ndarray) and value.ndim else ""
    return say("cells_of", name=name, count=len(cells)) if where is None else f"{name}{where}"


def _names(parts: list[str]) -> str:
    return _listed("names", parts)


def _listed(kind: str, parts: list[str]) -> str:
    """Join "names" or "changes" as a language lists them, and only count those beyond the first few."""
    if len(parts) > MOST:
        parts = [*parts[: MOST - 1], say(f"{kind}_more", count=len(parts) - MOST + 1)]
    if len(parts) < 2:
        return "".join(parts)
    return say(f"{kind}_last").join([say(f"{kind}_between").join(parts[:-1]), parts[-1]])
