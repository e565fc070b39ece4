"""Judge a whole folder: the learner's own copy of an official assignment, of any edition from 2018 to 2026.

This EXECUTES the code in the folder. Each function is judged in a process of its own with limits of time and memory,
so that an endless loop or a crash ends one row, not the run; but the code runs with your rights. Give it only code
that you would run yourself.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..progress import progress
from .fence import MEMORY_LIMIT, Job, judge
from .messages import say
from .model import Exercise
from .registry import items
from .report import Report

FILES = (  # in the order of the course; not neural_net.py and *_pytorch.py, whose functions keep other conventions
    "classifiers/k_nearest_neighbor.py",
    "classifiers/linear_svm.py",
    "classifiers/softmax.py",
    "layers.py",
    "classifiers/fc_net.py",
    "optim.py",
    "classifiers/cnn.py",
    "rnn_layers.py",
    "classifiers/rnn.py",
    "gan_pytorch.py",
    "transformer_layers.py",
    "classifiers/transformer.py",
    "simclr/contrastive_loss.py",
    "simclr/model.py",
    "simclr/utils.py",
)
NOTEBOOK = {"ThreeLayerConvNet"}  # written in the PyTorch notebook; cnn.py has a NumPy class of that name
VERDICTS = {"passed": "row_right", "failed": "row_wrong", "blank": "row_blank", "error": "row_stopped"}


@dataclass
class Row:
    """One row of the table: a function of a file, or a file that cannot be imported, and what was found."""

    file: str
    report: Report
    look_first: tuple[str, ...] = ()  # functions it uses that are not right

    def cells(self, language: str) -> list[str]:
        """Return function, verdict, mistake and hint."""
        report = self.report
        mistake = say(language, "and").join(d.title for d in report.diagnosis)
        return [report.name, say(language, VERDICTS[report.status]), mistake, " ".join(self.hints(language))]

    def hints(self, language: str) -> Iterator[str]:
        """Give what to say of what is wrong: the mistakes' hints, or else the first things found."""
        report = self.report
        if self.look_first:
            yield say(language, "look_first", names=", ".join(self.look_first))
        if report.status == "error":
            yield report.headline
        if report.status in ("failed", "error"):
            yield from [d.hint for d in report.diagnosis] or report.lines[:2]


def find_package(path: Path) -> Path | None:
    """Return the folder that holds layers.py and its like: `path/cs231n`, or path itself; None for neither."""
    places = [place.resolve() for place in (path / "cs231n", path)]
    return next((place for place in places if any((place / file).is_file() for file in FILES)), None)


def check_folder(package: Path, language: str = "en", seconds: float = 10, memory: float = 2) -> list[Row]:
    """Judge every function of the folder that is an exercise; return a row for each, in the order of the course.

    This executes the code in the folder.  seconds: time limit of a function, default 10.
    memory: how much a function may take, in GB, default 2; kept on Linux only.
    """
    rows: list[Row] = []
    uses = used_names(package)
    jobs = [(file, name) for file in FILES for name in names_in(package / file)]
    for file, name in progress(jobs, say(language, "checking")):
        known = {row.report.name: row.report.status for row in rows if row.file == file}
        if file in known:
            continue  # it cannot be imported
        if name is None:
            rows.append(Row(file, Report(file, "error", say(language, "no_import", error=syntax(package / file)))))
        elif waits(name, rows):
            rows.append(Row(file, Report(name, "blank", "")))
        else:
            own = {part: fn for part, fn in companions(name).items() if known.get(fn, "blank") != "blank"}
            imported, report = judge(Job(str(package), file, name, own, language, seconds, memory))
            report.name = name if imported else file
            rows.append(Row(file, report))
    for row in rows:
        row.look_first = look_first(row, rows, uses)
    return rows


def companions(name: str) -> dict[str, str]:
    """Return the functions that an exercise is judged with, by part."""
    item = items()[name]
    return item.companions if isinstance(item, Exercise) else {}


def waits(name: str, rows: list[Row]) -> bool:
    """Return whether `Net.loss with batchnorm` waits for a batchnorm_forward that is not there or not attempted."""
    _, _, extra = name.partition(" with ")
    return bool(extra) and all(r.report.name != f"{extra}_forward" or r.report.status == "blank" for r in rows)


