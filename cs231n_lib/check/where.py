"""Where in an array the wrong numbers stand, if they stand in one place that words can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import compare

Words = tuple[str, dict[str, Any]]
ALL = 0.9  # of what could differ: above this share the numbers are wrong all over


def where(got: list[Any], want: list[Any]) -> Words | None:
    """Return the key and the fields of the sentence on where values differ; None where they do so all over."""
    if len(got) != len(want) or any(a is None or a.shape != b.shape for a, b in zip(got, want, strict=True)):
        return None
    bad = [compare.far(a, b) for a, b in zip(got, want, strict=True)]
    wrong = [k for k, mask in enumerate(bad) if mask.any()]
    if len(got) > 1:
        return rounds(wrong, len(got))
    return cells(bad[0], want[0])


def rounds(wrong: list[int], count: int) -> Words | None:
    """Return the words on which rounds of a loop are wrong."""
    if len(wrong) == 1 and count > 2:
        return "where_round", {"number": wrong[0] + 1, "count": count}
    if wrong and wrong == list(range(wrong[0], count)) and wrong[0]:
        return "where_from_round", {"number": wrong[0] + 1, "count": count}
    return None


def cells(bad: np.ndarray, want: np.ndarray) -> Words | None:
    """Return the words on which cells of one array are wrong."""
    if bad.ndim == 0 or bad.all() or not bad.any():
        return None
    for key, fields, mask in places(want):
        if not (bad & ~mask).any() and mask.any() and bad[mask].mean() >= ALL:
            return key, fields
    return None


def places(want: np.ndarray) -> Iterator[tuple[str, dict[str, Any], np.ndarray]]:
    """Give the places that words can say, the smallest first: the ends of an axis, the diagonal, by sign."""
    for axis, size in enumerate(want.shape):
        for key, k in (("where_first", 0), ("where_last", size - 1)) if size > 2 else ():
            mask = np.zeros(want.shape, dtype=bool)
            mask[(slice(None),) * axis + (k,)] = True
            yield key, {"axis": axis}, mask
    if want.ndim == 2 and want.shape[0] == want.shape[1] > 2:
        yield "where_diagonal", {}, np.eye(len(want), dtype=bool)
    if want.dtype.kind == "f":
        yield "where_zero", {}, want == 0
        yield "where_positive", {}, want > 0
        yield "where_negative", {}, want < 0
