"""Prove that the course reproduces: `python -m tests.reproduction` runs the lessons again under other conditions.

A plain run has one thread, hash seed 0, the embedded pictures and the pinned packages. Each condition changes one
thing of it: the threads; the kernels that NumPy's and torch's libraries choose, as on another processor
(tests/test_other_cpu.py); the seed of Python's hashes, drawn anew; NumPy one minor version older, the oldest that
pyproject.toml allows; the patch release of matplotlib; or nothing, five times in a row on five lessons. A lesson passes
if the strict suite (cs231n_lib/strict) finds every cell and every figure as stored, within the class that the lesson
states for it.

Every (condition, lesson) is kept in build/reproduction.jsonl, with a hash of the notebook, the package and the pinned
versions. Stopped or killed, the command goes on where it was; what was edited since runs again. An older package gets
an environment of its own below build/environments, made once. All of it takes two to three hours on one core.
"""

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from cs231n_lib.progress import progress
from cs231n_lib.safety import written_whole
from tests.test_other_cpu import SETTINGS, reason_to_skip

ROOT = Path(__file__).parents[1]
STORE = ROOT / "build" / "reproduction.jsonl"
ENVIRONMENTS = ROOT / "build" / "environments"
LESSONS = {path.stem[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}

ONE_THREAD = SETTINGS["one thread"] | {"MKL_NUM_THREADS": "1"}
PLAIN = ONE_THREAD | {"PYTHONHASHSEED": "0", "CS231N_DATA": "scenes"}
DRAWN = "drawn"  # a seed of its own for each run
SAME = "No cell that was run differs."
COUNTED = ("cells", "cells same", "pictures", "pictures near", "pictures equal")

EXAMPLES = """examples:
  python -m tests.reproduction                            the next lesson of the first condition that is not done
  python -m tests.reproduction --minutes 30               as many as begin within half an hour
  python -m tests.reproduction --minutes 9 --lessons 03 07 --conditions "hash seeds" "numpy 2.3.5"
  python -m tests.reproduction --table                    nothing new, only the table
  python -m tests.reproduction --list                     the conditions
"""


@dataclass(frozen=True)
class Condition:
    """What differs from a plain run: variables, or one package's version; on which lessons, and how many times."""

    variables: dict[str, str] = field(default_factory=dict)
    package: tuple[str, str] | None = None
    lessons: tuple[str, ...] = tuple(LESSONS)
    times: int = 1

    def __str__(self) -> str:
        changes = [f"{name}={value}" for name, value in self.variables.items()]
        changes += ["==".join(self.package)] if self.package else []
        lessons = [] if len(self.lessons) == len(LESSONS) else [f"lessons {' '.join(self.lessons)}"]
        return ", ".join([*changes, *lessons, *([f"{self.times} times"] if self.times > 1 else [])])


CONDITIONS = {
    "one thread": Condition(ONE_THREAD),
    "two threads": Condition(dict.fromkeys(ONE_THREAD, "2")),
    **{name: Condition(variables) for name, variables in SETTINGS.items() if name != "one thread"},
    "hash seeds": Condition({"PYTHONHASHSEED": DRAWN}, times=2),
    "numpy 2.3.5": Condition(package=("numpy", "2.3.5")),
    **{f"matplotlib 3.11.{patch}": Condition(package=("matplotlib", f"3.11.{patch}")) for patch in range(3)},
    "in a row": Condition(lessons=("03", "06", "09", "12", "14"), times=5),
}


class Piece(NamedTuple):
    """One run of one lesson under one condition."""

    condition: str
    lesson: Path
    time: int

    def key(self, code: bytes) -> str:
        """Return a hash of all that the result depends on."""
        condition = CONDITIONS[self.condition]
        digest = hashlib.sha256(f"{self.condition} {self.time} {condition.variables} {condition.package}".encode())
        digest.update(code + self.lesson.name.encode() + self.lesson.read_bytes())
        return digest.hexdigest()


def code_digest() -> bytes:
    """Return a hash of the package and of the pinned versions."""
    files = [path for path in sorted((ROOT / "cs231n_lib").rglob("*")) if path.is_file()]
    digest = hashlib.sha256()
    for path in [ROOT / "requirements.txt", *(path for path in files if "__pycache__" not in path.parts)]:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.digest()


def pieces_of(conditions: Iterable[str], lessons: Iterable[str]) -> list[Piece]:
    """List the runs of these lessons under those of the conditions that this processor can imitate."""
    wanted = set(lessons)
    return [
        Piece(name, LESSONS[lesson], number)
        for name in conditions
        if not reason_to_skip_here(name)
        for lesson in CONDITIONS[name].lessons
        if lesson in wanted
        for number in range(CONDITIONS[name].times)
    ]


def reason_to_skip_here(name: str) -> str | None:
    return reason_to_skip(name) if name in SETTINGS else None


# one run ----------------------------------------------------------------------------------------------------------


def measure(piece: Piece) -> dict[str, Any]:
    """Run a lesson under a condition; return how many cells and pictures there are and are as stored."""
    condition = CONDITIONS[piece.condition]
    variables = PLAIN | condition.variables
    if variables["PYTHONHASHSEED"] == DRAWN:
        variables["PYTHONHASHSEED"] = str(random.SystemRandom().randrange(1, 2**32))
    python = python_with(condition.package)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = run_suite(python, piece.lesson, report, variables)
        if done.returncode not in (0, 1):  # neither all passed nor some failed
            raise SystemExit(f"{piece.lesson.name} did not run:\n{(done.stdout + done.stderr)[-3000:]}")
        return {"hash seed": variables["PYTHONHASHSEED"], **counts(report)}


def run_suite(python: str, lesson: Path, report: Path, variables: dict[str, str]) -> subprocess.CompletedProcess:
    """Run the strict suite on a lesson in a process of its own, with this checkout's package."""
    plugins = ["-p", "nbval.plugin", "-p", "cs231n_lib.strict", "-p", "no:cacheprovider"]
    command = [python, "-m", "pytest", str(lesson), "-q", "--color=no", "-c", str(ROOT / "pyproject.toml"), *plugins]
    ours = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = os.environ | ours | variables
    return subprocess.run([*command, f"--junitxml={report}"], cwd=ROOT, env=environment, capture_output=True, text=True)


def counts(report: Path) -> dict[str, Any]:
    """Read a report of the strict suite: totals, and for each cell that differs the first line of why."""
    totals = dict.fromkeys(COUNTED, 0)
    differ = {}
    for case in ET.parse(report).iter("testcase"):
        noted = {note.get("name"): note.get("value") for note in case.iter("property")}
        for name in totals.keys() & noted.keys():
            totals[name] += int(str(noted[name]))
        verdict = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        cell = re.fullmatch(r"Cell (\d+)", str(case.get("name")))
        totals["cells"] += bool(cell)
        totals["cells same"] += bool(cell) and verdict is None
        if verdict is not None:
            where = f"In [{int(cell[1]) + 1}]" if cell else str(case.get("name"))
            differ[where] = " ".join((noted.get("difference") or _last_line(verdict)).split())
    return {"seconds": round(float(ET.parse(report).getroot()[0].get("time", 0))), **totals, "differ": differ}


def _last_line(verdict: ET.Element) -> str:
    """Return what an exception, or a refused cell, says at its end."""
    text = (verdict.text or verdict.get("message") or "no reason given").partition("\n\nThe cell:")[0]
    return re.sub(r"\x1b\[[\d;]*m|#x1B\[[\d;]*m", "", text.strip().splitlines()[-1])


def python_with(package: tuple[str, str] | None) -> str:
    """Return a Python with the pinned packages but for this one; make its environment if there is none."""
    if package is None or version(package[0]) == package[1]:
        return sys.executable
    folder = ENVIRONMENTS / "-".join(package)
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("-e")]
    wanted = "\n".join("==".join(package) if line.startswith(f"{package[0]}==") else line for line in pins)
    python, mark = folder / ("Scripts" if os.name == "nt" else "bin") / "python", folder / "requirements.txt"
    if not mark.exists() or mark.read_text() != wanted:
        print(f"making {folder.relative_to(ROOT)}: some minutes", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        listed = folder / "wanted.txt"
        listed.write_text(wanted)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(listed)], check=True)
        listed.rename(mark)
    return str(python)


