"""What is said of a mend: the line and the kind first, then the place, then the change in full."""

from __future__ import annotations

from collections.abc import Callable

from .agree import MOVES, Mended, Part
from .operators import TITLES

Say = Callable[..., str]


def lines(found: Mended | None, level: int, say: Say) -> list[str]:
    """Return the sentences on a mend that a level of hints allows; none at level 0."""
    if found is None or level < 1:
        return []
    told = [say(found.why)] if found.why else []
    for k, part in enumerate(found.parts):
        first, *rest = one(part, level, say)
        told += [say("mend_two") + first if k else first, *rest]
    return told


def place(part: Part, say: Say) -> str:
    """Return the lines of a change, those of a function that the learner's calls with its name."""
    owners = part.owners or [""] * len(part.lines)
    names = list(dict.fromkeys(owners))
    groups = [(name, [n for n, owner in zip(part.lines, owners, strict=True) if owner == name]) for name in names]
    texts = [(name, say("mend_or").join(map(str, numbers))) for name, numbers in groups]
    return say("mend_or").join(
        say("mend_line_of", lines=numbers, name=name) if name else say("mend_line_here", lines=numbers)
        for name, numbers in texts
    )


def one(part: Part, level: int, say: Say) -> list[str]:
    """Return the sentences on one change."""
    where = place(part, say)
    if not part.operator:
        return [say("mend_lines", place=where)]
    title = say(TITLES[part.operator])
    more = [say("mend_everywhere")] if part.everywhere else []
    if level < 2 or not part.old:
        return [say("mend_titled", place=where, title=title), *more]
    if part.operator == "absent":
        key = "mend_before" if level < 3 else "mend_put_in"
        return [say(key, place=where, old=part.old, new=part.new, title=title)]
    if level < 3 or not part.new or part.operator in MOVES:
        return [say("mend_at", place=where, old=part.old, title=title), *more]
    change = say("mend_by", place=where, old=part.old, new=part.new, title=title)
    return [change, *([say("mend_whole", full=part.full)] if part.full else more)]
