"""Build handouts: which lessons, for whom, in which form; each file is written whole or not at all."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs231n_lib.handouts import page, paper, variants
from cs231n_lib.progress import progress
from cs231n_lib.safety import written_whole

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ROOT / "notebooks"
READERS = ("student", "instructor")
FORMATS = ("ipynb", "html", "slides", "pdf")

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Handouts</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ background: Canvas; color: CanvasText; font: 16px/1.6 system-ui, sans-serif; }}
body {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
th {{ text-align: left; padding-right: 2rem; }}
</style>
</head>
<body>
<main>
<h1>Handouts</h1>
<table>
{rows}
</table>
</main>
</body>
</html>
"""


def build(
    chosen: Sequence[str] = (),
    out: Path = ROOT / "build" / "handouts",
    readers: Sequence[str] = READERS,
    formats: Sequence[str] = ("ipynb", "html"),
    level: str = "as set",
    program: str | None = None,
    lessons: Path = LESSONS,
) -> list[Path]:
    """Write the handouts of the chosen lessons, all by default, and an index.html; return the files.

    chosen: numbers or names of lessons, as "10" or "10_convnets".  readers, formats: some of READERS, FORMATS.
    level: how much of each exercise students are given, one of `blanks.LEVELS`.  program: the browser for PDF.
    Raises: ValueError for an unknown lesson, a lesson not executed, a folder that cannot be written, no browser.
    """
    sources = find(chosen, lessons)
    ready = {source: read(source) for source in sources}
    printer = paper.browser(program) if "pdf" in formats else ""
    _open_folder(out)
    written: list[Path] = []
    jobs = [(source, reader, form) for source in sources for reader in readers for form in formats]
    for source, reader, form in progress(jobs, "handouts"):
        notebook = variant(ready[source], reader, level)
        path = out / f"{source.stem}.{reader}{'.slides.html' if form == 'slides' else '.' + form}"
        _write(path, MAKERS[form](notebook, f"{_title(notebook)} ({reader})", printer))
        written.append(path)
    index = out / "index.html"
    _write(index, _index(out, {source.stem: _title(notebook) for source, notebook in ready.items()}).encode())
    return [*written, index]


def find(chosen: Sequence[str], lessons: Path = LESSONS) -> list[Path]:
    """Return the notebooks of the chosen lessons, in the order of the course; all if none is chosen."""
    known = sorted(lessons.glob("*.ipynb"))
    if not known:
        raise ValueError(f"no lessons in {lessons}; build handouts in a clone of the course's repository")
    found = set()
    for word in chosen:
        matching = [path for path in known if word in (path.stem, path.name) or word.zfill(2) == path.stem[:2]]
        if not matching:
            raise ValueError(f"there is no lesson {word!r}; use one of {', '.join(path.stem for path in known)}")
        found.update(matching)
    return [path for path in known if path in found or not chosen]


def read(path: Path) -> NotebookNode:
    """Read a lesson that was executed.

    Raises: ValueError if it is no notebook, or has cells that were never run.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # a damaged notebook fails in many ways
        raise ValueError(f"{path.name} is no notebook: {error}") from error
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if any(cell.execution_count is None for cell in cells):
        raise ValueError(f"{path.name} has cells that were never run; run `python -m cs231n_lib.execute {path}` first")
    return notebook


def variant(lesson: NotebookNode, reader: str, level: str) -> NotebookNode:
    """Return the lesson for a reader, "student" or "instructor"."""
    return variants.student(lesson, level) if reader == "student" else variants.instructor(lesson, known_mistakes)


def known_mistakes(name: str) -> list[tuple[str, str]]:
    """Return title and hint of each mistake that the checker knows of an exercise."""
    from cs231n_lib.check import registry

    return [(mistake.title, mistake.hint) for mistake in getattr(registry.items().get(name), "mistakes", ())]


def _notebook(notebook: NotebookNode, title: str, printer: str) -> bytes:
    return (nbformat.writes(notebook) + "\n").encode()


def _page(notebook: NotebookNode, title: str, printer: str) -> bytes:
    return page.page(notebook, title).encode()


def _slides(notebook: NotebookNode, title: str, printer: str) -> bytes:
    return page.deck(notebook, title).encode()


def _pdf(notebook: NotebookNode, title: str, printer: str) -> bytes:
    return paper.pdf(page.page(notebook, title, unfold=True), printer)


MAKERS: dict[str, Callable[[NotebookNode, str, str], bytes]] = {
    "ipynb": _notebook,
    "html": _page,
    "slides": _slides,
    "pdf": _pdf,
}


def _title(notebook: NotebookNode) -> str:
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def _open_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write to {out}: {error.strerror}") from error
    if not os.access(out, os.W_OK):
        raise ValueError(f"cannot write to {out}; choose another folder with --out DIR")


def _write(path: Path, content: bytes) -> None:
    try:
        with written_whole(path) as file:
            file.write(content)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror}") from error


def _index(out: Path, titles: dict[str, str]) -> str:
    """Return a page with links to the handouts in `out`, those of earlier builds too."""
    files = sorted(path.name for path in out.iterdir() if set(path.name.split(".")[1:2]) & set(READERS))
    rows = []
    for stem in sorted({name.split(".")[0] for name in files}):
        names = [name for name in files if name.startswith(f"{stem}.")]
        links = ", ".join(f'<a href="{name}">{html.escape(name.removeprefix(f"{stem}."))}</a>' for name in names)
        rows.append(f"<tr><th>{html.escape(titles.get(stem, stem))}</th><td>{links}</td></tr>")
    return INDEX.format(rows="\n".join(rows))
