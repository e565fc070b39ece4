"""How long a lesson takes a learner: 180 words a minute, 1.5 minutes a code cell, 4 a stepper, 8 an exercise."""

from __future__ import annotations

import ast
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
    """Return the minutes these cells take, each counted once: a check belongs to its exercise, a solution to nobody."""
    return sum(_minutes(cell) for cell in cells)


def _minutes(cell: NotebookNode) -> float:
    if cell.cell_type == "markdown":
        return count_words(cell.source) / 180
    if cell.cell_type != "code" or "solution" in cell.metadata.get("tags", []):
        return 0
    names, called = _names(cell.source)
    if any(name.startswith("my_") for name in names):
        return 0 if "check" in called else 8
    return 4 if "step" in called else 1.5


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that stand in a cell, and which functions it calls by their bare name."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # no plain Python: just a code cell
        return set(), set()
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return names, called
