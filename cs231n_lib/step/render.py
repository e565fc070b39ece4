"""Turn frames into one self-contained HTML text: a player with script, and key frames that need none."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from .record import Frame, Recording, Unwatched
from .words import decimals, magnitude, numbers, scalar_text, shape_text

KEY_FRAMES = 6  # shown on paper and where scripts are blocked
READ, WROTE = "#0072b2", "#e69f00"  # blue and orange of Okabe and Ito
POSITIVE, NEGATIVE = "0,158,115", "204,121,167"  # green and purple: apart for every kind of colour blindness


class Scales:
    """The number format and colour range of every variable, fixed over all frames."""

    def __init__(self, frames: list[Frame]):
        self.top: dict[tuple[str, str], float] = {}
        for frame in frames:
            for name, value in frame.values.items():
                if isinstance(value, np.ndarray):
                    key = frame.function, name
                    self.top[key] = max(self.top.get(key, 0.0), magnitude(value))

    def of(self, frame: Frame, name: str) -> float:
        return self.top.get((frame.function, name), 0.0)

    def colour(self, frame: Frame, name: str) -> float:
        """Return the largest magnitude as it is printed."""
        top = self.of(frame, name)
        return float(f"{top:.{decimals(top)}f}")


def to_html(recording: Recording, title: str, asked: dict[str, str]) -> str:
    """Return the HTML of a recording; the same recording gives the same text."""
    scales = Scales(recording.frames)
    data = json.dumps(_data(recording, title, scales, asked), ensure_ascii=False, separators=(",", ":"))
    data = data.replace("</", "<\\/")
    static = _static(recording, title, scales)
    script = f"({_asset('step.js')})(document.currentScript.parentNode,{data})"
    return f'<div class="cs-step">{static}<style>{_asset("step.css")}</style><script>{script}</script></div>'


@cache
def _asset(name: str) -> str:
    """Read a file of this package without its indentation and comment lines."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = (re.sub(r"\s+// .*$", "", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("// "))


# ---- data for the player -------------------------------------------------------------------------------------
def _data(recording: Recording, title: str, scales: Scales, asked: dict[str, str]) -> dict[str, Any]:
    names = [program.name for program in recording.programs]
    variables: dict[tuple[str, str], int] = {}
    frames, held = [], {}
    for frame in recording.frames:
        for name in frame.values:
            variables.setdefault((frame.function, name), len(variables))
        frames.append(_frame(frame, names.index(frame.function), recording, variables, held, scales))
    listed = [{"n": n, "f": names.index(f), "m": scales.top.get((f, n), 0.0) and float(
        f"{scales.top[f, n]:.{decimals(scales.top[f, n])}f}")} for f, n in variables]
    sources = [{"name": p.name, "src": [text for _, text in p.source]} for p in recording.programs]
    return {"title": title, "remark": recording.remark, "fns": sources, "vars": listed, "frames": frames}


def _frame(frame: Frame, function: int, recording: Recording, variables, held: dict, scales: Scales) -> dict:
    program = recording.programs[function]
    made: dict[str, Any] = {"f": function, "l": frame.line, "s": frame.say}
    end = program.last_line.get(frame.line, frame.line)
    if end != frame.line:
        made["e"] = end
    if frame.loop:
        made["it"] = ", ".join(f"{name} = {scalar_text(v)}" for name, v in frame.loop.items())
        made["h"] = [line for line, _ in program.loops[frame.line]]
    key = lambda name: variables[frame.function, name]
    changed = {}
    for name, value in frame.values.items():
        if key(name) not in held or held[key(name)] is not value:
            changed[key(name)] = _payload(value, held.get(key(name)), scales.of(frame, name))
            held[key(name)] = value
    for letter, marks in (("set", changed), ("r", _marks(frame.read, key)), ("w", _marks(frame.wrote, key))):
        if marks:
            made[letter] = marks
    if frame.kind == "return":
        made["back"] = [key(name) for name in frame.returned]
    if frame.kind == "error":
        made["bad"] = 1
    return made


def _payload(value, before, top: float) -> dict:
    """Encode a value, for an array of the same shape as before only the cells that changed."""
    if isinstance(value, Unwatched):
        return {"d": value.shape}
    if not isinstance(value, np.ndarray):
        return {"s": scalar_text(value)}
    if isinstance(before, np.ndarray) and before.shape == value.shape and before.dtype == value.dtype:
        cells = np.flatnonzero((before != value) & ~((before != before) & (value != value)))
        if cells.size < value.size:
            return {"i": _ranges(cells), "c": " ".join(numbers(value.ravel()[cells], top))}
    return {"d": value.shape, "c": " ".join(numbers(value, top))}


