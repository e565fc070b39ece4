"""Turn frames into one self-contained HTML text: a player with script, and key frames that need none."""

from __future__ import annotations

import html
import json
import re

import numpy as np

from ..language import LANGUAGES, speaking
from .frames import Frame
from .payload import Payload, Scales, Window, printed, sheet, window
from .record import Recording
from .script import element
from .words import say, shape_text

PAGE = "background:#fff;color:#1b1f24"  # rows keep a light ground in dark themes, whose style they cannot follow
KEY_FRAMES = 6  # shown on paper and where scripts are blocked
READ, WROTE = "#0072b2", "#e69f00"  # blue and orange of Okabe and Ito
POSITIVE, NEGATIVE = "0,158,115", "204,121,167"  # green and purple: apart for every kind of colour blindness


def to_html(recording: Recording, title: str, asked: dict[str, str], start: int = 0, graph: bool | None = None) -> str:
    """Return the HTML of a recording in its own language; the same recording gives the same text."""
    with speaking(recording.language):
        return _page(recording, title, asked, start, graph)


def _page(recording: Recording, title: str, asked: dict[str, str], start: int, graph: bool | None) -> str:
    payload = Payload(recording, asked)
    content = payload.data(title, start, graph)
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    lang = "" if recording.language == LANGUAGES[0] else f' lang="{recording.language}"'
    static = _static(recording, title, payload.scales)
    return f'<div class="cs-step"{lang}>{static}{element(recording.language, data)}</div>'


def key_frames(frames: list[Frame], count: int = KEY_FRAMES) -> list[int]:
    """Choose the last frame and the first run of each line that shows an array, thinned or filled up to `count`."""
    drawn = [k for k, frame in enumerate(frames) if frame.kind != "call" and _touched(frame)]
    runs = drawn or [k for k, frame in enumerate(frames) if frame.kind != "call"] or [0]
    first = {(frames[k].function, frames[k].line): k for k in reversed(runs)}
    chosen = sorted({*first.values(), len(frames) - 1})
    spread = [runs[int(k)] for k in np.linspace(0, len(runs) - 1, count).round()]
    chosen = sorted({*chosen, *[k for k in spread if k not in chosen][: max(count - len(chosen), 0)]})
    picked = np.linspace(0, len(chosen) - 1, min(count, len(chosen))).round().astype(int)
    return [chosen[k] for k in picked]


def _touched(frame: Frame) -> list[str]:
    """Name the arrays that a frame reads, writes or returns."""
    touched = {*frame.read, *frame.wrote, *frame.returned}
    return [name for name, value in frame.values.items() if name in touched and np.ndim(value)]


def _listing(source: list[tuple[int, str]]) -> str:
    """Return numbered lines; what does not fit across stands below, indented further."""
    lines = []
    for number, text in source:
        hang = f"{0.6 * (5 + hanging(text)):.1f}em"  # JupyterLab's sanitiser knows no ch
        style = f"display:block;padding-left:{hang};text-indent:-{hang}"
        lines.append(f'<span style="{style}">{number:3d}  {html.escape(text)}</span>')
    return "".join(lines)


def hanging(text: str) -> int:
    """Return how far the rest of a long line of code is indented: beyond its block, for `def` beyond its body."""
    indent = len(text) - len(text.lstrip())
    return indent + (8 if re.match(r"\s*def ", text) else 2)


def _static(recording: Recording, title: str, scales: Scales) -> str:
    source = _listing(recording.programs[0].source)
    cards = "".join(_card(recording.frames[k], k, len(recording.frames), scales) for k in key_frames(recording.frames))
    legend = f'<span style="border:2px solid {READ};padding:0 4px">{say("read")}</span> '
    legend += f'<span style="border:3px solid {WROTE};padding:0 4px">{say("written")}</span>'
    remark = f"<p>{html.escape(recording.remark)}</p>" if recording.remark else ""
    remark += f'<p class="cs-off" style="margin:2px 0">{say("key_frames", count=len(recording.frames))}</p>'
    return (
        f'<div class="cs-static"><p style="margin:2px 0"><b>{html.escape(title)}</b> &nbsp; {legend}</p>'
        f'<pre style="font-size:12px;line-height:1.4;margin:4px 0;white-space:pre-wrap">{source}</pre>'
        f'<div style="display:flex;flex-wrap:wrap">{cards}</div>{remark}</div>'
    )


