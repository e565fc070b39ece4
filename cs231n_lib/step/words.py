"""Numbers, cells and changes in words: what a frame says."""

from __future__ import annotations

import math

import numpy as np

FEW = 4  # numbers of a vector that are spelled out
MOST = 5  # changes named in one sentence
NOISE = 1e-9  # below this share of the largest value a number is rounding noise, which differs between processors


def numbers(values, top: float, whole: bool = False) -> list[str]:
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


def magnitude(values) -> float:
    """Return the largest finite magnitude."""
    values = np.asarray(values)
    if values.dtype.kind not in "fiub" or not values.size:
        return 0.0
    finite = np.abs(values[np.isfinite(values)].astype(float))
    return float(finite.max()) if finite.size else 0.0


def is_whole(values) -> bool:
    """Whether all finite numbers are whole."""
    values = np.asarray(values)
    if values.dtype.kind != "f":
        return False
    finite = values[np.isfinite(values)]
    return bool((np.abs(finite - np.round(finite)) <= NOISE * magnitude(finite)).all())


def shape_text(shape) -> str:
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


def scalar_text(value) -> str:
    if isinstance(value, np.ndarray):
        value = value.item()
    if isinstance(value, str):
        return value if value.startswith(("(", "[")) else repr(value)
    if isinstance(value, float | np.floating):
        return numbers(np.asarray(float(value)), abs(float(value)))[0]
    return str(value)


def sentence(frame) -> str:
    """Say in one sentence what the line did."""
    place = f"line {frame.line}" if frame.line else "at the end"
    if frame.depth:
        place += f" of {frame.function}"
    loop = ", ".join(f"{name} = {scalar_text(v)}" for name, v in frame.loop.items())
    if loop:
        place += f" ({loop})"
    if frame.kind == "call":
        given = [_what(name, v) for name, v in frame.values.items()]
        return f"{place}: {frame.function} is called" + (f" with {_and(given)}." if given else ".")
    changes = [
        _change(name, cells, frame) for name, cells in frame.wrote.items() if name not in (*frame.loop, *frame.returned)
    ]
    if frame.test is not None:
        changes.append(f"the test is {frame.test}")
    if frame.kind == "return":
        back = [_what(name, frame.values[name]) for name in frame.returned]
        changes.append(f"returns {_and(back)}" if back else "returns")
    if frame.kind == "error":
        changes.append(f"stops with {frame.error}")
    reads = [_read(name, cells, frame) for name, cells in frame.read.items()]
    said = _and(changes) or "nothing changes"
    return f"{place}: {said}" + (f"; it read {_and(reads)}." if reads else ".")


def _what(name: str, value) -> str:
    label = "" if name == "return" else f"{name} "
    if hasattr(value, "shape") and value.shape:
        return f"{label}{shape_text(value.shape)}"
    return f"{label}= {scalar_text(value)}" if label else scalar_text(value)


def _change(name: str, cells, frame) -> str:
    value = frame.values[name]
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return f"{name} becomes {shape_text(value.shape) if getattr(value, 'shape', ()) else scalar_text(value)}"
    where = cells_text(cells, value.shape)
    if where == "" and value.ndim == 1 and value.size <= FEW:
        return f"{name} becomes [{', '.join(numbers(value, magnitude(value), is_whole(value)))}]"
    if where == "":
        return f"{name} becomes an array of shape {shape_text(value.shape)}"
    if len(cells) == 1:
        return f"{name}{where} becomes {numbers(value.ravel()[cells], magnitude(value), is_whole(value))[0]}"
    return f"{name}{where} gets {len(cells)} numbers" if where else f"{len(cells)} cells of {name} change"


def _read(name: str, cells, frame) -> str:
    value = frame.values[name]
    where = cells_text(cells, value.shape) if isinstance(value, np.ndarray) and value.ndim else ""
    return f"{len(cells)} cells of {name}" if where is None else f"{name}{where}"


def _and(parts: list[str]) -> str:
    if len(parts) > MOST:
        parts = [*parts[: MOST - 1], f"{len(parts) - MOST + 1} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
