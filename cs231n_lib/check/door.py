"""`check` and `hint`: what a learner or a teacher calls. Whatever happens, a report comes of it."""

from __future__ import annotations

import difflib
from typing import Any

from ..language import spoken
from . import memory
from .judge import SECONDS, Judge
from .messages import LANGUAGES, say
from .model import Exercise
from .puzzles import Puzzle, Shown
from .registry import exercise, exercises, items
from .report import Report
from .run import TimeUp, text_of


def check(
    name: str,
    fn=None,
    *,
    language: str | None = None,
    seconds: float = SECONDS,
    hints: int | None = None,
    mend: bool = True,
    **own,
) -> Report:
    """Judge fn, the learner's version of exercise `name`, and return a report that displays itself.

    fn: a function, a class that holds it as a method, or the answer of a puzzle.
    language: "en" or "zh"; default what the environment's CS231N_LANGUAGE says, else "en".
    seconds: time limit, default 10.
    hints: the most that is said, 0 the verdict alone to 4 all; default what CS231N_HINTS says, else 4.
    mend: whether a change of the function's own lines is sought that makes it right, where no known mistake fits.
    own: the learner's own companion functions, such as forward=my_forward for a backward function.
    Returns: a Report; nothing is ever raised.
    """
    return _check(name, fn, language, seconds, hints, own, mend)


def hint(name: str, *, language: str | None = None) -> Report:
    """Say more of the last wrong attempt at exercise `name`: the place, then the idea, then a right version."""
    item = items().get(name) if isinstance(name, str) else None
    attempts = memory.latest(str(name))
    spoken_now = language if language in LANGUAGES else "en"
    if item is None:
        return _unknown(str(name), spoken_now)
    if attempts is None or attempts.last is None:
        return Report(name, "blank", say(spoken_now, "hint_puzzle" if isinstance(item, Puzzle) else "hint_none"))
    fn, before, seconds, hints, own, mending = last = attempts.last
    attempts.asked += 1
    report = _check(name, fn, language or before, seconds, hints, own, mending)
    attempts.last = last
    if attempts.level > memory.cap(hints):
        report.lines.append(say(language or before, "hint_capped"))
    return report


def _check(
    name: str, fn, language: str | None, seconds: float, hints: int | None, own: dict[str, Any], mending: bool
) -> Report:
    """Judge fn; whatever happens, return a report."""
    name = name if isinstance(name, str) else type(name).__name__
    try:
        chosen = spoken(language)
        cap = memory.cap(hints)
        if not isinstance(seconds, (int, float)) or not seconds > 0:
            raise ValueError(f"seconds is {seconds!r}; use a number above 0")
    except ValueError as error:
        return Report(name, "error", say(language if language in LANGUAGES else "en", "bad_setting", error=error))
    item = items().get(name)
    if item is None:
        return _unknown(name, chosen)
    try:
        if isinstance(item, Puzzle):
            return item.judge(fn, chosen, _put_together)
        wrong = [key for key in own if key not in item.companions]
        if wrong:
            return Report(name, "error", _unknown_setting(wrong[0], item, chosen))
        strange = next((key for key, part in own.items() if not callable(part)), None)
        if strange:
            kind = type(own[strange]).__name__
            return Report(name, "error", say(chosen, "not_companion", name=strange, kind=kind))
        return Judge(item, fn, chosen, seconds, own, cap=cap, mending=mending).report()
    except TimeUp:
        return Report(name, "error", say(chosen, "too_long", seconds=f"{seconds:g}"))
    except Exception as error:
        return Report(name, "error", say(chosen, "stumbled", error=f"{type(error).__name__}: {text_of(error)}"))


def _put_together(name: str, fn, language: str, shown: Shown, answer: tuple[str, list[int]]) -> Report:
    """Judge a function made of the lines of a puzzle, with the puzzle and its answer; the hints show these lines."""
    return Judge(exercise(name), fn, language, SECONDS, {}, shown, answer, memory.cap()).report()


def _unknown(name: str, language: str) -> Report:
    near = difflib.get_close_matches(name, exercises(), n=3, cutoff=0.5)
    near += [e for e in exercises() if name and name.lower() in e.lower() and e not in near][: 3 - len(near)]
    more = [say(language, "unknown_near", near=", ".join(near))] if near else []
    return Report(name, "error", say(language, "unknown"), [*more, say(language, "unknown_list")])


def _unknown_setting(given: str, item: Exercise, language: str) -> str:
    known = ", ".join([*item.companions, "language", "seconds", "hints", "mend"])
    return say(language, "unknown_setting", given=given, known=known)
