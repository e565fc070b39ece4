"""Where a wrong function goes wrong: its values are compared with those of the textbook's version, line by line.

Right is what the textbook's version computes as well, whole or turned. The fault is at the first place where one of the
textbook's values, put in instead, makes the wrong result right, in every case that fails. The budget is counted in
values seen, never in seconds, so the same function is told the same on every computer.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from . import compare
from .apart import apart
from .harmless import harmless
from .model import Case
from .played import Played, numbers
from .pool import Entry, alike, all_entries, equal, prefix
from .run import Outcome, quiet
from .search import calls
from .sites import Program, Run, Site, program
from .variants import patched
from .where import where

BUDGET = 4_000_000  # values seen in all runs, about as many microseconds
PRICE = 150  # of a run besides
COSTLY = BUDGET // 300  # from here on loops are looked at as a whole only
FEW = 4  # calls or rounds in which another shape, or another number of rounds, is worth a try
CASES = 4  # how many cases a place must hold in


@dataclass(frozen=True)
class Located:
    """Where a right version's value makes a wrong result right.

    result: what is wrong.  line: as the learner numbers it.  text: the expression or name there.
    right_line, right: the last line before it whose value is right, and the name that holds it; 0 and "" for none.
    between: lines that lead to it and could not be compared.
    made: the line of a value that is right, but not what this line needs; 0 where the value is wrong.
    loop: whether it is what a whole loop leaves.  cells: where in the array, a key and its fields; None for all over.
    """

    result: str
    line: int
    text: str
    right_line: int = 0
    right: str = ""
    between: list[int] = field(default_factory=list)
    made: int = 0
    loop: bool = False
    cells: tuple[str, dict[str, Any]] | None = None


class Spent(Exception):
    """The budget is used up."""


def locate(played: Played, budget: int = BUDGET) -> list[Located]:
    """Return where wrong results are first made, at most two places; [] where that cannot be seen."""
    if not harmless(played.subject) or not played.wrong(edges=False):
        return []
    told = apart(lambda: [asdict(one) for one in searched(played, budget)])
    return [Located(**{**one, "cells": one["cells"] and tuple(one["cells"])}) for one in told or []]


def searched(played: Played, budget: int) -> list[Located]:
    """Return the places, as far as the budget goes."""
    with quiet():
        mine = program(played.exercise, played.subject)
        ours = program(played.exercise, patched(played.exercise, ()))
        if mine is None or ours is None:
            return []
        ours.subject.companions = next(played.known.helpers())
        found: list[Located] = []
        with contextlib.suppress(Spent):
            for one in Search(played, mine, ours, budget).places():
                found.append(one)
        return found


# --- the search -----------------------------------------------------------------------------------------------------


class Search:
    """The search for the first place where a right value makes the result right."""

    def __init__(self, played: Played, mine: Program, ours: Program, budget: int):
        self.played, self.mine, self.ours, self.budget = played, mine, ours, budget
        known = played.known
        wrong = set(played.wrong(edges=False))
        order = sorted(known.ordinary, key=lambda i: (i not in wrong, numbers(known.cases[i]), i))
        self.order = order[:1] + sorted(order[1:], key=lambda i: (i not in wrong, i))[: CASES - 1]
        self.runs = {i: mine.watch(known.cases[i]) for i in self.order}
        self.right = {i: ours.watch(known.cases[i]) for i in self.order}
        self.first = self.order[0]
        self.run, self.truth = self.runs[self.first], self.right[self.first]
        self.price = PRICE + self.run.cost + calls(lambda: mine.watch(self.case))
        self.calls = statistics.mode(map(len, self.run.values.values())) if self.run.values else 0
        self.entries = list(all_entries(self.truth))

    @property
    def case(self) -> Case:
        """Return the first case that fails, the smallest."""
        return self.played.known.cases[self.first]

    def onset(self, number: int) -> int:
        """Return when a site first gives what the textbook's version never gives in its place; if never, its start."""
        values, times = self.run.values[number], self.run.times[number]
        fitting = [r for r in (e.of(self.truth) for e in self.entries) if r and len(r) == len(values)]
        lengths = [prefix(values, right) for right in fitting]
        most = max(lengths, default=0)
        return times[most] if most < len(times) else times[0]

    def places(self) -> Iterator[Located]:
        """Give where the first wrong result is made, then where a second one is that this does not explain."""
        aims = self.wrong(self.run.outcome)
        if not aims:
            return
        found = self.place(aims[0])
        if found is None:
            return
        site, entry, outcome = found
        yield self.told(aims[0], site, entry)
        rest = [name for name in self.wrong(outcome) if name != aims[0]]
        if rest and not self.run.outcome.failure:
            other = self.place(rest[0])
            if other is not None and other[0].line != site.line:
                yield self.told(rest[0], other[0], other[1])

    def wrong(self, got: Outcome) -> list[str]:
        """Return the results that an outcome of the first case has wrong, in the order of computing."""
        return compare.wrong_names([got], [self.played.known.truth[self.first]])

    def place(self, aim: str) -> tuple[Site, Entry, Outcome] | None:
        """Return the first site where a right value mends a result, and what the first case gives then.

        Wrong values come first; only where none of them is it a right one can a step be missing.
        """
        main = self.mine.sites[min(self.run.times, key=self.run.first)].function
        inside = {n for n in self.run.times if self.mine.sites[n].function != main}
        order = sorted(self.run.times, key=lambda n: (self.is_right_at(n), n in inside, self.onset(n)))
        for number in order:
            found = self.mended_at(number, aim)
            if found is not None:
                return self.mine.sites[number], *found
        return None

    def mended_at(self, number: int, aim: str) -> tuple[Entry, Outcome] | None:
        """Return the right value that mends a result at a site, and what the first case gives then."""
        fitting = [entry for entry in self.entries if self.may_stand(entry, number)]
        if fitting and self.matters(number, aim):
            for entry in fitting:
                outcome = self.mends(number, entry, aim)
                if outcome is not None:
                    return entry, outcome
        return None

    def may_stand(self, entry: Entry, number: int) -> bool:
        """Return whether a right value may stand at a site at all: another one, and of a form that is worth a try."""
        mine, right = self.run.values[number], entry.of(self.truth)
        if self.price > COSTLY and len(mine) > self.calls:
            return False
        if right is None or not self.fits(mine, right, self.first) or equal(mine, right):
            return False
        given = self.mine.sites[number].text.isidentifier() and not self.mine.sites[number].stored
        return not (given and self.other_shape(mine, right) and self.is_right_at(number))

    def matters(self, number: int, aim: str) -> bool:
        """Return whether a result hangs on a site at all: whether other numbers there change it."""
        values = self.run.values[number]
        if any(v is None for v in values):
            return False
        if self.run.outcome.failure or any(v.dtype.kind in "iub" for v in values):
            return True
        outcome = self.replaced(self.first, number, lambda _, value: other(value))
        return bool(outcome.failure) or not compare.agree([outcome], [self.run.outcome], aim)

    def mends(self, number: int, entry: Entry, aim: str) -> Outcome | None:
        """Return what the first case gives with a right value at a site; None where the result is not right in all."""
        outcomes = []
        for i in self.order:
            mine, right = self.runs[i].values.get(number), entry.of(self.right[i])
            if mine is None and i != self.first:
                continue
            if mine is None or right is None or not self.fits(mine, right, i):
                return None
            outcome = self.right_with(i, number, aim, right)
            if outcome is None:
                return None
            outcomes.append(outcome)
        return outcomes[0]

    def right_with(self, i: int, number: int, aim: str, right: list[Any]) -> Outcome | None:
        """Return what a case gives with right values at a site, as they are or in the shape of the learner's."""
        mine = self.runs[i].values[number]
        shapes = (False, True) if self.other_shape(mine, right) else (False,)
        for reshaped in shapes:
            if reshaped and not all(a.size == b.size for a, b in zip(mine, right, strict=False)):
                return None
            outcome = self.replaced(i, number, giving(right, reshaped))
            if compare.agree([outcome], [self.played.known.truth[i]], aim):
                return outcome
        return None

    def fits(self, mine: list[Any], right: list[Any], i: int) -> bool:
        """Return whether values may be put where others are: as many, and of a shape that is worth a try."""
        stopped = bool(self.runs[i].outcome.failure)
        few = FEW if self.price < COSTLY else 1
        fewer = len(mine) < len(right) and (stopped or len(right) <= few)  # as in one of two branches
        if len(mine) != len(right) and not fewer:
            return False
        a, b = mine[0], right[0]
        if a is None or (a.dtype.kind == "f" and b.dtype.kind != "f"):
            return False
        return a.shape == b.shape or a.size == b.size or len(mine) <= few or stopped

    def other_shape(self, mine: list[Any], right: list[Any]) -> bool:
        """Return whether values have other shapes than those that are to be put in their place."""
        return any(a is None or a.shape != b.shape for a, b in zip(mine, right, strict=False))

    def is_right_at(self, number: int) -> bool:
        """Return whether a site is right as far as it goes."""
        return any(equal(self.run.values[number], e.of(self.truth)) for e in self.entries)

    def replaced(self, i: int, number: int, other: Callable[[int, Any], Any]) -> Outcome:
        """Play a case with other values at a site; pay for it."""
        self.budget -= self.price
        if self.budget < 0:
            raise Spent
        return self.mine.replace(self.played.known.cases[i], number, other)

    # --- what is told -------------------------------------------------------------------------------------------------

    def told(self, aim: str, site: Site, entry: Entry) -> Located:
        """Return a place with what is right before it."""
        values, right = self.run.values[site.number], entry.of(self.truth) or []
        made = site.line if self.is_surely_right(site) else 0
        use = self.last_use(site, entry, aim) if made else site
        before = self.last_right(site)
        between = {one.line for one in self.unsure(site)} - {site.line}
        return Located(
            aim,
            use.line,
            site.text,
            before.line if before else 0,
            before.stored if before else "",
            sorted(between),
            made,
            site.loop,
            None if made else where(values, right),
        )

    def last_use(self, site: Site, entry: Entry, aim: str) -> Site:
        """Return the last place that has the value of a site and where another one mends the result as well."""
        values = self.run.values[site.number]
        same = [n for n in self.run.times if self.run.first(n) > self.run.first(site.number)]
        same = [n for n in same if equal(self.run.values[n], values) and self.mine.sites[n].function == site.function]
        for number in sorted(same, key=self.run.first, reverse=True):
            if self.may_stand(entry, number) and self.mends(number, entry, aim) is not None:
                return self.mine.sites[number]
        return site

    def is_right(self, site: Site) -> bool:
        """Return whether a site gives what the textbook's version computes as well."""
        values = self.run.values[site.number]
        return any(equal(values, right) or alike(values, right) for right in (e.of(self.truth) for e in self.entries))

    def is_surely_right(self, site: Site) -> bool:
        """Return whether a site gives one and the same value of the textbook's version in all cases looked at.

        Not what tells nothing: what a case hands in, one number all over, nan.
        """
        values = self.run.values[site.number]
        if not all(tells(v) for v in values) or any(equal(values[:1], [given]) for given in arrays(self.case.args)):
            return False
        reached = [i for i in self.order if site.number in self.runs[i].values]
        return any(
            all(equal(self.runs[i].values[site.number], entry.of(self.right[i])) for i in reached)
            for entry in self.entries
        )

    def last_right(self, site: Site) -> Site | None:
        """Return the last assignment before a site, in an earlier line, whose values are right, all of the line."""
        start = self.run.first(site.number)
        own = [s for s in self.mine.sites if s.function == site.function and s.number in self.run.times]
        seen = [s for s in own if s.stored and s.line < site.line and self.run.first(s.number) < start]
        wrong = {s.line for s in seen if not self.is_surely_right(s) and s.stored.strip("_")}
        good = [s for s in seen if s.line not in wrong and s.stored.strip("_")]
        return max(good, key=lambda s: self.run.first(s.number), default=None)

    def unsure(self, site: Site) -> list[Site]:
        """Return the assignments that lead to a site and that the textbook's version has no value for."""
        found: dict[int, Site] = {}
        waiting = [site]
        while waiting:
            one = waiting.pop()
            for name in one.reads - {one.stored}:
                maker = maker_of(self.mine, self.run, name, one)
                if maker is None or maker.number in found or self.is_right(maker):
                    continue
                found[maker.number] = maker
                waiting.append(maker)
        return list(found.values())