def _marks(cells: dict[str, np.ndarray], key) -> dict[int, str]:
    return {key(name): _ranges(where) for name, where in cells.items()}


def _ranges(cells) -> str:
    """Write sorted indices as "0-2 5"."""
    out: list[list[int]] = []
    for k in np.asarray(cells).tolist():
        if out and k == out[-1][1] + 1:
            out[-1][1] = k
        else:
            out.append([k, k])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


# ---- key frames without script ---------------------------------------------------------------------------------
def key_frames(frames: list[Frame], count: int = KEY_FRAMES) -> list[int]:
    """Choose the first run of each line and the last frame, evenly thinned to `count`."""
    first = {(f.function, f.line): k for k, f in reversed(list(enumerate(frames))) if f.kind != "call"}
    chosen = sorted({*first.values(), len(frames) - 1})
    if len(chosen) < count:  # few lines, many turns of a loop: spread over the run
        spread = np.linspace(0, len(frames) - 1, count).round().astype(int).tolist()
        chosen = sorted({*chosen, *[k for k in spread if frames[k].kind != "call"][: count - len(chosen)]})
    picked = np.linspace(0, len(chosen) - 1, min(count, len(chosen))).round().astype(int)
    return [chosen[k] for k in picked]


def _static(recording: Recording, title: str, scales: Scales) -> str:
    source = "\n".join(f"{n:3d}  {text}" for n, text in recording.programs[0].source)
    cards = "".join(_card(recording.frames[k], k, len(recording.frames), scales) for k in key_frames(recording.frames))
    legend = f'<span style="border:2px solid {READ};padding:0 4px">read</span> '
    legend += f'<span style="border:3px solid {WROTE};padding:0 4px">written</span>'
    remark = f"<p>{html.escape(recording.remark)}</p>" if recording.remark else ""
    return (
        f'<div class="cs-static"><p style="margin:2px 0"><b>{html.escape(title)}</b> &nbsp; {legend}</p>'
        f'<pre style="font-size:12px;line-height:1.4;margin:4px 0">{html.escape(source)}</pre>'
        f'<div style="display:flex;flex-wrap:wrap">{cards}</div>{remark}</div>'
    )


def _card(frame: Frame, k: int, count: int, scales: Scales) -> str:
    touched = [n for n in frame.values if n in frame.read or n in frame.wrote or n in frame.returned]
    tables = "".join(_table(frame, name, scales) for name in touched if _drawn(frame.values[name]))
    return (
        '<details open style="margin:4px 16px 8px 0;max-width:440px;page-break-inside:avoid">'
        f"<summary><b>{k + 1} of {count}.</b> {html.escape(frame.say)}</summary>"
        f'<div style="display:flex;flex-wrap:wrap">{tables}</div></details>'
    )


def _drawn(value) -> bool:
    return isinstance(value, np.ndarray) and 0 < value.ndim and value.size <= 64


def _table(frame: Frame, name: str, scales: Scales) -> str:
    value, top = frame.values[name], scales.colour(frame, name)
    texts = numbers(value, scales.of(frame, name))
    read, wrote = set(frame.read.get(name, ())), set(frame.wrote.get(name, ()))
    cells = [_td(text, top, k in read, k in wrote) for k, text in enumerate(texts)]
    width = value.shape[-1]
    rows = "".join(f"<tr>{''.join(cells[k : k + width])}</tr>" for k in range(0, len(cells), width or 1))
    return (
        f'<div style="margin:2px 14px 4px 0"><code>{html.escape(name)}</code> {shape_text(value.shape)}'
        f'<table style="border-collapse:separate;border-spacing:2px;font-size:12px;margin:0">{rows}</table></div>'
    )


def _td(text: str, top: float, read: bool, wrote: bool) -> str:
    colour = f"3px solid {WROTE}" if wrote else f"2px solid {READ}" if read else "1px solid #bbb"
    style = f"border:{colour};padding:2px 4px;text-align:right"
    number = {"T": 1.0, "F": 0.0}.get(text)
    if number is None:
        number = float(text) if re.fullmatch(r"-?[\d.]+(e-?\d+)?", text) else 0.0
    share = min(abs(number) / top, 1.0) if top else 0.0
    if share:
        style += f";background:rgba({POSITIVE if number > 0 else NEGATIVE},{0.08 + 0.72 * share:.2f})"
    return f'<td style="{style}">{html.escape(text)}</td>'
