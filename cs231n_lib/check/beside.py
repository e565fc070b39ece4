"""The learner's call beside a textbook one, each opened at the step that makes the first cell that differs."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import numpy as np

from ..language import speaking
from ..step import Beside, Steps, step
from . import compare
from .model import Case, Exercise
from .run import Subject, TimeUp, play, quiet, time_limit
from .source import Source, read
from .variants import patched


@dataclass
class Place:
    """Where a wrong cell is made: the line of the learner's cell or file and its text, the step, and both calls.

    line: 0 where no line of the function is seen to make it.
    """

    line: int
    text: str
    step: int
    both: Beside


def beside(
    exercise: Exercise,
    subject: Subject,
    one: Case,
    titles: tuple[str, str],
    seconds: float,
    language: str | None = None,
) -> Place | None:
    """Return where the learner's call makes the first wrong cell; None where there is no one cell to point at.

    language: of the steps, default the one spoken.
    """
    subjects = subject, patched(exercise, ())
    try:
        with speaking(language), quiet(), time_limit(seconds):
            mine, ours = (calls(exercise, s, one, title) for s, title in zip(subjects, titles, strict=True))
    except TimeUp:
        return None
    count = sum(name[0] != "_" for name in exercise.returns)
    pairs = (opened(left, right, count) for left, right in zip(mine, ours, strict=False))
    found = next((pair for pair in pairs if pair), None)
    source = read(subject.fn)
    if found is None or source is None:
        return None
    number, both = found
    frame = both.left.frames[number - 1]
    made = frame.line and not (frame.kind == "return" and only_names(source, both.left.written_in(frame.line)))
    line = source.first + both.left.written_in(frame.line) - 1 if made else 0
    return Place(line, source.quote(line), number, both)


def only_names(source: Source, line: int) -> bool:
    """Return whether a line of a function, counted from 1, returns names alone: then it makes nothing."""
    returns = (n for n in ast.walk(source.tree) if isinstance(n, ast.Return) and n.lineno == line and n.value)
    values = [e for n in returns if n.value for e in getattr(n.value, "elts", [n.value])]
    return bool(values) and all(isinstance(value, (ast.Name, ast.Constant)) for value in values)


def calls(exercise: Exercise, subject: Subject, one: Case, title: str) -> list[Steps]:
    """Play a case once more and record every call of the function."""
    seen: list[Steps] = []

    def watched(*args, **kwargs):
        seen.append(step(subject.fn, *args, title=title, **kwargs))
        if seen[-1].error is not None:
            raise seen[-1].error
        return seen[-1].result

    play(exercise, Subject(watched, subject.owner, subject.returns, subject.companions), one)
    return seen


def opened(mine: Steps, ours: Steps, count: int) -> tuple[int, Beside] | None:
    """Open two calls where the first wrong cell of their first `count` values is made."""
    for left, right in list(zip(mine.returned, ours.returned, strict=False))[:count]:
        got, want = np.asarray(mine.frames[-1].values[left]), np.asarray(ours.frames[-1].values[right])
        if got.shape == want.shape and got.dtype.kind in "fiub" and not compare.close(got, want):
            cell = compare.first_cell(got, want)
            number = writer(mine, left, cell)
            return number, Beside(mine.at(number), ours.at(writer(ours, right, cell)))
    return None


def writer(steps: Steps, name: str, cell: tuple[int, ...]) -> int:
    """Return the number of the step that makes a cell; the last step where an argument is handed back as it came."""
    try:
        return steps.find(name, cell)
    except ValueError:
        return len(steps.frames)
