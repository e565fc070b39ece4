"""What is said of a mend: the line and the kind first, then the place, then the change in full."""

from __future__ import annotations

from collections.abc import Callable

from .mend import MOVES, Mended, Part
from .operators import TITLES

Say = Callable[..., str]


def lines(found: Mended | None, level: int, say: Say) -> list[str]:
    """Return the sentences on a mend that a level of hints allows; none at level 0."""
    if found is None or level < 1:
        return []
    told: list[str] = []
    for k, part in enumerate(found.parts):
        first, *rest = one(part, level, say)
        told += [say("mend_two") + first if k else first, *rest]
    return told


def one(part: Part, level: int, say: Say) -> list[str]:
    """Return the sentences on one change."""
    numbers = say("mend_or").join(map(str, part.lines))
    if not part.operator:
        return [say("mend_lines", lines=numbers)]
    title = say(TITLES[part.operator])
    more = [say("mend_everywhere")] if part.everywhere else []
    if level < 2 or not part.old:
        return [say("mend_titled", lines=numbers, title=title), *more]
    if level < 3 or not part.new or part.operator in MOVES:
        return [say("mend_at", lines=numbers, old=part.old, title=title), *more]
    change = say("mend_by", lines=numbers, old=part.old, new=part.new, title=title)
    return [change, *([say("mend_whole", full=part.full)] if part.full else more)]
