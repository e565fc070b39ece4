"""What the smallest mends of a function have in common, and so may be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .operators import EVERYWHERE, REPEATED
from .operators.base import GIVEN, Edit, weight

MOVES = ("swap", "elsewhere", "line", "in", "out")  # operators that write nothing new
Line = tuple[str, int]  # the function, "" for the learner's own, and the line as its cell or file numbers it


@dataclass(frozen=True)
class Part:
    """One change: the operator ("" where several would do), the lines it may stand in, and the texts where it is sure.

    owners: for each line the function that it stands in where that is one the learner's calls, else "".
    old, new: the expression and what stands in its place.  full: the mended line as a whole.
    everywhere: whether the same change is due at all like places.
    """

    operator: str
    lines: list[int]
    old: str = ""
    new: str = ""
    full: str = ""
    everywhere: bool = False
    owners: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mended:
    """What is told of a mend: one change, or two; or, where there are none, why nothing was sought to the end.

    why: the key of a sentence, "" where there is nothing to say.
    """

    parts: list[Part]
    why: str = ""

    @property
    def lines(self) -> list[int]:
        """Return all lines that it may change."""
        return [line for part in self.parts for line in part.lines]


@dataclass(frozen=True)
class Told:
    """One edit of a mend with its line and texts, and the whole line as it is then."""

    edit: Edit
    line: Line
    old: str
    new: str
    full: str
    size: int  # how much it changes of the source


@dataclass(frozen=True)
class Hit:
    """One mend: its edits, and whether it is right on edges as well."""

    parts: tuple[Told, ...]
    edges: bool

    @property
    def everywhere(self) -> bool:
        """Return whether it makes one edit in several places."""
        return any(len(part.edit.spots) > 1 and part.edit.operator in REPEATED for part in self.parts)

    @property
    def size(self) -> int:
        """Return how much it changes of the source."""
        return sum(part.size for part in self.parts)


def growth(edit: Edit) -> int:
    """Return how much an edit adds to the source; a line that is only moved adds nothing."""
    return 0 if edit.operator in MOVES else max(0, weight(edit.new) - weight(edit.old))


def agreed(hits: Iterable[Hit]) -> Mended | None:
    """Return what the smallest mends have in common; None where they disagree on a change."""
    found = list(hits)
    found = [hit for hit in found if hit.edges] or found
    if not found:
        return None
    found = [hit for hit in found if hit.size == min(other.size for other in found)]
    parts = [common([hit.parts[k] for hit in found]) for k in range(len(found[0].parts))]
    return Mended([part for part in parts if part]) if all(parts) else None


def common(told: list[Told]) -> Part | None:
    """Return what edits of several mends say: an edit, a kind and its lines, up to two lines, or nothing."""
    first = told[0]
    edit = first.edit
    places = sorted({one.line for one in told})
    lines, owners = [line for _, line in places], [owner for owner, _ in places]
    one_kind = len({one.edit.effect for one in told}) == 1
    given = {one.edit.detail.partition(" = ")[0] for one in told}
    if edit.operator == "absent" and (one_kind or (len(given) == 1 and edit.detail.startswith(GIVEN))):
        one = max(told, key=lambda one: one.line) if edit.detail.startswith(GIVEN) else first
        return Part("absent", [one.line[1]], one.old, one.new, owners=[one.line[0]])  # or farther up, or down
    if len({id(one.edit.old) for one in told}) == 1 or (one_kind and len(lines) == 1):
        everywhere = edit.detail.endswith(EVERYWHERE)
        return Part(edit.operator, lines, first.old, first.new, first.full, everywhere, owners)
    if one_kind and len(lines) <= 3:
        return Part(edit.operator, lines, owners=owners)
    return Part("", lines, owners=owners) if len(lines) <= 2 else None
