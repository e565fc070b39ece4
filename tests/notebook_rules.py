"""The rules a lesson's notebook keeps, each a function of the parsed notebook that returns what breaks it.

They read the file and run nothing. Where a rule names a cell, it gives its place in the file and its first words.
"""

from __future__ import annotations

import ast
import html.parser
import io
import json
import re
import tokenize
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import ipywidgets
import nbformat
from nbformat import NotebookNode

from cs231n_lib.execute import NOTEBOOK_METADATA, PICTURES, SIZE_LIMIT, clean_cell_metadata, clean_outputs
from cs231n_lib.handouts.minutes import count_words, study_minutes
from cs231n_lib.strict.cells import cell_faults, notebook_faults

CODE_LINES, MOST_CODE_LINES = 15, 18
WORDS, MOST_WORDS = 120, 140
LONG_SHARE = 0.1  # of the cells may be longer than the first number, none longer than the second
CORE_CELLS, CORE_MINUTES, MINUTES_OFF = 60, 75, 5  # off: how far the stated minutes may be from the formula
OUTPUT_LIMIT = 900_000  # bytes
TAGS = re.compile(r"solution|answer|trained|timing|tol=0?\.\d+")

Rule = Callable[[NotebookNode, Path], list[str]]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Enter a rule into the table that drives the tests."""
    RULES[check.__name__] = check
    return check


def read(path: Path) -> NotebookNode:
    """Read a notebook as it is: `nbformat.read` would replace a missing id by a random one."""
    return nbformat.v4.reads_json(path.read_text(encoding="utf-8"))


# Looking at cells -------------------------------------------------------------------------------------------------


def name(cells: list[NotebookNode], cell: NotebookNode) -> str:
    place = next(i for i, other in enumerate(cells) if other is cell)
    return f"cell {place} (`{cell.source.strip()[:40]!r}`)"


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def tagged(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def tree(cell: NotebookNode) -> ast.Module:
    """Parse a code cell; a cell that is no plain Python counts as empty here and breaks `plain_python`."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])


def defined(cell: NotebookNode) -> set[str]:
    """Return the names a cell defines at its top level by `def`, `class` or assignment."""
    names = set()
    for node in tree(cell).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else []
        names |= {leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)}
    return names


def used(cell: NotebookNode) -> set[str]:
    return {node.id for node in ast.walk(tree(cell)) if isinstance(node, ast.Name)}


def mine(names: set[str]) -> set[str]:
    """Return those names that belong to the learner: `my_...`."""
    return {word for word in names if word.startswith("my_")}