# --- what stands in the files ----------------------------------------------------------------------------------------


def parse(path: Path) -> ast.Module:
    """Return a file's tree, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes())


def syntax(path: Path) -> str:
    """Return what keeps a file from being parsed."""
    try:
        parse(path)
    except SyntaxError as error:
        return f"SyntaxError: {error.msg} ({path.name}, line {error.lineno})"
    except ValueError as error:
        return f"{error} ({path.name})"
    return ""


def names_in(path: Path) -> list[str | None]:
    """Return the exercises that a file holds, in the order of the course; [None] for one that cannot be parsed."""
    if not path.is_file():
        return []
    if syntax(path):
        return [None]
    defined = dict(definitions(parse(path)))
    written = [name for name, item in items().items() if isinstance(item, Exercise) and name not in NOTEBOOK]
    return [name for name in written if name.split(" ")[0] in defined]


def definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Give functions, classes and methods by name."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{m.name}", m) for m in node.body if isinstance(m, ast.FunctionDef))


def used_names(package: Path) -> dict[str, set[str]]:
    """Return for each function of the folder the names that stand in it."""
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        if not syntax(path):
            for name, node in definitions(parse(path)):
                found[name] = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found


def look_first(row: Row, rows: list[Row], uses: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the functions that a wrong one uses, at first or second hand, and that are not right themselves."""
    name = row.report.name
    if row.report.status not in ("failed", "error") or name == row.file:
        return ()
    seen: set[str] = set()
    ahead = uses.get(name.split(" ")[0], set()) | set(companions(name).values())
    while ahead:
        seen |= ahead
        ahead = {n for used in ahead for n in uses.get(used, ())} - seen
    wrong = [r.report.name for r in rows if r.report.status != "passed" and r.report.name in seen - {name}]
    return tuple(dict.fromkeys(wrong))


# --- the table -------------------------------------------------------------------------------------------------------


def table(rows: list[Row], language: str = "en", width: int = 100) -> str:
    """Return the rows as a table of four columns, each row headed by its file where the file is another."""
    head = [say(language, key) for key in ("table_function", "table_verdict", "table_mistake", "table_hint")]
    cells = [row.cells(language) for row in rows]
    first = min(max(map(size, [head[0], *(c[0] for c in cells)])), max(20, width // 3))
    second = max(map(size, [head[1], *(c[1] for c in cells)]))
    rest = max(24, width - first - second - 6)
    columns = [first, second, rest * 2 // 5, rest - rest * 2 // 5]
    lines = [*laid_out(head, columns), "-" * (sum(columns) + 6)]
    for i, row in enumerate(rows):
        if row.report.name != row.file and (i == 0 or rows[i - 1].file != row.file):
            lines.append(f"[{row.file}]")
        lines += laid_out(cells[i], columns)
    return "\n".join(lines)


def summary(rows: list[Row], language: str = "en") -> str:
    """Return how many are right, and where the memory is not limited."""
    count = {status: sum(r.report.status == status for r in rows) for status in VERDICTS}
    attempted = len(rows) - count["blank"]
    text = say(language, "summary", right=count["passed"], attempted=attempted, blank=count["blank"])
    return text if MEMORY_LIMIT else text + "\n" + say(language, "no_memory_limit")


def laid_out(cells: list[str], columns: list[int]) -> list[str]:
    """Return the lines of one row, each cell wrapped to its column."""
    wrapped = [wrap(cell, width) for cell, width in zip(cells, columns, strict=True)]
    height = max(map(len, wrapped))
    lines = []
    for at in range(height):
        parts = [lines_of[at] if at < len(lines_of) else "" for lines_of in wrapped]
        padded = (part + " " * (width - size(part)) for part, width in zip(parts, columns, strict=True))
        lines.append("  ".join(padded).rstrip())
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Return text in lines of a width: broken at spaces, after `_` and `/`, between Chinese characters."""
    pieces = re.split(r"(?<=[\s_/])|(?<=\.)(?=[A-Za-z])|(?<=[\u2e80-\uffef])", text)
    lines = [""]
    for piece in (p[i : i + width] for p in pieces for i in range(0, len(p), width)):
        if lines[-1] and size(lines[-1]) + size(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def size(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
