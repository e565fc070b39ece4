"""The stepper: watch any function work, array by array."""

from __future__ import annotations

from collections.abc import Iterable

from .record import Frame, record_call
from .render import to_html
from .words import shape_text

__all__ = ["Frame", "Steps", "step"]


def step(fn, *args, ask: dict[str, str] | None = None, into: Iterable = (), title: str | None = None, **kwargs):
    """Record one real call fn(*args, **kwargs) and show it line by line, array by array.

    fn: a function, method, closure or lambda written in Python; NumPy arrays and PyTorch tensors are drawn.
    ask: variable -> question; its new cells stay hidden until the learner guesses or reveals them.
    into: functions called by fn whose lines are shown as well; all others are stepped over.
    title: heading, default the call.
    Returns: Steps, which shows itself; an exception inside fn is the last frame and stands in `.error`.
    Raises: ValueError for a function without Python source, or if `ask` names what fn never writes.
    """
    return Steps(record_call(fn, args, kwargs, into), title, ask or {})


class Steps:
    """The frames of one call, the value it returned and the exception it raised; shows itself in a notebook."""

    def __init__(self, recording, title: str | None, ask: dict[str, str]):
        self._recording = recording
        self.frames: list[Frame] = recording.frames
        self.result = recording.result
        self.error: Exception | None = recording.error
        self.name: str = recording.programs[0].name
        self.title = title or self.name
        self._ask = _known(ask, self)

    def __repr__(self) -> str:
        if self.error is not None:
            end = f"stopped by {type(self.error).__name__}: {self.error}"
        else:
            end = f"returned {_describe(self.result)}"
        return f"step {self.name}: {len(self.frames)} frames, {end}"

    def _repr_html_(self) -> str:
        return to_html(self._recording, self.title, self._ask)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _describe(value) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_describe(item) for item in value) + ")"
    if hasattr(value, "shape") and len(value.shape):
        return shape_text(value.shape)
    return type(value).__name__


def _known(ask: dict[str, str], steps: Steps) -> dict[str, str]:
    written = list(dict.fromkeys(name for frame in steps.frames for name in frame.wrote))
    unknown = [name for name in ask if name not in written]
    if unknown and steps.error is None:
        raise ValueError(f"step: ask names {unknown[0]!r}, which {steps.name} never writes; use one of {written}")
    return {name: text for name, text in ask.items() if name in written}
