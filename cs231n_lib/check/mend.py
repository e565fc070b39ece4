"""The smallest edit of the learner's own source after which every case is right, if one can be found.

A mend counts only where it is right on fresh draws as well. The budget is counted in calls, never in seconds, so the
same function is told the same on every computer.
"""

from __future__ import annotations

from typing import Any

from .agree import MOVES, Mended, Part, agreed
from .apart import apart
from .harmless import harmless
from .played import Played
from .run import quiet
from .search import BUDGET, DRAWS, Search
from .source import Source, plain_function, read
from .workshop import as_definition

__all__ = ["BUDGET", "DRAWS", "MOVES", "Mended", "Part", "Search", "mend", "searched"]
NO_SOURCE, OUT_OF_REACH, UNLIKE, CUT = "mend_no_source", "mend_out_of_reach", "mend_unlike", "mend_cut"


def mend(played: Played, budget: int = BUDGET) -> Mended | None:
    """Return the smallest edit that makes the function right, or why it was not sought to the end.

    Returns: None where there is no such edit, or where several disagree.
    """
    if not played.wrong(edges=False):
        return None
    if isinstance(played.subject.fn, type):
        return None  # a model's class is judged as a whole
    source = read(played.subject.fn)
    if source is None:
        return Mended([], NO_SOURCE)
    if plain_function(played.subject.fn) is None or as_definition(source) is None:
        return Mended([], UNLIKE)
    if not harmless(played.subject):
        return Mended([], OUT_OF_REACH)
    told = apart(lambda: searched(played, source, budget))
    if told is None:
        return Mended([], CUT)
    return Mended([Part(**part) for part in told["parts"]], told["why"]) if told["parts"] or told["why"] else None


def searched(played: Played, source: Source, budget: int) -> dict[str, Any]:
    """Return what is told of the mends of a function, ready to be sent."""
    with quiet():
        search = Search(played, source, budget)
        if not search.is_alike():
            return {"parts": [], "why": UNLIKE}
        found = agreed(search.hits())
    return {"parts": [vars(part) for part in found.parts] if found else [], "why": ""}
