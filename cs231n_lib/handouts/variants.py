"""From an executed lesson to what a student and an instructor get: notebooks in, notebooks out."""

from __future__ import annotations

import ast
import copy
import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from cs231n_lib.handouts import blanks
from cs231n_lib.handouts.minutes import study_minutes

NOT_FOR_STUDENTS = {"solution", "answer", "instructor"}


@dataclass(frozen=True)
class Exercise:
    """The three cells of an exercise: the blank that defines `mine`, its check, and the solution."""

    mine: str
    name: str  # of the exercise in the checker
    blank: NotebookNode
    check: NotebookNode
    solution: NotebookNode


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def exercises_of(notebook: NotebookNode) -> list[Exercise]:
    """Find the exercises of a lesson: a cell that defines my_..., one that checks it, one tagged solution."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for blank, check, solution in zip(code, code[1:], code[2:], strict=False):
        match = re.search(r'check\("([^"]+)", (my_\w+)', check.source)
        if match and match[2] in _defined(blank) and "solution" in tags(solution):
            found.append(Exercise(match[2], match[1], blank, check, solution))
    return found


def _defined(cell: NotebookNode) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(cell.source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def student(lesson: NotebookNode, level: str = "as set") -> NotebookNode:
    """Return the lesson without solutions, answers and remarks to the instructor, exercises not yet run.

    level: how much of each exercise is given; one of `blanks.LEVELS`, default "as set" in the lesson.
    """
    if level not in blanks.LEVELS:
        raise ValueError(f"level is {level!r}; use one of {', '.join(blanks.LEVELS)}")
    notebook = copy.deepcopy(lesson)
    for exercise in exercises_of(notebook):
        exercise.blank.source = blanks.at_level(level, exercise.blank.source, exercise.solution.source, exercise.mine)
        _set_heading(notebook, exercise, level)
        for cell in (exercise.blank, exercise.check):
            cell.outputs, cell.execution_count = [], None
    notebook.cells = [cell for cell in notebook.cells if not tags(cell) & NOT_FOR_STUDENTS]
    return notebook


def _set_heading(notebook: NotebookNode, exercise: Exercise, level: str) -> None:
    """Let the heading above an exercise say how much of it is blank at this level."""
    place = next(i for i, cell in enumerate(notebook.cells) if cell is exercise.blank)
    cells = (cell for cell in reversed(notebook.cells[:place]) if cell.cell_type == "markdown")
    above = next((cell for cell in cells if re.search(r"^#+ ", cell.source, re.MULTILINE)), None)
    if above is not None:
        lines = above.source.splitlines()
        last = max(i for i, line in enumerate(lines) if re.match(r"#+ ", line))
        lines[last] = blanks.heading_at_level(level, lines[last], exercise.blank.source, exercise.mine)
        above.source = "\n".join(lines)


def instructor(lesson: NotebookNode, mistakes_of: Callable[[str], list[tuple[str, str]]]) -> NotebookNode:
    """Return the lesson with everything, and with remarks: minutes of each section, common mistakes of each exercise.

    mistakes_of: from the name of an exercise to the (title, hint) of its known mistakes.
    """
    notebook = copy.deepcopy(lesson)
    remarks = {0: _overview(notebook)}
    for exercise in exercises_of(notebook):
        if text := _common_mistakes(exercise.name, mistakes_of(exercise.name)):
            remarks[next(i for i, cell in enumerate(notebook.cells) if cell is exercise.solution)] = text
    for place in sorted(remarks, reverse=True):
        cell = new_markdown_cell(remarks[place], id=f"instructor-{place}", metadata={"tags": ["instructor"]})
        notebook.cells.insert(place + 1, cell)
    return notebook


def _overview(notebook: NotebookNode) -> str:
    rows = [f"| {title} | {minutes} |" for title, minutes in minutes_of(notebook)]
    exercises = ", ".join(f"`{exercise.name}`" for exercise in exercises_of(notebook))
    return (
        "**For the instructor.** Study minutes, at 180 words a minute, 1.5 minutes a code cell, 4 a stepper and 8 an "
        f"exercise; the head of the lesson rounds the core path to 5 minutes:"
        f"\n\n| section | minutes |\n|---|---|\n{chr(10).join(rows)}\n\nExercises: {exercises or 'none'}."
    )


def minutes_of(notebook: NotebookNode) -> list[tuple[str, int]]:
    """Return whole minutes of each section that takes any, of the core path after its last section, and of all.

    Both totals are sums of the rows that are shown.
    """
    parts = sections(notebook)
    ends = [i + 1 for i, (_, cells) in enumerate(parts) if any("You can stop here" in cell.source for cell in cells)]
    end = ends[0] if ends else 0
    core, rest = _rounded(parts[:end]), _rounded(parts[end:])
    total = sum(minutes for _, minutes in core)
    middle = [("**core path, up to “You can stop here”**", total)] if core else []
    return [*core, *middle, *rest, ("**all**", total + sum(minutes for _, minutes in rest))]


def _rounded(parts: list[tuple[str, list[NotebookNode]]]) -> list[tuple[str, int]]:
    """Round the minutes of sections so that their sum is the rounded sum; leave out those of 0 minutes."""
    exact = [study_minutes(cells) for _, cells in parts]
    whole = [int(minutes) for minutes in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: whole[i] - exact[i])
    for i in by_rest[: round(sum(exact)) - sum(whole)]:
        whole[i] += 1
    return [(title, minutes) for (title, _), minutes in zip(parts, whole, strict=True) if minutes]


def sections(notebook: NotebookNode) -> list[tuple[str, list[NotebookNode]]]:
    """Cut a lesson at its headings of level 1 and 2; return (title, cells) of each part."""
    parts: list[tuple[str, list[NotebookNode]]] = []
    for cell in notebook.cells:
        title = re.search(r"^##? +(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if title or not parts:
            parts.append((title[1].strip() if title else "", []))
        parts[-1][1].append(cell)
    return parts


def _common_mistakes(name: str, mistakes: list[tuple[str, str]]) -> str:
    if not mistakes:
        return ""
    rows = "\n".join(html.escape(f"- {title}. *{hint}*", quote=False) for title, hint in mistakes)
    return f"**For the instructor: known mistakes of `{name}`**, each with the hint the checker gives.\n\n{rows}"
