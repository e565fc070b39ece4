"""How far the hints of each exercise have grown: by attempts that differ, or when asked for; never by a second run."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

MOST = 4  # 1 what is wrong, 2 the place, 3 the idea and the mended line, 4 a right version beside one's own
CAP = "CS231N_HINTS"


@dataclass
class Attempts:
    """The wrong attempts at one exercise: their texts, how much more was asked for, and the last call of check."""

    texts: list[str] = field(default_factory=list)
    asked: int = 0
    last: tuple[Any, ...] | None = None

    @property
    def level(self) -> int:
        """Return how much is said."""
        return min(len(self.texts) + self.asked, MOST)


_attempts: dict[str, Attempts] = {}


def of(name: str) -> Attempts:
    """Return the attempts at an exercise."""
    return _attempts.setdefault(name, Attempts())


def latest(exercise: str) -> Attempts | None:
    """Return the attempts at an exercise that were judged last; None where there is none."""
    mine = [name for name in _attempts if name.rpartition(":")[0] == exercise]
    return _attempts[mine[-1]] if mine else None


def note(name: str, text: str) -> int:
    """Write down a wrong attempt and return how much is said of it; a text met before tells no more than it did."""
    attempts = of(name)
    _attempts[name] = _attempts.pop(name)  # the last judged stands last
    if text not in attempts.texts:
        attempts.texts.append(text)
    return attempts.level


def settle(name: str) -> None:
    """Note that the last attempt of this name is right: there is nothing more to say of it."""
    _attempts.pop(name, None)
    _attempts[name] = Attempts()


def forget(name: str | None = None) -> None:
    """Forget the attempts at an exercise, default at all."""
    if name is None:
        _attempts.clear()
    else:
        _attempts.pop(name, None)


def cap(given: int | None = None) -> int:
    """Return the most that is ever said: the argument, else what the environment's CS231N_HINTS says, else all.

    Raises: ValueError for anything but 0 to 4.
    """
    text = os.environ.get(CAP, "").strip() if given is None else str(given)
    if not text:
        return MOST
    if text not in map(str, range(MOST + 1)):
        raise ValueError(f"{CAP if given is None else 'hints'} is {text!r}; use a number from 0 to {MOST}")
    return int(text)
