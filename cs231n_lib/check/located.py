"""What is said of the place where a wrong function goes wrong: what is right before it, the line, and the cells."""

from __future__ import annotations

from collections.abc import Callable

from .locate import Located

Say = Callable[..., str]
MOST = 4  # lines that are named as leading to a place; more say nothing


def lines(found: list[Located], level: int, say: Say) -> list[str]:
    """Return the sentences on the places that a level of hints allows; none at level 0."""
    return [sentence for place in found if level for sentence in one(place, say)]


def one(place: Located, say: Say) -> list[str]:
    """Return the sentences on one place."""
    if place.made:
        key = "located_here" if place.made == place.line else "located_made"
        return [say(key, result=place.result, line=place.line, made=place.made, text=place.text)]
    key = "located_loop" if place.loop else "located_right" if place.right else "located"
    first = say(
        key,
        result=place.result,
        line=place.line,
        text=place.text,
        right_line=place.right_line,
        right=place.right,
    )
    more = [say(place.cells[0], **place.cells[1])] if place.cells else []
    if place.between and len(place.between) <= MOST:
        more.append(
            say("located_between", lines=say("between").join(say("line_number", number=n) for n in place.between))
        )
    return [first, *more]