def tells(value: Any) -> bool:
    """Return whether an array holds finite numbers that are not all one."""
    return (
        value is not None and value.size > 1 and bool(np.isfinite(value).all()) and bool((value != value.flat[0]).any())
    )


def arrays(given: Any) -> list[np.ndarray]:
    """Return the arrays in what a case hands in."""
    if isinstance(given, dict):
        return [one for value in given.values() for one in arrays(value)]
    if isinstance(given, (tuple, list)):
        return [one for value in given for one in arrays(value)]
    return [given] if isinstance(given, np.ndarray) else []


def giving(right: list[Any], reshaped: bool) -> Callable[[int, Any], Any]:
    """Return what hands out right values in turn, as they are or in the shape of what stood there."""

    def give(k: int, value: Any) -> Any:
        if k >= len(right):
            return value
        return right[k].reshape(tuple(value.shape)) if reshaped and hasattr(value, "shape") else right[k].copy()

    return give


def other(value: Any) -> Any:
    """Return numbers that have nothing to do with a value, in its shape."""
    size = int(np.prod(np.shape(value)))
    return np.cos(1 + np.arange(size)).reshape(np.shape(value))


def maker_of(made: Program, run: Run, name: str, site: Site) -> Site | None:
    """Return the assignment that made a name's numbers last before a site was first reached, in its own function."""
    start = run.first(site.number)
    own = [s for s in made.sites if s.stored == name and s.function == site.function and s.number in run.times]
    before = [s for s in own if run.first(s.number) < start and not any(v is None for v in run.values[s.number])]
    return max(before, key=lambda s: run.first(s.number), default=None)
