"""Which cells share a slide: as `slideshow` metadata say, otherwise one idea a slide, results after their question."""

from __future__ import annotations

import re

from nbformat import NotebookNode


def arrange(notebook: NotebookNode) -> NotebookNode:
    """Mark in the metadata of a lesson's cells where slides, steps below them and fragments begin and end.

    Without metadata of its own, a section (heading of level 1 or 2) begins a slide, every other text a step below it,
    and code comes as a fragment after the text that asks for a prediction.
    """
    kinds = [_kind(cell) for cell in notebook.cells]
    kinds = ["slide" if i == 0 else kind for i, kind in enumerate(kinds)]
    shown = [(cell, kind) for cell, kind in zip(notebook.cells, kinds, strict=True) if kind not in ("skip", "notes")]
    for i, (cell, kind) in enumerate(shown):
        following = shown[i + 1][1] if i + 1 < len(shown) else "slide"
        cell.metadata["deck"] = {
            "opens_slide": kind == "slide",
            "opens_step": kind in ("slide", "subslide"),
            "fragment": kind == "fragment",
            "closes_step": following in ("slide", "subslide"),
            "closes_slide": following == "slide",
        }
    notebook.cells = [cell for cell, _ in shown]
    return notebook


def _kind(cell: NotebookNode) -> str:
    chosen = cell.metadata.get("slideshow", {}).get("slide_type")
    if chosen and chosen != "-":
        return chosen
    if cell.cell_type == "code":
        return "fragment"
    return "slide" if re.match(r"##? ", cell.source) else "subslide"
