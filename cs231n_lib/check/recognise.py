"""Which known mistakes give the outcomes that were seen."""

from __future__ import annotations

from dataclasses import dataclass

from . import compare
from .model import Mistake
from .run import Outcome
from .variants import Book, Variant


@dataclass(frozen=True)
class Found:
    """The mistakes recognised; `more`: the key of the sentence on what else is wrong, if anything is."""

    mistakes: tuple[Mistake, ...] = ()
    more: str = ""

    def __bool__(self) -> bool:
        return bool(self.mistakes)


def recognise(known: Book, outcomes: list[Outcome]) -> Found:
    """Return the known mistakes behind wrong outcomes."""
    if not seen(outcomes, known.truth):
        return Found()
    cases = telling(known, outcomes)
    mistakes = one(known, outcomes, cases) or two(known, outcomes, cases) or one_by_any_error(known, outcomes, cases)
    if mistakes:
        return Found(mistakes)
    return by_value(known, outcomes, cases) or by_cases(known, outcomes, cases)


def seen(outcomes: list[Outcome], truth: list[Outcome]) -> bool:
    """Return whether there is more to go by than an error in every case, which proves no one mistake."""
    stopped = [bool(o.failure) for o in outcomes]
    wrong = any(not o.failure and not compare.same(o, t) for o, t in zip(outcomes, truth, strict=True))
    return wrong or (any(stopped) and not all(stopped))


def telling(known: Book, outcomes: list[Outcome]) -> list[int]:
    """Return the cases that a mistake must explain, wrong ones first.

    The ordinary ones; edges as well where only they are wrong, or where all ordinary ones stop.
    """
    wrong = [i for i, (o, t) in enumerate(zip(outcomes, known.truth, strict=True)) if not compare.same(o, t)]
    ordinary = [i for i in known.ordinary if i in wrong]
    all_stop = all(outcomes[i].failure for i in known.ordinary)
    asked = known.ordinary if ordinary and not all_stop else range(len(outcomes))
    return sorted(asked, key=lambda i: (i not in wrong, i))


def one(known: Book, outcomes: list[Outcome], cases: list[int]) -> tuple[Mistake, ...]:
    """Return the one mistake that gives just these outcomes in the cases, and most like them elsewhere."""
    hits = [(m, v) for m, v in known.known(1) if gives(v, outcomes, cases)]
    rest = [i for i in range(len(outcomes)) if i not in cases]
    score = {m: sum(compare.same(outcomes[i], v[i], loose=True) for i in rest) for m, v in hits}
    return max(score, key=lambda m: score[m], default=())


def two(known: Book, outcomes: list[Outcome], cases: list[int]) -> tuple[Mistake, ...]:
    """Return the first two mistakes that together give these outcomes; neither alone may spoil a right value."""
    wrong = set(wrong_in(outcomes, known.truth, cases))
    some = [m for (m,), _ in known.known(1) if set(spoiled(known, m, cases)) <= wrong]
    pairs = known.known(2, some) if len(some) > 1 else ()
    return next((m for m, v in pairs if gives(v, outcomes, cases)), ())


def one_by_any_error(known: Book, outcomes: list[Outcome], cases: list[int]) -> tuple[Mistake, ...]:
    """Return the one mistake that stops in the same cases, by whatever error, and is alike in the others."""
    failed = [i for i in cases if outcomes[i].failure]
    others = [i for i in cases if i not in failed]
    if not failed or not others:
        return ()
    stops = (m for m, v in known.known(1) if all(v[i].failure for i in failed) and gives(v, outcomes, others))
    found = list(stops)
    return found[0] if len(found) == 1 else ()


def gives(variant: Variant, outcomes: list[Outcome], cases: list[int]) -> bool:
    """Return whether a variant gives what was seen in all of the cases."""
    return all(compare.same(outcomes[i], variant[i], loose=True) for i in cases)