# many runs --------------------------------------------------------------------------------------------------------


def stored() -> dict[str, dict[str, Any]]:
    """Read what was found so far, by key; a line cut short by a kill is no result."""
    found = {}
    for line in STORE.read_text().splitlines() if STORE.exists() else []:
        try:
            result = json.loads(line)
        except ValueError:
            continue
        found[result["key"]] = result
    return found


def go_on(pieces: list[Piece], minutes: float) -> None:
    """Run pieces that have no result: at least one, and as many as begin before the minutes are over."""
    code, known, end = code_digest(), stored(), time.monotonic() + 60 * minutes
    todo = [piece for piece in pieces if piece.key(code) not in known]
    for number, piece in enumerate(progress(todo, "runs")):
        if number and time.monotonic() > end:
            break
        key, result = piece.key(code_digest()), measure(piece)
        if key != piece.key(code_digest()):
            print(f"{piece.lesson.name} or the package was edited while it ran; it runs again", file=sys.stderr)
            continue
        line = {"key": key, "condition": piece.condition, "lesson": piece.lesson.stem, "time": piece.time, **result}
        STORE.parent.mkdir(exist_ok=True)
        with STORE.open("a") as file:
            file.write(json.dumps(line) + "\n")


def forget(pieces: list[Piece]) -> None:
    """Drop the results of these pieces, whatever they were made of."""
    dropped = {(piece.condition, piece.lesson.stem) for piece in pieces}
    kept = [result for result in stored().values() if (result["condition"], result["lesson"]) not in dropped]
    STORE.parent.mkdir(exist_ok=True)
    with written_whole(STORE) as file:
        file.write("".join(json.dumps(result) + "\n" for result in kept).encode())