def checked(cell: NotebookNode) -> list[ast.Call]:
    """Return the calls of `check("name", ...)` in a cell."""
    calls = [node for node in ast.walk(tree(cell)) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check" and call.args]


def outputs(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    for cell in code(notebook):
        for output in cell.outputs:
            yield cell, output


def outside_fences(source: str) -> str:
    """Drop blocks of code from Markdown."""
    return re.sub(r"^(```|~~~).*?^\1", "", source, flags=re.MULTILINE | re.DOTALL)


class _Images(html.parser.HTMLParser):
    """Collect the attributes of every `<img>`."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def images(page: str) -> list[dict[str, str | None]]:
    return _Images(page).found


# What is stored ---------------------------------------------------------------------------------------------------


@rule
def run_whole_and_unexcused(notebook: NotebookNode, path: Path) -> list[str]:
    """Counts 1..n, no cell never run, no stored error, no tag or comment that excuses a cell, few free cells."""
    faults = [f"{name(notebook.cells, cell)}: {fault}" for cell in code(notebook) for fault in cell_faults(cell)]
    empty = [f"{name(notebook.cells, cell)} is empty" for cell in notebook.cells if not cell.source.strip()]
    return notebook_faults(notebook) + faults + empty


@rule
def unique_ids(notebook: NotebookNode, path: Path) -> list[str]:
    ids = [cell.get("id") for cell in notebook.cells]
    return [
        f"{name(notebook.cells, cell)}: id {cell.get('id')!r} is missing or not unique"
        for cell in notebook.cells
        if not cell.get("id") or ids.count(cell.id) > 1
    ]


@rule
def no_stray_metadata(notebook: NotebookNode, path: Path) -> list[str]:
    """Notebook, cells and outputs carry what `python -m cs231n_lib.execute` stores, and only known tags."""
    found = [] if notebook.metadata == NOTEBOOK_METADATA else [f"metadata of the notebook: {dict(notebook.metadata)}"]
    for cell in notebook.cells:
        if cell.metadata != clean_cell_metadata(cell.metadata):
            found.append(f"metadata of {name(notebook.cells, cell)}: {dict(cell.metadata)}")
        unknown = [tag for tag in cell.metadata.get("tags", []) if not TAGS.fullmatch(tag)]
        found += [f"{name(notebook.cells, cell)} has the unknown tag {tag!r}" for tag in unknown]
    for cell in code(notebook):
        if cell.outputs != clean_outputs(cell.outputs):
            found.append(f"{name(notebook.cells, cell)}: outputs not clean; store them with cs231n_lib.execute")
    return found


@rule
def small_enough(notebook: NotebookNode, path: Path) -> list[str]:
    size = path.stat().st_size
    stored = sum(len(json.dumps(output, ensure_ascii=False).encode()) for _, output in outputs(notebook))
    found = [f"{size} bytes; the limit is {SIZE_LIMIT}"] if size >= SIZE_LIMIT else []
    return found + ([f"outputs of {stored} bytes; the limit is {OUTPUT_LIMIT}"] if stored > OUTPUT_LIMIT else [])


# Code -------------------------------------------------------------------------------------------------------------


@rule
def plain_python(notebook: NotebookNode, path: Path) -> list[str]:
    """No magics, no shell lines: the other rules could not read them, nor could a learner paste them elsewhere."""
    found = []
    for cell in code(notebook):
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            found.append(f"{name(notebook.cells, cell)}: {error.msg}")
    return found


@rule
def no_hushing_semicolon(notebook: NotebookNode, path: Path) -> list[str]:
    return [f"{name(notebook.cells, cell)} ends in `;`" for cell in code(notebook) if _last_sign(cell.source) == ";"]


def _last_sign(source: str) -> str:
    """Return the last sign of a cell's code, comments and line ends aside."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # reported by `plain_python`
        return ""
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.DEDENT, tokenize.ENDMARKER)
    return next((token.string for token in reversed(tokens) if token.type not in silent), "")


@rule
def no_star_imports(notebook: NotebookNode, path: Path) -> list[str]:
    return [
        f"{name(notebook.cells, cell)}: from {node.module} import *"
        for cell in code(notebook)
        for node in ast.walk(tree(cell))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]


@rule
def short_code(notebook: NotebookNode, path: Path) -> list[str]:
    lines = [(sum(1 for line in cell.source.splitlines() if line.strip()), cell) for cell in code(notebook)]
    return _too_long(notebook, lines, CODE_LINES, MOST_CODE_LINES, "lines of code")


@rule
def short_text(notebook: NotebookNode, path: Path) -> list[str]:
    words = [(count_words(cell.source), cell) for cell in text(notebook)]
    pieces = [(len(cell.source.split()), cell) for cell in text(notebook)]  # formulas, links and table bars as well
    return _too_long(notebook, words, WORDS, MOST_WORDS, "words") or _too_long(
        notebook, pieces, MOST_WORDS, MOST_WORDS, "words and formulas"
    )


def _too_long(notebook: NotebookNode, sizes: list, aim: int, most: int, unit: str) -> list[str]:
    """Find cells above `most`; and all cells above `aim` where they are more than one in ten."""
    long = [(size, cell) for size, cell in sizes if size > aim]
    if len(long) <= LONG_SHARE * len(sizes):
        long = [(size, cell) for size, cell in long if size > most]
    return [f"{name(notebook.cells, cell)}: {size} {unit}; aim for {aim}, at most {most}" for size, cell in long]


# The core ---------------------------------------------------------------------------------------------------------


def core(notebook: NotebookNode) -> tuple[list[NotebookNode], bool]:
    """Return the cells before "You can stop here", and whether the lesson says so; all cells where it does not."""
    cells = notebook.cells
    stops = (i for i, cell in enumerate(cells) if cell.cell_type == "markdown" and "You can stop here" in cell.source)
    place = next(stops, None)
    return cells[:place], place is not None


@rule
def study_minutes_are_right(notebook: NotebookNode, path: Path) -> list[str]:
    """A lesson with an end of its core says in its Time row how long that takes; a short page need not."""
    cells, ends = core(notebook)
    stated = [
        int(match[1])
        for cell in text(notebook)
        for match in re.finditer(r"^\| Time \| (\d+) ", cell.source, re.MULTILINE)
    ]
    minutes = study_minutes(cells)
    if ends and not stated:
        return [f"no row '| Time | {5 * round(minutes / 5)} minutes ... |'"]
    found = [
        f"{said} minutes stated, {minutes:.1f} by the formula" for said in stated if abs(said - minutes) > MINUTES_OFF
    ]
    longest = max(stated, default=minutes)
    return found + ([f"{longest:.0f} minutes; at most {CORE_MINUTES}"] if longest > CORE_MINUTES else [])


@rule
def core_is_short(notebook: NotebookNode, path: Path) -> list[str]:
    cells, _ = core(notebook)
    return [f"{len(cells)} cells in the core; at most {CORE_CELLS}"] if len(cells) > CORE_CELLS else []


# Pictures and pages -----------------------------------------------------------------------------------------------


@rule
def every_picture_has_an_alternative_text(notebook: NotebookNode, path: Path) -> list[str]:
    found = []
    for cell, output in outputs(notebook):
        data, metadata = output.get("data", {}), output.get("metadata", {})
        bare = [mime for mime in PICTURES if mime in data and not metadata.get(mime, {}).get("alt", "").strip()]
        bare += ["an <img>" for image in images(data.get("text/html", "")) if not (image.get("alt") or "").strip()]
        found += [f"{name(notebook.cells, cell)}: {what} in its output has no alternative text" for what in bare]
    for cell in text(notebook):
        shown = [match[1] for match in re.finditer(r"!\[([^\]]*)\]", outside_fences(cell.source))]
        shown += [image.get("alt") or "" for image in images(outside_fences(cell.source))]
        found += [
            f"{name(notebook.cells, cell)}: a picture has no alternative text" for alt in shown if not alt.strip()
        ]
    return found


@rule
def explorations_carry_a_picture(notebook: NotebookNode, path: Path) -> list[str]:
    """Without a kernel an exploration is only what its output holds: a picture of its first state, as HTML."""
    return [
        f"{name(notebook.cells, cell)}: an exploration without a picture in text/html"
        for cell, output in outputs(notebook)
        if _is_exploration(output.get("data", {}).get("text/plain", ""))
        and not images(output["data"].get("text/html", ""))
    ]


@rule
def something_is_explored(notebook: NotebookNode, path: Path) -> list[str]:
    """Every lesson has a picture that the reader can change."""
    shown = [output.get("data", {}).get("text/plain", "") for _, output in outputs(notebook)]
    return [] if any(_is_exploration(plain) for plain in shown) else ["there is no exploration; use explore(...)"]


def _is_exploration(plain: str) -> bool:
    kind = re.match(r"<exploration|(\w+)\(", plain)
    if kind is None or kind[1] is None:
        return kind is not None
    widget = getattr(ipywidgets, kind[1], None)
    return isinstance(widget, type) and issubclass(widget, ipywidgets.Widget)


@rule
def headings_nest(notebook: NotebookNode, path: Path) -> list[str]:
    """One title, in the first cell; each heading at most one level below the one before it."""
    headings = [
        (len(match[1]), match[2].strip(), cell)
        for cell in text(notebook)
        for match in re.finditer(r"^(#{1,6})\s+(.*)$", outside_fences(cell.source), re.MULTILINE)
    ]
    if not headings or headings[0][0] != 1 or headings[0][2] is not notebook.cells[0]:
        return ["the first cell does not begin with a title (# ...)"]
    found = []
    for (before, *_), (level, title, _) in pairwise(headings):
        if level == 1:
            found.append(f"a second title: {title!r}")
        elif level > before + 1:
            found.append(f"{title!r} is of level {level}, below one of level {before}")
    return found


@rule
def links_lead_somewhere(notebook: NotebookNode, path: Path) -> list[str]:
    """Links without a scheme name a file beside the notebook."""
    found = []
    for cell in text(notebook):
        source = outside_fences(cell.source)
        targets = re.findall(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)", source) + re.findall(
            r"href=\"([^\"]+)\"", source
        )
        for target in targets:
            file = target.partition("#")[0]
            if file and not re.match(r"[a-z][a-z0-9+.-]*:", target) and not (path.parent / file).exists():
                found.append(f"{name(notebook.cells, cell)}: link to {target}, which is not there")
    return found