def spoiled(known: Book, mistake: Mistake, cases: list[int]) -> list[str]:
    """Return the values that a mistake makes wrong."""
    variant = known.variant((mistake,))
    return wrong_in(variant, known.truth, cases) if variant else []


def wrong_in(got: list[Outcome] | Variant, want: list[Outcome], cases: list[int]) -> list[str]:
    """Return the names of the values that differ in any of the cases, in the order in which they are computed."""
    return compare.wrong_names([got[i] for i in cases], [want[i] for i in cases])


def by_value(known: Book, outcomes: list[Outcome], cases: list[int]) -> Found:
    """Return, for each wrong value in the order of computing, the one mistake that explains it in all cases.

    Nothing is named for a value that two mistakes make alike, nor a mistake that would spoil a right value. Where a
    later value stays unexplained, only the first mistake is named.
    """
    if any(outcomes[i].failure or outcomes[i].form or outcomes[i].changed for i in cases):
        return Found()
    found: list[Mistake] = []
    dark = False
    wrong = wrong_in(outcomes, known.truth, cases)
    for name in wrong:
        if any(explains(known, m, outcomes, cases, name) for m in found):
            continue
        match = best_for(known, outcomes, cases, name, wrong)
        dark = dark or match is None
        found += [match] if match else []
    if not found or not dark:
        return Found(tuple(found[:3]))
    first = explains(known, found[0], outcomes, cases, wrong[0])
    return Found(tuple(found[:1]), "may_follow" if first else "more_wrong")


def explains(known: Book, mistake: Mistake, outcomes: list[Outcome], cases: list[int], name: str) -> bool:
    """Return whether a mistake gives a value as it was seen in all cases."""
    variant = known.variant((mistake,))
    got = [outcomes[i] for i in cases]
    return variant is not None and compare.agree(got, [variant[i] for i in cases], name, loose=True)


def best_for(known: Book, outcomes: list[Outcome], cases: list[int], name: str, wrong: list[str]) -> Mistake | None:
    """Return the mistake that explains a value and most of the other wrong ones; None where two do so equally.

    One that would spoil a right value is taken only where there is no other.
    """
    scores: list[tuple[bool, int, Mistake]] = []
    for (mistake,), _ in known.known(1):
        makes = spoiled(known, mistake, cases) if explains(known, mistake, outcomes, cases, name) else []
        if name in makes:
            others = sum(explains(known, mistake, outcomes, cases, n) for n in wrong)
            scores.append((set(makes) <= set(wrong), 2 * others - len(makes), mistake))
    top = max((score[:2] for score in scores), default=None)
    best = [m for *score, m in scores if tuple(score) == top]
    alike = all(twins(known, best[0], m, cases) for m in best[1:])
    return best[0] if best and alike else None


def twins(known: Book, one: Mistake, other: Mistake, cases: list[int]) -> bool:
    """Return whether two mistakes give the same in all cases."""
    a, b = known.variant((one,)), known.variant((other,))
    return a is not None and b is not None and all(compare.same(a[i], b[i]) for i in cases)


def by_cases(known: Book, outcomes: list[Outcome], cases: list[int]) -> Found:
    """Return the one mistake that explains most wrong cases whole, two at least, and spoils no right one."""
    wrong = [i for i in cases if not compare.same(outcomes[i], known.truth[i])]
    right = [i for i in cases if i not in wrong]
    scores: dict[Mistake, int] = {}
    for (mistake,), variant in known.known(1):
        if all(compare.same(variant[i], known.truth[i]) for i in right):
            telling = [i for i in wrong if not outcomes[i].failure and not compare.same(variant[i], known.truth[i])]
            scores[mistake] = sum(compare.same(outcomes[i], variant[i], loose=True) for i in telling)
    most = max(scores.values(), default=0)
    best = [m for m, score in scores.items() if score == most]
    return Found((best[0],), "more_wrong") if most >= 2 and len(best) == 1 else Found()