def _card(frame: Frame, k: int, count: int, scales: Scales) -> str:
    tables = "".join(_table(frame, name, scales) for name in _touched(frame))
    return (
        '<details open style="margin:4px 16px 8px 0;max-width:460px;page-break-inside:avoid">'
        f"<summary><b>{say('card', number=k + 1, count=count)}</b> {html.escape(frame.say)}</summary>"
        f'<div style="display:flex;flex-wrap:wrap">{tables}</div></details>'
    )


def _table(frame: Frame, name: str, scales: Scales) -> str:
    value = frame.values[name]
    wrote, read = frame.wrote.get(name, np.arange(0)), frame.read.get(name, np.arange(0))
    part = window(value.shape, wrote if wrote.size else read)
    whole = "" if part.height * part.width == value.size else say("window", part=_where(value, part))
    edge, all_of = "", value.size > 1 and value.size
    if all_of in (wrote.size, read.size):
        edge = f"border:{f'3px solid {WROTE}' if wrote.size == all_of else f'2px solid {READ}'};"
    cells = [
        [_td(value, k, frame, name, scales, wrote.size != all_of, read.size != all_of) for k in row]
        for row in _cells(value.shape, part)
    ]
    rows = "".join(f'<tr style="{PAGE}">{"".join(row)}</tr>' for row in cells)
    style = f"{edge}border-collapse:separate;border-spacing:2px;font-size:12px;text-align:right;margin:0"
    return (
        f'<div style="margin:2px 14px 4px 0"><code>{html.escape(name)}</code> {shape_text(value.shape)}{whole}'
        f'<table style="{style}">{rows}</table></div>'
    )


def _cells(shape: tuple[int, ...], part: Window) -> np.ndarray:
    """Return the flat indices of a window, row by row."""
    rows, columns = sheet(shape)
    start = int(np.ravel_multi_index(part.lead, shape[:-2])) * rows * columns if part.lead else 0
    slab = np.arange(start, start + rows * columns).reshape(rows, columns)
    return slab[part.row : part.row + part.height, part.column : part.column + part.width]


def _where(value: np.ndarray, part: Window) -> str:
    """Name a window as a subscript."""
    spans = [f"{part.row}:{part.row + part.height}"] if value.ndim > 1 else []
    spans.append(f"{part.column}:{part.column + part.width}")
    return f"[{', '.join([*map(str, part.lead), *spans])}]"


def _td(value: np.ndarray, k: int, frame: Frame, name: str, scales: Scales, show_wrote: bool, show_read: bool) -> str:
    text = scales.texts(frame, name, value.ravel()[k : k + 1])[0]
    wrote = show_wrote and k in frame.wrote.get(name, ())
    read = show_read and k in frame.read.get(name, ())
    edge = f"border:3px solid {WROTE};" if wrote else f"border:2px solid {READ};" if read else ""
    style = edge + _background(text, printed(scales.of(frame, name)))
    return f'<td style="{style}">{text}</td>' if style else f"<td>{text}</td>"


def _background(text: str, top: float) -> str:
    """Return the colour of a number as inline style; zero has none."""
    if text in ("T", "F"):
        number, top = float(text == "T"), 1.0
    else:
        number = float(text) if re.fullmatch(r"-?[\d.]+(e-?\d+)?", text) else 0.0
    if not (number and top):
        return ""
    return f"background:rgba({POSITIVE if number > 0 else NEGATIVE},{0.08 + 0.72 * min(abs(number) / top, 1.0):.2f})"
