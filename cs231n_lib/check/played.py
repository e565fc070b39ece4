"""What one check has seen: the exercise, the learner's function, and what it gave in each case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import compare
from .blank import State
from .messages import say, translate
from .model import Case, Exercise
from .run import Outcome, Subject
from .variants import Book

SMALL = 12  # numbers that a call may hold to be shown whole


@dataclass
class Played:
    """All that the questions of a check look at."""

    exercise: Exercise
    known: Book
    subject: Subject
    outcomes: list[Outcome]
    state: State
    language: str

    def say(self, key: str, **fields: Any) -> str:
        """Return a sentence in the learner's language."""
        return say(self.language, key, **fields)

    def with_outcomes(self, outcomes: list[Outcome]) -> Played:
        """Return the same check with other outcomes."""
        return replace(self, outcomes=outcomes)

    def without(self, names: list[str]) -> Played:
        """Return the same check as if some values were right."""
        right = [{n: v for n, v in want.values.items() if n in names} for want in self.truth]
        both = zip(self.outcomes, right, strict=True)
        return self.with_outcomes([replace(got, values={**got.values, **those}) for got, those in both])

    @property
    def truth(self) -> list[Outcome]:
        """What the library gives."""
        return self.known.truth

    def core(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Return the outcomes of ordinary cases."""
        return self.known.core(outcomes)

    def rows(self) -> Iterator[tuple[Outcome, Outcome, Case]]:
        """Give what came, what is right and the case, small cases first; edges only where all else is right."""
        asked = self.known.ordinary if self.wrong(edges=False) else range(len(self.outcomes))
        order = sorted(asked, key=lambda i: numbers(self.known.cases[i]))
        return ((self.outcomes[i], self.truth[i], self.known.cases[i]) for i in order)

    def wrong(self, edges: bool = True) -> list[int]:
        """Return the cases that are wrong, with or without the edges."""
        asked = range(len(self.outcomes)) if edges else self.known.ordinary
        return [i for i in asked if not compare.same(self.outcomes[i], self.truth[i])]

    def wrong_names(self) -> list[str]:
        """Return the values that are wrong in any ordinary case, else in any edge."""
        cases = self.known.ordinary if self.wrong(edges=False) else range(len(self.outcomes))
        return compare.wrong_names([self.outcomes[i] for i in cases], [self.truth[i] for i in cases])

    def label(self, one: Case) -> str:
        """Return a case in words: its numbers where they are few, else its name in quotes."""
        arrays = [n for n, v in one.args.items() if isinstance(v, np.ndarray)]
        if arrays and numbers(one) <= SMALL and len(one.args) <= 3:
            return self.say("for_input", given=", ".join(f"{n} = {shown(v)}" for n, v in one.args.items()))
        return self.say("in_case", label=translate(self.language, one.label))

    def labels(self, cases: list[int]) -> str:
        """Return the names of cases, each once, in quotes."""
        names = dict.fromkeys(translate(self.language, self.known.cases[i].label) for i in cases)
        return self.say("between").join(self.say("quoted", text=name) for name in names)


Question = Callable[[Played], list[str] | None]


def numbers(one: Case) -> int:
    """Return how many numbers a case holds."""
    return sum(size(value) for value in one.args.values())


def size(value: Any) -> int:
    """Return how many numbers a value holds."""
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    shape = getattr(value, "shape", None)
    return int(np.prod(shape)) if isinstance(shape, tuple) else 1


def shown(value: Any) -> str:
    """Return a small value in full, numbers with few digits."""
    if isinstance(value, (dict, str, bool, type(None))):
        return repr(value)
    if np.ndim(value) == 0:
        return compare.number(value)
    return f"[{', '.join(shown(part) for part in value)}]"
