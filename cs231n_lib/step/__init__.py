"""The stepper: watch any function work, array by array."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..language import speaking
from .frames import Frame
from .record import Recording, record_call
from .render import to_html
from .words import say, shape_text

__all__ = ["Beside", "Frame", "Steps", "step"]


def step(
    fn: Callable[..., Any],
    *args: Any,
    ask: dict[str, str] | None = None,
    into: Iterable[Callable] = (),
    title: str | None = None,
    graph: bool | None = None,
    **kwargs: Any,
) -> Steps:
    """Record one real call fn(*args, **kwargs) and show it line by line, array by array.

    fn: a function, method, closure or lambda written in Python; NumPy arrays and PyTorch tensors are drawn.
    ask: variable -> question; its new cells stay hidden until the learner guesses or reveals them.
    into: functions called by fn whose lines are shown as well; all others are stepped over.
    title: heading, default the call.
    graph: of what each line made from what. By default it is folded, and printed on paper where there are gradients;
        True opens and prints it, False leaves it out.
    It speaks the language that the environment's CS231N_LANGUAGE names, "en" or "zh".
    Returns: Steps, which shows itself; an exception inside fn is the last frame and stands in `.error`.
    Raises: ValueError for a function without Python source, or if `ask` names what fn never writes.
    """
    return Steps(record_call(fn, args, kwargs, into), title, ask or {}, graph)


class Steps:
    """The frames of one call, the value it returned and the exception it raised; shows itself in a notebook."""

    def __init__(self, recording: Recording, title: str | None, ask: dict[str, str], graph: bool | None = None):
        self._recording = recording
        self.frames: list[Frame] = recording.frames
        self.result: Any = recording.result
        self.error: Exception | None = recording.error
        self.name: str = recording.programs[0].name
        self.title = title or self.name
        self._ask = _known(ask, self)
        self._graph = graph
        self._start = 0

    def __repr__(self) -> str:
        with speaking(self._recording.language):
            if self.error is not None:
                end = say("steps_stopped", error=f"{type(self.error).__name__}: {self.error}")
            else:
                end = say("steps_returned", value=_describe(self.result))
            return say("steps", name=self.name, count=len(self.frames), end=end)

    def __str__(self) -> str:
        """Say what each frame does, one line each: a stepper for a terminal."""
        return "\n".join([repr(self), *(f"{k:3}  {frame.say}" for k, frame in enumerate(self.frames, 1))])

    def _repr_html_(self) -> str:
        return to_html(self._recording, self.title, self._ask, self._start, self._graph)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    @property
    def returned(self) -> list[str]:
        """The names under which the last frame holds the returned values, caches left out."""
        return self.frames[-1].returned

    def find(self, name: str, cell: tuple[int, ...] = ()) -> int:
        """Return the number, from 1 as shown, of the last frame that writes this cell of the variable `name`.

        Raises: ValueError if no line writes it.
        """
        for k, frame in reversed(list(enumerate(self.frames, 1))):
            shape = np.shape(frame.values.get(name, 0))
            if frame.kind == "call" or len(cell) != len(shape) or any(i >= n for i, n in zip(cell, shape, strict=True)):
                continue
            if (np.ravel_multi_index(cell, shape) if shape else 0) in frame.wrote.get(name, ()):
                return k
        raise ValueError(f"find: no line writes {name}{list(cell) or ''}; written are {_written_names(self)}")

    def written_in(self, line: int) -> int:
        """Return the line of the function's own text, counted from 1, that is shown as `line`; its last for 0."""
        real = {shown: written for written, shown in self._recording.programs[0].shown.items()}
        return real.get(line) or max(real.values())

    def at(self, number: int) -> Steps:
        """Return the same steps, shown from frame `number` on (1 is the first)."""
        if not 1 <= number <= len(self.frames):
            raise ValueError(f"at: there is no frame {number}; use 1..{len(self.frames)}")
        other = copy.copy(self)
        other._start = number - 1
        return other


class Beside:
    """Two steppers side by side, such as a learner's function and ours at the first cell that differs."""

    def __init__(self, left: Steps, right: Steps):
        self.left, self.right = left, right

    def __repr__(self) -> str:
        return f"{self.left!r}\n{self.right!r}"

    def _repr_html_(self) -> str:
        halves = (f'<div style="flex:1 1 460px;min-width:0">{s._repr_html_()}</div>' for s in (self.left, self.right))
        return f'<div style="display:flex;flex-wrap:wrap;gap:8px">{"".join(halves)}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _describe(value: Any) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_describe(item) for item in value) + ")"
    if hasattr(value, "shape") and len(value.shape):
        return shape_text(value.shape)
    return type(value).__name__


def _written_names(steps: Steps) -> list[str]:
    return list(dict.fromkeys(name for frame in steps.frames for name in frame.wrote))


def _known(ask: dict[str, str], steps: Steps) -> dict[str, str]:
    written = _written_names(steps)
    unknown = [name for name in ask if name not in written]
    if unknown and steps.error is None:
        raise ValueError(f"step: ask names {unknown[0]!r}, which {steps.name} never writes; use one of {written}")
    return {name: text for name, text in ask.items() if name in written}
