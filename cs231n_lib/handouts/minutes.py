"""How long a lesson takes a learner: words / 180 + 1.5 a code cell + 4 a stepper + 8 an exercise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbformat import NotebookNode


def count_words(source: str) -> int:
    """Count the words a reader reads: displayed mathematics, tags and addresses of links aside."""
    source = re.sub(r"\$\$.*?\$\$", " ", source, flags=re.DOTALL)
    source = re.sub(r"\]\([^)]*\)", "]", source)
    source = re.sub(r"</?[a-zA-Z][^>]*>", " ", source)
    return sum(1 for word in source.split() if re.search(r"\w", word))


def study_minutes(cells: Iterable[NotebookNode]) -> float:
    """Return the minutes these cells take; solutions are not counted, since a learner may not need them."""
    minutes = 0.0
    for cell in cells:
        if cell.cell_type == "markdown":
            minutes += count_words(cell.source) / 180
        elif "solution" not in cell.metadata.get("tags", []):
            minutes += 1.5
            minutes += 4 * bool(re.search(r"\bstep\(", cell.source))
            minutes += 8 * bool(re.search(r"^(def |class )?my_\w+", cell.source, re.MULTILINE))
    return minutes
