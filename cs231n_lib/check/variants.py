"""Wrong variants: the plain version of a function with one or two small patches of its source text."""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import types
from collections.abc import Iterator, Sequence
from typing import Any

from .model import Exercise, Mistake, find
from .run import Outcome, Subject, play, quiet


class PatchError(ValueError):
    """A patch whose old text does not stand exactly once in the source it means."""


def patched(exercise: Exercise, mistakes: Sequence[Mistake]) -> Subject:
    """Return the plain version of the exercise's function with the patches of these mistakes.

    Raises: PatchError if an old text does not occur exactly once in its function.
    """
    module, _, _ = find(exercise.source)
    qualname = exercise.source.partition(":")[2]
    text = inspect.getsource(module)
    for mistake in mistakes:
        for old, new in mistake.patches:
            text = patch(text, mistake.where or qualname, old, new)
    copy = types.ModuleType(module.__name__)
    copy.__dict__.update(__package__=module.__package__, __file__=module.__file__)
    exec(compile(text, f"<{exercise.name} {'+'.join(m.id for m in mistakes)}>", "exec"), copy.__dict__)
    owner_name, _, name = qualname.rpartition(".")
    owner = getattr(copy, owner_name) if owner_name else None
    return Subject(getattr(owner or copy, name), owner, exercise.returns, companions(exercise, copy))


def patch(text: str, qualname: str, old: str, new: str) -> str:
    """Return text with old replaced by new inside the function or class `qualname`; old stands there exactly once."""
    start, end = span(text, qualname)
    body = text[start:end]
    if body.count(old) != 1:
        raise PatchError(f"the patch {old!r} occurs {body.count(old)} times in {qualname}; it must occur once")
    return text[:start] + body.replace(old, new) + text[end:]


def span(text: str, qualname: str) -> tuple[int, int]:
    """Return where the code of `qualname`, behind its docstring, starts and ends in text."""
    nodes: Any = ast.parse(text).body
    for name in qualname.split("."):
        node: Any = next((n for n in nodes if getattr(n, "name", None) == name), None)
        if node is None:
            raise PatchError(f"there is no {qualname} in the source")
        nodes = node.body
    starts = [0, *itertools.accumulate(len(line) for line in text.splitlines(keepends=True))]
    first = node.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return starts[first.end_lineno if docstring else node.lineno - 1], starts[node.end_lineno]


def companions(exercise: Exercise, home) -> dict:
    """Return the companion functions as they stand in `home`, a module or a "module:name"."""
    module = find(home)[0] if isinstance(home, str) else home
    return {role: getattr(module, name) for role, name in exercise.companions.items()}


def reference(exercise: Exercise) -> Subject:
    """Return the library's own version: the truth."""
    _, owner, fn = find(exercise.truth)
    return Subject(fn, owner, exercise.returns, companions(exercise, exercise.truth))


class Book:
    """All that is computed once for an exercise: its cases, the truth, and what each wrong variant gives."""

    def __init__(self, exercise: Exercise):
        self.exercise = exercise
        with quiet():
            self.cases = exercise.cases()
        self.truth = self.run(reference(exercise))
        self.other_helpers = [companions(exercise, exercise.truth)] if exercise.companions and exercise.plain else []
        self._variants: dict[tuple[str, ...], list[Outcome] | None] = {}

    def run(self, subject: Subject) -> list[Outcome]:
        """Play all cases."""
        with quiet():
            return [play(self.exercise, subject, one) for one in self.cases]

    def variant(self, mistakes: tuple[Mistake, ...]) -> list[Outcome] | None:
        """Return what the plain version gives with these mistakes; None where two of them cannot stand together."""
        key = tuple(m.id for m in mistakes)
        if key not in self._variants:
            try:
                self._variants[key] = self.run(patched(self.exercise, mistakes))
            except (PatchError, SyntaxError):
                self._variants[key] = None
        return self._variants[key]

    def singles(self) -> Iterator[tuple[tuple[Mistake, ...], list[Outcome]]]:
        """Give each mistake alone with its outcomes."""
        yield from self._known((m,) for m in self.exercise.mistakes)

    def pairs(self) -> Iterator[tuple[tuple[Mistake, ...], list[Outcome]]]:
        """Give each two mistakes together with their outcomes."""
        yield from self._known(itertools.combinations(self.exercise.mistakes, 2))

    def _known(self, groups):
        for group in groups:
            outcomes = self.variant(group)
            if outcomes is not None:
                yield group, outcomes


@functools.cache
def book(exercise_name: str) -> Book:
    """Return the exercise's book, made once in a process."""
    from .registry import exercise

    return Book(exercise(exercise_name))
