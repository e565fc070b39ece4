"""What is said of a mend: the line and the kind first, then the place, then the change in full."""

from __future__ import annotations

from collections.abc import Callable

from .mend import Mended
from .operators import TITLES

Say = Callable[..., str]


def lines(found: Mended | None, level: int, say: Say) -> list[str]:
    """Return the sentences on a mend that a level of hints allows; none at level 0."""
    if found is None or level < 1:
        return []
    numbers = say("mend_or").join(map(str, found.lines))
    if not found.operator:
        return [say("mend_lines", lines=numbers)]
    title = say(TITLES[found.operator])
    told = one(found, level, say, numbers, title)
    if found.everywhere:
        told.append(say("mend_everywhere"))
    return told + (second(found, level, say) if found.second else [])


def one(found: Mended, level: int, say: Say, numbers: str, title: str) -> list[str]:
    """Return the sentences on the change itself."""
    if level < 2 or not found.old:
        return [say("mend_titled", lines=numbers, title=title)]
    if level < 3 or not found.new:
        return [say("mend_at", lines=numbers, old=found.old, title=title)]
    change = say("mend_by", lines=numbers, old=found.old, new=found.new, title=title)
    return [change, *([say("mend_whole", full=found.full)] if found.full else [])]


def second(found: Mended, level: int, say: Say) -> list[str]:
    """Return the sentence on the other change that it takes."""
    operator, line, old, new = found.second or ("", 0, "", "")
    key = "mend_second_by" if level >= 3 and old and new else "mend_second"
    return [say(key, lines=line, old=old, new=new, title=say(TITLES[operator]))]
