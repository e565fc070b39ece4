"""Equal or not, and in what way not: the arithmetic of judging."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from .run import Outcome

LOOSE = {np.dtype(np.float16): 1e-2, np.dtype(np.float32): 1e-4}  # other types: TIGHT
TIGHT = 1e-7


SHARE = 0.1  # of a value's usual size: errors of a smaller one are measured in it, for its terms cancelled


def scale(want: np.ndarray) -> float:
    """Return the largest finite magnitude in want, 1e-3 at least."""
    return float(np.abs(want[np.isfinite(want)]).max(initial=1e-3))


def set_units(truth: list[Outcome]) -> None:
    """Write into all outcomes the unit in which errors of each value are measured: its usual size has a say in it."""
    names = {name for o in truth for name in o.values}
    for name in names:
        rows = [o for o in truth if isinstance(o.values.get(name), np.ndarray)]
        sizes = [scale(o.values[name].astype(float)) for o in rows]
        for outcome, size in zip(rows, sizes, strict=True):
            outcome.units[name] = max(size, SHARE * statistics.median(sizes))


def precision(got: np.ndarray, want: np.ndarray) -> float:
    """Return the relative error that the coarser of two types allows."""
    return max(LOOSE.get(got.dtype, TIGHT), LOOSE.get(want.dtype, TIGHT))


def far(got: np.ndarray, want: np.ndarray, unit: float = 0) -> np.ndarray:
    """Return where two arrays of one shape differ by more than the coarser type allows; nan equals nan."""
    limit = precision(got, want) * (unit or scale(want.astype(float)))
    with np.errstate(all="ignore"):
        gap = np.abs(got.astype(float) - want.astype(float))
        return ~((gap <= limit) | (got == want) | (np.isnan(got) & np.isnan(want)))


def close(got, want, unit: float = 0, loose: bool = False) -> bool:
    """Return whether two arrays have one shape and agree to the precision of the coarser type.

    unit: what errors are measured in, default the largest magnitude in want.
    loose: whether any number that is not finite equals any other such.
    """
    if not isinstance(got, np.ndarray) or not isinstance(want, np.ndarray):
        return got is want
    if got.shape != want.shape:
        return False
    bad = far(got, want, unit)
    if loose:
        bad = bad & (np.isfinite(got) | np.isfinite(want))
    return not bad.any()


def same(one: Outcome, other: Outcome, loose: bool = False) -> bool:
    """Return whether two outcomes are the same: the same values, or stopped by the same kind of error."""
    if bool(one.failure) != bool(other.failure) or bool(one.form) != bool(other.form) or one.blank != other.blank:
        return False
    if one.failure and other.failure:
        return one.failure.kind == other.failure.kind
    return (
        one.changed == other.changed
        and one.values.keys() == other.values.keys()
        and all(close(one.values[n], other.values[n], other.units.get(n, 0), loose) for n in one.values)
    )


def same_all(ones: Iterable[Outcome], others: Iterable[Outcome]) -> bool:
    """Return whether all outcomes are the same, case by case."""
    return all(same(a, b) for a, b in zip(ones, others, strict=True))


def relaxed(got: Outcome, want: Outcome) -> Outcome:
    """Return an outcome without what no official test looks at: arguments written to, one number in an array."""
    if got.failure or got.form or got.blank:
        return got
    pairs = ((n, v, want.values.get(n)) for n, v in got.values.items())
    values = {n: v.reshape(()) if is_one(v, w) else v for n, v, w in pairs}
    return replace(got, values=values, changed=want.changed)


def is_one(got, want) -> bool:
    """Return whether an array of one number stands where a number is due."""
    return isinstance(got, np.ndarray) and isinstance(want, np.ndarray) and got.size == 1 and got.ndim > want.ndim == 0


def one_number(got: Outcome, want: Outcome) -> bool:
    """Return whether any value is an array of one number where a number is due."""
    return any(is_one(value, want.values.get(name)) for name, value in got.values.items())


def wrong_names(got: list[Outcome], want: list[Outcome]) -> list[str]:
    """Return the names of the values that differ in any case, in the order in which they are computed."""
    names = list(dict.fromkeys(n for o in want for n in o.values))
    return [n for n in names if not agree(got, want, n)]


def agree(got: Iterable[Outcome], want: Iterable[Outcome], name: str, loose: bool = False) -> bool:
    """Return whether one value is the same in every case."""
    pairs = zip(got, want, strict=True)
    return all(close(g.values.get(name), w.values.get(name), w.units.get(name, 0), loose) for g, w in pairs)


def factor(got: list[np.ndarray], want: list[np.ndarray], sizes: list[dict[str, int]]) -> str | None:
    """Return the constant by which got is want times it in every case: "-1", "2", "1/2", "N", "1/N" … or None."""
    ratios = [ratio(g, w) for g, w in zip(got, want, strict=True)]
    if any(r is None for r in ratios) or all(abs(r - 1) < 1e-6 for r in ratios if r is not None):
        return None
    for text, values in factor_names(sizes):
        if all(abs(r - v) < 1e-5 * abs(v) for r, v in zip(ratios, values, strict=True)):  # type: ignore[operator]
            return text
    return None


def ratio(got: np.ndarray, want: np.ndarray) -> float | None:
    """Return c with got = c * want, or None if there is none."""
    if got.shape != want.shape or not np.isfinite(want).all() or not np.isfinite(got).all() or not want.any():
        return None
    g, w = got.astype(float).ravel(), want.astype(float).ravel()
    c = float(g @ w / (w @ w))
    return c if c and np.abs(g - c * w).max() <= 1e-6 * scale(g) else None


def factor_names(sizes: list[dict[str, int]]) -> Iterator[tuple[str, list[float]]]:
    """Give each factor worth a name with its value in each case."""
    for text, value in (("-1", -1.0), ("2", 2.0), ("1/2", 0.5), ("-2", -2.0), ("-1/2", -0.5)):
        yield text, [value] * len(sizes)
    for name in sizes[0] if sizes else ():
        if all(name in s for s in sizes):
            n = [float(s[name]) for s in sizes]
            yield name, n
            yield f"1/{name}", [1 / v for v in n]
            yield f"-{name}", [-v for v in n]


def first_difference(got: np.ndarray, want: np.ndarray, unit: float = 0) -> tuple[str, str, str]:
    """Return index, got and want where two arrays of one shape first differ, as text."""
    at = first_cell(got, want, unit)
    texts = ((number(got[at], digits), number(want[at], digits)) for digits in range(4, 18))
    return f"[{', '.join(map(str, at))}]" if at else "", *next(two for two in texts if len(set(two)) == 2)


def first_cell(got: np.ndarray, want: np.ndarray, unit: float = 0) -> tuple[int, ...]:
    """Return the index where two arrays of one shape first differ; () for two numbers."""
    return tuple(int(i) for i in np.argwhere(far(got, want, unit))[0]) if got.ndim else ()


def number(value: Any, digits: int = 4) -> str:
    """Return a number as text with few digits that count, so that another CPU prints the same."""
    if np.asarray(value).dtype.kind in "iub":
        return str(int(value))
    return f"{float(value) + 0.0:.{digits}g}"  # + 0.0 turns -0.0 into 0.0
