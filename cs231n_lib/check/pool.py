"""What the textbook's version of a function computes on its way: the right values, whole or part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import compare
from .sites import Run

CLOSE = 1e-5


@dataclass(frozen=True)
class Entry:
    """One value of the textbook's version, or a form of it: how it is got from what a site of that version gave."""

    number: int
    form: Callable[[list[Any]], list[Any] | None]
    known: dict[int, list[Any] | None] = field(default_factory=dict, hash=False, compare=False)

    def of(self, run: Run) -> list[Any] | None:
        """Return its values in one case; None where there are none."""
        if id(run) not in self.known:
            values = run.values.get(self.number)
            self.known[id(run)] = None if not values or any(v is None for v in values) else self.form(values)
        return self.known[id(run)]


def whole(values: list[Any]) -> list[Any]:
    """Return the values as they are."""
    return values


def rows(values: list[Any]) -> list[Any] | None:
    """Return the rows of one array: what a loop makes one by one."""
    return list(values[0]) if len(values) == 1 and values[0].ndim else None


def columns(values: list[Any]) -> list[Any] | None:
    """Return an array's parts along its second axis."""
    return list(values[0].swapaxes(0, 1)) if len(values) == 1 and values[0].ndim > 1 else None


def cells(values: list[Any]) -> list[Any] | None:
    """Return an array's parts along its first two axes: what two loops make."""
    one = values[0]
    return list(one.reshape(-1, *one.shape[2:])) if len(values) == 1 and one.ndim > 1 else None


def equal(some: list[Any], others: list[Any] | None) -> bool:
    """Return whether two sites have given the same values, shapes included."""
    if others is None or len(some) != len(others):
        return False
    return all(a is not None and a.shape == b.shape and near(a, b) for a, b in zip(some, others, strict=True))


def prefix(some: list[Any], others: list[Any]) -> int:
    """Return how many values two sites have in common before the first that differs."""
    both = (a is not None and a.shape == b.shape and near(a, b) for a, b in zip(some, others, strict=True))
    return next((k for k, good in enumerate(both) if not good), len(some))


def near(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether two arrays of one shape are equal but for rounding."""
    with np.errstate(all="ignore"):
        gap = np.abs(a.astype(float) - b.astype(float))
        return bool(np.all((gap <= CLOSE * compare.scale(b.astype(float))) | (a == b) | (np.isnan(a) & np.isnan(b))))


def alike(some: list[Any], others: list[Any] | None) -> bool:
    """Return whether two sites have given the same numbers: laid out another way, with another sign, or halved."""
    if others is None or len(some) != len(others):
        return False
    return all(
        a is not None and a.size == b.size > 1 and any(same_numbers(a, form) for form in (b, b.T))
        for a, b in zip(some, others, strict=True)
    )


def same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether two arrays hold the same numbers in one order, but for a factor."""
    ratio = compare.ratio(a.ravel(), b.ravel())
    return ratio is not None


def all_entries(run: Run) -> Iterator[Entry]:
    """Give the values of a run that differ from each other, whole ones first, late ones before early ones."""
    seen: list[list[Any]] = []
    for form in (whole, rows, columns, cells):
        for number in sorted(run.times, key=run.first, reverse=True):
            entry = Entry(number, form)
            values = entry.of(run)
            if values and not any(equal(values, other) for other in seen):
                seen.append(values)
                yield entry
