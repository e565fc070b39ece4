"""Judge a whole folder, a file or a notebook: the learner's own copy of an official assignment of 2018 to 2026.

This EXECUTES the code. Each function is judged in a process of its own with limits of time and memory, so that an
endless loop or a crash ends one row, not the run; but the code runs with your rights. Give it only code that you would
run yourself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .cells import read_notebook
from .fence import Job, Process, preload, wait
from .messages import say
from .model import Exercise
from .registry import items
from .report import Report
from .sources import begun, edition, names_in, needs_torch, part_of, reach, trouble, used_names
from .table import Row

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
SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist"}
DEPTH = 4  # how many folders below a repository's root an assignment may lie
AT_ONCE = min(2, os.cpu_count() or 1)  # processes
SHOWN = 3  # sentences on files that are not judged and cannot be read


@dataclass(frozen=True)
class Task:
    """A function to judge, or a file that cannot be parsed: title, the file as the reader knows it.

    name: the exercise, None for such a file.  symbol: what the file calls it.
    own: its companions by part, where a notebook says; otherwise those of the file that are attempted.
    """

    title: str
    file: Path
    name: str | None
    symbol: str = ""
    notebook: bool = False
    own: dict[str, str] | None = None


@dataclass
class Assignment:
    """What is judged together: its tasks in order, the folder that answers as `cs231n`, and sentences to begin with."""

    package: Path
    tasks: list[Task]
    language: str = "en"
    notes: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[Path]:
        """Return all files of Python that may be imported, and those that are judged."""
        below = {p for p in self.package.rglob("*.py") if not any(part.startswith(".") for part in p.parts[1:])}
        return sorted(below | {task.file for task in self.tasks})


# --- where assignments lie -------------------------------------------------------------------------------------------


def find_package(path: Path) -> Path | None:
    """Return the folder that holds layers.py and its like: `path/cs231n`, or path itself; None for neither."""
    places = [place.resolve() for place in (path / "cs231n", path)]
    return next((place for place in places if files_of(place)), None)


def files_of(package: Path) -> list[Path]:
    """Return the files to judge, in the order of the course; lying side by side they must hold an exercise."""
    found = []
    for file in FILES:
        official, beside = package / file, package / Path(file).name
        if official.is_file() and (package.name == "cs231n" or official != beside):
            found.append(official)
        elif beside.is_file() and "simclr" not in file and (names_in(beside) or trouble(beside)):
            found.append(beside)
    return list(dict.fromkeys(found))


def find_below(folder: Path, depth: int = DEPTH) -> Iterator[Path]:
    """Give the packages of the assignments some levels below a folder."""
    inner = [p for p in folder.iterdir() if p.is_dir() and not p.is_symlink()]
    for child in sorted(p for p in inner if p.name not in SKIPPED and not p.name.startswith(".")):
        package = find_package(child)
        if package:
            yield package
        elif depth > 1:
            yield from find_below(child, depth - 1)


def of_folder(package: Path, language: str = "en") -> Assignment:
    """Return what there is to judge in a package."""
    tasks = [task for file in files_of(package) for task in tasks_in(file, file.relative_to(package).as_posix())]
    found = Assignment(package, tasks, language)
    found.notes = [*edition_note(found), *trouble_notes(found)]
    return found


def of_file(path: Path, language: str = "en") -> Assignment:
    """Return what there is to judge in one file."""
    path = path.resolve()
    folder = path.parent
    package = folder.parent if folder.name in ("classifiers", "simclr") else folder
    return Assignment(package, tasks_in(path, path.name), language)


def of_notebook(path: Path, folder: Path, language: str = "en") -> Assignment:
    """Return what there is to judge in a notebook; its functions are written to a file in `folder`.

    Raises: ValueError where it is no notebook.
    """
    path, cells = path.resolve(), read_notebook(path)
    file = folder / (re.sub(r"\W", "_", path.stem) + ".py")
    file.write_text(cells.text(), encoding="utf-8")
    tasks = [Task(path.name, file, name, found.symbol, True, found.own) for name, found in cells.versions.items()]
    package = path.parent / "cs231n" if (path.parent / "cs231n").is_dir() else path.parent
    notes = [
        say(language, "cell_not_parsed", number=number, line=error.lineno, error=error.msg)
        for number, error in cells.troubles[:SHOWN]
    ]
    return Assignment(package, tasks, language, notes)


def tasks_in(file: Path, title: str) -> list[Task]:
    """Return the functions of a file to judge."""
    if trouble(file):
        return [Task(title, file, None)]
    return [Task(title, file, name, name.split(" ")[0].split(".")[0]) for name in names_in(file)]


# --- what is said before ---------------------------------------------------------------------------------------------


def edition_note(found: Assignment) -> list[str]:
    """Return the sentence on an edition whose conventions were others."""
    key = edition(found.files)
    return [say(found.language, key)] if key else []


def trouble_notes(found: Assignment) -> list[str]:
    """Return a sentence for each file that cannot be parsed and has no row of its own."""
    rows = {task.file for task in found.tasks}
    notes = [not_parsed(file, found) for file in found.files if file not in rows and trouble(file)]
    more = [say(found.language, "more_files", count=len(notes) - SHOWN)] if len(notes) > SHOWN else []
    return notes[:SHOWN] + more


def not_parsed(file: Path, found: Assignment) -> str:
    """Return the sentence on a file that cannot be parsed."""
    key, fields = trouble(file) or ("not_read", {"error": ""})
    title = file.relative_to(found.package).as_posix() if file.is_relative_to(found.package) else file.name
    return say(found.language, key, file=title, **fields)


# --- the run ---------------------------------------------------------------------------------------------------------


def check_folder(package: Path, language: str = "en", seconds: float = 10, memory: float = 2) -> list[Row]:
    """Judge every function of the folder that is an exercise; return a row for each, in the order of the course.

    This executes the code in the folder.  seconds: time limit of a function, default 10.
    memory: how much a function may take, in GB, default 2; kept on Linux only.
    """
    return list(Run(of_folder(package, language), seconds, memory).rows())


class Run:
    """The judging of an assignment: two processes at once, each function after those that it is judged with."""

    def __init__(self, assignment: Assignment, seconds: float = 10, memory: float = 2, mend: bool = True):
        self.assignment, self.seconds, self.memory = assignment, seconds, memory
        self.tasks, self.language, self.mend = assignment.tasks, assignment.language, mend
        self.used = used_names(assignment.files)
        self.torch = {t.file: needs_torch(t.file, assignment.package) for t in self.tasks}
        self.done: dict[int, Row] = {}
        self.active: dict[int, Process] = {}

    def rows(self) -> Generator[Row, None, None]:
        """Give the rows in the order of the course, each as soon as it and those before it are done."""
        preload(any(self.torch.values()))
        told = 0
        try:
            while told < len(self.tasks):
                self.start()
                if self.active:
                    wait(self.active.values())
                    self.gather()
                while told < len(self.tasks) and self.can_be_told(told):
                    if not self.broken_before(told):
                        yield self.done[told]
                    told += 1
        finally:
            for process in self.active.values():
                process.end()

    def start(self) -> None:
        """Start what may be started."""
        for at in range(len(self.tasks)):
            if at in self.done or at in self.active or not self.needs(at) <= self.done.keys():
                continue
            row = self.settled(at)
            if row is not None:
                self.done[at] = row
            elif len(self.active) < AT_ONCE:
                self.active[at] = Process(self.job(at))

    def gather(self) -> None:
        """Take the reports that have come in."""
        for at, process in list(self.active.items()):
            if process.listen():
                process.end()
                del self.active[at]
                task, report = self.tasks[at], process.report
                assert report is not None and task.name is not None
                report.name = task.name if process.imported else task.title
                self.done[at] = Row(task.title, report)

    def settled(self, at: int) -> Row | None:
        """Return the row of a task that needs no process; None for one that does."""
        task = self.tasks[at]
        if task.name is None:
            return Row(task.title, Report(task.title, "error", not_parsed(task.file, self.assignment)))
        if self.broken_before(at) or self.waits(at):
            return Row(task.title, Report(task.name, "blank", ""))
        return None

    def job(self, at: int) -> Job:
        """Return what a process needs to know of a task."""
        task = self.tasks[at]
        assert task.name is not None
        own = self.attempted_companions(at) if task.own is None else task.own
        limits = self.language, self.seconds, self.memory
        return Job(
            str(self.assignment.package),
            str(task.file),
            task.name,
            own,
            *limits,
            symbol=task.symbol,
            torch=self.torch[task.file],
            notebook=task.notebook,
            mend=self.mend,
        )

    def attempted_companions(self, at: int) -> dict[str, str]:
        """Return the companions of a function that stand in its file and are attempted, by part."""
        task = self.tasks[at]
        known = {self.tasks[j].name: j for j in self.needs(at) if self.tasks[j].title == task.title}
        return {
            part: self.tasks[known[name]].symbol
            for part, name in companions(task.name or "").items()
            if name in known and self.done[known[name]].report.status != "blank"
        }

    def needs(self, at: int) -> set[int]:
        """Return the earlier tasks whose rows decide how this one is judged, or whether."""
        task = self.tasks[at]
        part = part_of(task.name or "")
        mates = set(companions(task.name or "").values())
        return {
            j
            for j, other in enumerate(self.tasks[:at])
            if (other.name in mates and other.title == task.title) or (part and other.name == part.waits)
        }

    def waits(self, at: int) -> bool:
        """Return whether `Net.loss with batchnorm` waits for a batchnorm_forward, or for its place in the net."""
        name = self.tasks[at].name or ""
        part = part_of(name)
        if part is None:
            return False
        rows = [self.done[j] for j in self.needs(at) if self.tasks[j].name == part.waits]
        return not begun(name, self.used) or (bool(rows) and all(row.report.status == "blank" for row in rows))

    def broken_before(self, at: int) -> bool:
        """Return whether an earlier task has shown that the file cannot be imported."""
        title = self.tasks[at].title
        return any(j < at and row.file == title == row.report.name for j, row in self.done.items())

    def can_be_told(self, at: int) -> bool:
        """Return whether a row is done, and whether what it uses is; fill in where to look first."""
        row = self.done.get(at)
        if row is None or row.report.status not in ("failed", "error") or row.report.name == row.file:
            return row is not None
        method = row.report.name.split(" ")[0]
        below = reach(self.used.get(method, set()) | set(companions(row.report.name).values()), self.used)
        used = [j for j, task in enumerate(self.tasks) if task.name in below - {row.report.name}]
        if not all(j in self.done for j in used):
            return False
        wrong = (self.done[j].report for j in used if not self.broken_before(j))
        row.look_first = tuple(dict.fromkeys(r.name for r in wrong if r.status != "passed" and r.name in below))
        open_ = [self.done[j].report.name for j in used if self.done[j].report.status == "blank"]
        if open_ and all(map(is_module, (row.report.name, *open_))):  # nothing shows through a module that is not there
            row.look_first = ()
            told = say(self.language, "waits_for", names=", ".join(dict.fromkeys(open_)))
            row.report = Report(row.report.name, "blank", told)
        return True


def is_module(name: str) -> bool:
    """Return whether an exercise is a PyTorch module, a class judged as a whole."""
    return name[:1].isupper() and "." not in name


def companions(name: str) -> dict[str, str]:
    """Return the functions that an exercise is judged with, by part."""
    item = items().get(name)
    return item.companions if isinstance(item, Exercise) else {}


def all_right(rows: Sequence[Row]) -> bool:
    """Return whether all that was attempted is right, as far as it goes."""
    return all(row.report.status in ("passed", "blank", "half") for row in rows)