# Exercises and questions ------------------------------------------------------------------------------------------


@rule
def exercises_are_three_cells(notebook: NotebookNode, path: Path) -> list[str]:
    """A blank that defines `my_X`, a cell that checks it, a hidden cell tagged `solution`; text may stand between."""
    cells = code(notebook)
    found = []
    for i, cell in enumerate(cells):
        names = mine(defined(cell))
        if not names:
            continue
        following = cells[i + 1 : i + 3]
        checks = [call for call in (checked(following[0]) if following else []) if mine(used(following[0])) & names]
        if not checks:
            found.append(f'{name(notebook.cells, cell)}: the next code cell does not check("...", {min(names)})')
        if len(following) < 2 or not tagged(following[1], "solution"):
            found.append(f"{name(notebook.cells, cell)}: the second code cell after it is not tagged solution")
    return found


@rule
def solutions_touch_nothing_of_the_learner(notebook: NotebookNode, path: Path) -> list[str]:
    """A solution follows a check, is collapsed, defines `NAME_solution`, checks it, and names no `my_...`."""
    cells = code(notebook)
    found = []
    for i, cell in enumerate(cells):
        if not tagged(cell, "solution"):
            continue
        broken = {
            "is not collapsed (jupyter.source_hidden)": not cell.metadata.get("jupyter", {}).get("source_hidden"),
            "defines no NAME_solution": not any(word.endswith("_solution") for word in defined(cell)),
            "names a my_...": bool(mine(used(cell) | defined(cell))),
            "does not check itself": not checked(cell),
            "follows no check": i == 0 or not checked(cells[i - 1]),
        }
        found += [f"{name(notebook.cells, cell)}: solution {fault}" for fault, present in broken.items() if present]
    return found