def table(pieces: list[Piece]) -> str:
    """Return a row for each condition, and below them each cell that differs and why."""
    code, known = code_digest(), stored()
    lines = ["| condition | cells as stored | figures as stored | byte for byte | lessons |", "|---|---|---|---|---|"]
    differ = []
    for name in dict.fromkeys(piece.condition for piece in pieces):
        own = [piece for piece in pieces if piece.condition == name]
        done = {piece: known[piece.key(code)] for piece in own if piece.key(code) in known}
        cells, same, figures, near, equal = (sum(result[what] for result in done.values()) for what in COUNTED)
        lessons = {piece.lesson for piece in own}
        whole = lessons - {piece.lesson for piece in own if piece not in done}
        lines.append(f"| {name} | {same} / {cells} | {near} / {figures} | {equal} | {len(whole)} / {len(lessons)} |")
        for piece, result in done.items():
            where = f"{name}, run {piece.time + 1}, hash seed {result['hash seed']}: {piece.lesson.stem}"
            differ += [f"{where}, {cell}: {why}" for cell, why in result["differ"].items()]
    return "\n".join([*lines, "", *(differ or [SAME])])


# the command ------------------------------------------------------------------------------------------------------


def chosen(parser: argparse.ArgumentParser, what: str, names: list[str] | None, known: Iterable[str]) -> list[str]:
    """Return the names given, all known ones by default; end the command with a clear word at one unknown."""
    known = list(known)
    for name in names or []:
        if name not in known:
            parser.error(f"no {what} {name!r}; there are {', '.join(known)}")
    return names or known


def main(arguments: list[str] | None = None) -> int:
    """Do a piece, or as many as the minutes allow; print the table; return 1 if a cell differs."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m tests.reproduction", None, __doc__, EXAMPLES, formatter_class=form)
    parser.add_argument("--conditions", nargs="+", metavar="NAME", help="only these; see --list")
    parser.add_argument("--lessons", nargs="+", metavar="NN", help="only these, by the two digits of their names")
    parser.add_argument("--minutes", type=float, default=0, help="begin runs for so long (default: do one)")
    parser.add_argument("--fresh", action="store_true", help="first forget what was found for the chosen ones")
    parser.add_argument("--table", action="store_true", help="run nothing, print what was found so far")
    parser.add_argument("--list", action="store_true", help="name the conditions and what each of them changes")
    choice = parser.parse_args(arguments)
    conditions = chosen(parser, "condition", choice.conditions, CONDITIONS)
    pieces = pieces_of(conditions, chosen(parser, "lesson", choice.lessons, LESSONS))
    if choice.list:
        print("\n".join(f"{name}: {reason_to_skip_here(name) or CONDITIONS[name]}" for name in conditions))
        return 0
    if choice.fresh:
        forget(pieces)
    if not choice.table:
        go_on(pieces, choice.minutes)
    found = table(pieces)
    print(found)
    return 0 if found.endswith(SAME) else 1


if __name__ == "__main__":
    sys.exit(main())
