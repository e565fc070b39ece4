"""What a check says: as text, and as HTML that reads in light, in dark, on paper and without colour."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..step import Beside, Steps

FOLDED = 200_000  # characters up to which the steps are folded into the report; longer ones show on their own


@dataclass(frozen=True)
class Diagnosis:
    """One mistake that was recognised, in the reader's language."""

    id: str
    title: str
    hint: str


@dataclass
class Report:
    """The verdict on one exercise.

    status: "passed", "half" (a part is right, another not begun), "blank" (nothing is begun), "failed" or "error".
    edge: whether a pass leaves an edge open that no official test asks for.
    note: the one of its lines that says under what condition the verdict holds, such as an old edition.
    diagnosis: the mistakes recognised, each with id, title, hint.
    mended: what is said of a change that makes it right; these stand among the lines as well.
    step: the learner's call at the step that makes the first wrong cell, beside ours where hints have grown so far;
        pointer says which step and how to print it, fold how to open it in a notebook.
    """

    name: str
    status: str
    headline: str
    lines: list[str] = field(default_factory=list)
    diagnosis: list[Diagnosis] = field(default_factory=list)
    edge: bool = False
    note: str = ""
    mended: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.pointer = self.fold = ""  # these three are no fields: a report that travels as JSON leaves them behind
        self.step: Steps | Beside | None = None

    def __repr__(self) -> str:
        lines = [*self.lines, self.pointer] if self.pointer else self.lines
        return "\n".join([f"{self.name}: {self.headline}", *(f"  {line}" for line in lines)])

    def _repr_html_(self) -> str:
        colour, mark = {
            "passed": ("#2e8b57", "\u2713"),
            "failed": ("#c9601a", "\u2717"),
            "error": ("#b03a48", "!"),
            "half": ("#7a869a", "\u25d0"),
            "blank": ("#7a869a", "\u2026"),
        }[self.status]
        rows = "".join(f'<div style="margin:.25em 0 0 1.4em">{with_code(line)}</div>' for line in self.lines)
        return (
            f'<div style="border-left:4px solid {colour};padding:.4em .8em;margin:.3em 0;color:inherit;'
            f'break-inside:avoid"><div><b><span aria-hidden="true" style="color:{colour}">{mark}</span> '
            f"{html.escape(self.name)}</b>: {with_code(self.headline)}</div>{rows}{self._steps()}</div>"
        )

    def _steps(self) -> str:
        """Return the steps folded; only the pointer where they are too long for that."""
        page = self.step._repr_html_() if self.step else ""
        if not 0 < len(page) <= FOLDED:
            return f'<div style="margin:.25em 0 0 1.4em">{with_code(self.pointer)}</div>' if self.pointer else ""
        return f'<details style="margin:.25em 0 0 .4em"><summary>{with_code(self.fold)}</summary>{page}</details>'


def with_code(text: str) -> str:
    """Return text escaped for HTML, with `...` as code."""
    parts = html.escape(text, quote=False).split("`")
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(p if i % 2 == 0 else f"<code>{p}</code>" for i, p in enumerate(parts))
