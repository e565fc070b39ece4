"""Wrong variants: the plain version of a function with one or two small patches of its source text."""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import textwrap
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest import mock

import numpy as np

from .compare import same, set_units
from .model import Exercise, Mistake, find
from .run import Outcome, Subject, play, quiet


class PatchError(ValueError):
    """A patch whose old text does not stand exactly once in the source it means."""


def patched(exercise: Exercise, mistakes: Sequence[Mistake]) -> Subject:
    """Return the plain version of the exercise's function with the patches of these mistakes.

    Raises: PatchError if an old text does not occur exactly once in its function.
    """
    module, owner, fn = find(exercise.source)
    qualname = exercise.source.partition(":")[2]
    namespace = dict(vars(module))
    texts: dict[str, tuple[str, str]] = {}
    for mistake in mistakes:
        for old, new in mistake.patches:
            target = mistake.where or qualname
            texts[target] = patch(texts.get(target) or source(module, target), target, old, new)
    made: dict[str, Any] = {}
    for target, (head, body) in texts.items():
        title = f"<{exercise.name} {'+'.join(m.id for m in mistakes)}>"
        exec(compile(textwrap.dedent(head + body), title, "exec"), namespace, made)
        namespace.update(made)
        if target == qualname:
            fn = made[fn.__name__]
    if owner is not None:
        names = [target.rpartition(".")[2] for target in texts if target.startswith(f"{owner.__name__}.")]
        owner = type(owner.__name__, (owner,), {fn.__name__: fn, **{name: made[name] for name in names}})
    return Subject(fn, owner, exercise.returns, companions(exercise, namespace))


def patch(text: tuple[str, str], qualname: str, old: str, new: str) -> tuple[str, str]:
    """Return a function's text with old replaced by new in its body, where it stands exactly once."""
    head, body = text
    if body.count(old) != 1:
        raise PatchError(f"the patch {old!r} occurs {body.count(old)} times in {qualname}; it must occur once")
    return head, body.replace(old, new)


@functools.cache
def source(module: types.ModuleType, qualname: str) -> tuple[str, str]:
    """Return the text of a function in two parts: its first line with the docstring, and its body."""
    text = inspect.getsource(module)
    nodes: Any = ast.parse(text).body
    for name in qualname.split("."):
        node: Any = next((n for n in nodes if getattr(n, "name", None) == name), None)
        if node is None:
            raise PatchError(f"there is no {qualname} in {module.__name__}")
        nodes = node.body
    lines = text.splitlines(keepends=True)
    first = node.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if docstring else first.lineno - 1
    return "".join(lines[node.lineno - 1 : start]), "".join(lines[start : node.end_lineno])


def companions(exercise: Exercise, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return the companion functions by their part."""
    return {part: namespace[name] for part, name in exercise.companions.items()}


def in_hand(exercise: Exercise, subject: Subject) -> Any:
    """Return a version the way a learner hands it in: its class where that is judged as well, else the function."""
    makes = any(m.where.endswith("__init__") for m in exercise.mistakes)
    return subject.owner if makes else subject.fn


def reference(exercise: Exercise) -> Subject:
    """Return the library's own version: the truth."""
    return right(exercise, exercise.truth)


def right(exercise: Exercise, path: str) -> Subject:
    """Return a right version by its path."""
    module, owner, fn = find(path)
    return Subject(fn, owner, exercise.returns, companions(exercise, vars(module)))


@functools.cache
def spans(exercise_source: str, mistake: Mistake) -> tuple[tuple[str, int, int], ...]:
    """Return (function, start, end) of each text that a mistake's patches replace."""
    module, _, _ = find(exercise_source)
    target = mistake.where or exercise_source.partition(":")[2]
    body = source(module, target)[1]
    return tuple((target, body.find(old), body.find(old) + len(old)) for old, _ in mistake.patches if old in body)


def overlap(exercise: Exercise, group: Sequence[Mistake]) -> bool:
    """Return whether two mistakes replace the same text: such two contradict each other."""
    for one, other in itertools.combinations(group, 2):
        for where, start, end in spans(exercise.source, one):
            if any(w == where and s < end and start < e for w, s, e in spans(exercise.source, other)):
                return True
    return False


class Variant:
    """What a wrong variant gives in each case, played when it is asked for and kept."""

    def __init__(self, subject: Subject, book: Book):
        self.subject, self.book = subject, book
        self.outcomes: dict[int, Outcome] = {}

    def __getitem__(self, i: int) -> Outcome:
        if i not in self.outcomes:
            with quiet():
                self.outcomes[i] = play(self.book.exercise, self.subject, self.book.cases[i])
            self.outcomes[i].units = self.book.truth[i].units
        return self.outcomes[i]

    def __len__(self) -> int:
        return len(self.book.cases)

    def __iter__(self) -> Iterator[Outcome]:
        return (self[i] for i in range(len(self)))


class Book:
    """All that is computed once for an exercise: its cases, the truth, and what each wrong variant gives."""

    def __init__(self, exercise: Exercise):
        self.exercise = exercise
        with quiet():
            self.cases = exercise.cases()
        self.truth = self.run(reference(exercise))
        set_units(self.truth)
        self.ordinary = [i for i, one in enumerate(self.cases) if not one.edge]
        self._variants: dict[tuple[str, ...], Variant | None] = {}

    def run(self, subject: Subject) -> list[Outcome]:
        """Play all cases."""
        with quiet():
            return [play(self.exercise, subject, one) for one in self.cases]

    def core(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Return the outcomes of the cases that are no edges."""
        return [outcomes[i] for i in self.ordinary]

    @functools.cached_property
    def also(self) -> list[tuple[str, list[Outcome]]]:
        """What the other right answers give, each with its remark."""
        return [(other.text, self.run(right(self.exercise, other.path))) for other in self.exercise.also]

    def helpers(self) -> Iterator[dict[str, Any]]:
        """Give the companion functions of the plain version, then those of the library."""
        for path in dict.fromkeys((self.exercise.source, self.exercise.truth)):
            yield companions(self.exercise, vars(find(path)[0]))

    def variant(self, mistakes: tuple[Mistake, ...]) -> Variant | None:
        """Return what the plain version gives with these mistakes; None where two of them cannot stand together."""
        key = tuple(m.id for m in mistakes)
        if key not in self._variants:
            try:
                self._variants[key] = Variant(patched(self.exercise, mistakes), self)
            except (PatchError, SyntaxError):
                self._variants[key] = None
        return self._variants[key]

    def known(self, count: int, among: Sequence[Mistake] = ()) -> Iterator[tuple[tuple[Mistake, ...], Variant]]:
        """Give each choice of `count` mistakes, of all or of some, with its outcomes."""
        for group in itertools.combinations(among or self.exercise.mistakes, count):
            if overlap(self.exercise, group):
                continue
            variant = self.variant(group)
            if variant is not None:
                yield group, variant


def redrawn(exercise: Exercise, draw: int) -> Book:
    """Return the exercise's cases drawn anew: each seed is moved by `draw`."""
    seeded = np.random.default_rng
    with mock.patch("numpy.random.default_rng", lambda seed=None: seeded(None if seed is None else [seed, draw])):
        return Book(exercise)


def is_right(book: Book, outcomes: list[Outcome]) -> bool:
    """Return whether outcomes are those of a right version."""
    right = [book.truth, *(outcomes for _, outcomes in book.also)]
    return any(all(same(outcomes[i], one[i]) for i in book.ordinary) for one in right)


@functools.cache
def book(exercise_name: str) -> Book:
    """Return the exercise's book, made once in a process."""
    from .registry import exercise

    return Book(exercise(exercise_name))