@rule
def solutions_are_right(notebook: NotebookNode, path: Path) -> list[str]:
    """What the check says of a solution, as it is stored, is that it is right."""
    return [
        f"{name(notebook.cells, cell)}: its check does not say that it is right"
        for cell in code(notebook)
        if tagged(cell, "solution")
        and not any(re.search(r"^[^:\n]+: right\b", o.get("data", {}).get("text/plain", "")) for o in cell.outputs)
    ]


@rule
def learners_work_is_used_only_where_it_is_checked(notebook: NotebookNode, path: Path) -> list[str]:
    """No cell but the blank and the check after it names `my_...`: an unsolved exercise must not break the lesson."""
    cells = code(notebook)
    found = []
    for i, cell in enumerate(cells):
        allowed = mine(defined(cell)) | (mine(defined(cells[i - 1])) if i and checked(cell) else set())
        strangers = mine(used(cell)) - allowed
        found += [f"{name(notebook.cells, cell)} uses {word}" for word in sorted(strangers)]
    return found


@rule
def solutions_are_used_nowhere_else(notebook: NotebookNode, path: Path) -> list[str]:
    """No cell names the `..._solution` of another: handouts for students leave solutions out, each by itself."""
    return [
        f"{name(notebook.cells, cell)} uses {word}"
        for cell in code(notebook)
        for word in sorted(used(cell) - defined(cell))
        if word.endswith("_solution")
    ]


@rule
def answers_are_folded(notebook: NotebookNode, path: Path) -> list[str]:
    """A cell tagged `answer` is text that hides its words in <details>."""
    answers = [cell for cell in notebook.cells if tagged(cell, "answer")]
    return [
        f"{name(notebook.cells, cell)}: an answer is text in <details>"
        for cell in answers
        if cell.cell_type != "markdown" or not re.search(r"<details>.*<summary>.*</details>", cell.source, re.DOTALL)
    ]


@rule
def folded_text_is_an_answer(notebook: NotebookNode, path: Path) -> list[str]:
    """Text in <details> has the tag `answer`: without it, handouts would give it to students."""
    return [
        f"{name(notebook.cells, cell)}: text in <details> is an answer, and needs the tag `answer`"
        for cell in text(notebook)
        if "<details" in outside_fences(cell.source) and not tagged(cell, "answer")
    ]
