"""Prove that the course reproduces: `python -m tests.reproduction` runs the lessons again under other conditions.

A plain run has one thread, hash seed 0, the embedded pictures and the pinned packages. Each condition changes one
thing of it: the threads; the kernels that NumPy's and torch's libraries choose, as on those other processors which this
one can imitate (tests/test_other_cpu.py); the seed of Python's hashes, drawn anew; NumPy one minor version older, the
oldest that pyproject.toml allows; the patch release of matplotlib; or nothing, five times in a row on five lessons. A
lesson passes if the strict suite (cs231n_lib/strict) finds every cell and every figure as stored, within the class that
the lesson states for it.

Each run is kept in build/reproduction.jsonl under a hash of the notebook, the package and the pinned versions. Stopped
or killed, the command goes on where it was; what was edited since runs again. Another version of a package gets an
environment of its own below build/environments, made once, which takes all other packages from this one. All of it
takes two to three hours on one core. The exit status is 1 if a cell differs.
"""

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import sysconfig
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
DRAWN = "drawn"  # a hash seed of its own for each run
COUNTED = ("cells", "cells same", "pictures", "pictures near", "pictures equal")

EXAMPLES = """examples:
  python -m tests.reproduction                 the next run of the first condition that is not done
  python -m tests.reproduction --minutes 30    as many as begin within half an hour
  python -m tests.reproduction --minutes 9 --lessons 03 07 --conditions "hash seeds" "numpy 2.3.5"
  python -m tests.reproduction --table         nothing new, only the table
"""


@dataclass(frozen=True)
class Condition:
    """What differs from a plain run: variables, or one package's version; on which lessons, and how many times."""

    variables: dict[str, str] = field(default_factory=dict)
    package: tuple[str, str] | None = None
    lessons: tuple[str, ...] = tuple(LESSONS)
    times: int = 1

    def __str__(self) -> str:
        changes = " ".join(
            [*map("=".join, self.variables.items()), *(["==".join(self.package)] if self.package else [])]
        )
        return f"{changes or 'no change'}; {len(self.lessons)} lessons, {self.times} x"


CONDITIONS = {
    "one thread": Condition(ONE_THREAD),
    "two threads": Condition(dict.fromkeys(ONE_THREAD, "2")),
    **{name: Condition(SETTINGS[name]) for name in SETTINGS if name != "one thread" and not reason_to_skip(name)},
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
        """Return a hash of all that the result depends on; code: `code_digest()`."""
        condition = CONDITIONS[self.condition]
        digest = hashlib.sha256(f"{self.condition} {self.time} {condition.variables} {condition.package}".encode())
        digest.update(code + self.lesson.name.encode() + self.lesson.read_bytes())
        return digest.hexdigest()


def pieces_of(conditions: Iterable[str], lessons: Iterable[str]) -> list[Piece]:
    """List the runs of these lessons under these conditions."""
    chosen = [(name, digits) for name in conditions for digits in CONDITIONS[name].lessons if digits in lessons]
    return [Piece(name, LESSONS[digits], number) for name, digits in chosen for number in range(CONDITIONS[name].times)]


def code_digest() -> bytes:
    """Return a hash of the package and of the pinned versions."""
    code = sorted(path for path in (ROOT / "cs231n_lib").rglob("*.*") if "__pycache__" not in path.parts)
    digest = hashlib.sha256()
    for path in [ROOT / "requirements.txt", *code]:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.digest()


# one run ----------------------------------------------------------------------------------------------------------


def measure(piece: Piece) -> dict[str, Any]:
    """Run a lesson under a condition; return how many cells and pictures there are, and are as stored."""
    condition = CONDITIONS[piece.condition]
    variables = PLAIN | condition.variables
    if variables["PYTHONHASHSEED"] == DRAWN:
        variables["PYTHONHASHSEED"] = str(random.SystemRandom().randrange(1, 2**32))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        variables["CS231N_CACHE"] = folder  # pictures and features are computed under the condition as well
        done = run_suite(python_with(condition.package), piece.lesson, report, variables)
        if done.returncode not in (0, 1):  # neither did all pass nor did some fail
            raise SystemExit(f"{piece.lesson.name} did not run:\n{(done.stdout + done.stderr)[-3000:]}")
        return {"hash seed": variables["PYTHONHASHSEED"], **counts(report)}


def run_suite(python: str, lesson: Path, report: Path, variables: dict[str, str]) -> subprocess.CompletedProcess:
    """Run the strict suite on a lesson in a process of its own, with the package of this checkout."""
    plugins = ["-p", "nbval.plugin", "-p", "cs231n_lib.strict", "-p", "no:cacheprovider"]
    options = ["-q", "--color=no", "-c", str(ROOT / "pyproject.toml"), f"--junitxml={report}", *plugins]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | variables
    command = [python, "-m", "pytest", str(lesson), *options]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def counts(report: Path) -> dict[str, Any]:
    """Read a report of the strict suite: totals, and for each cell that differs the first line of why."""
    totals, differ = dict.fromkeys(COUNTED, 0), {}
    for case in ET.parse(report).iter("testcase"):
        noted = {note.get("name"): str(note.get("value")) for note in case.iter("property")}
        verdict = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        name = str(case.get("name"))
        if number := re.fullmatch(r"Cell (\d+)", name):
            name = f"In [{int(number[1]) + 1}]"
            noted |= {"cells": "1", "cells same": str(int(verdict is None))}
        for what in totals.keys() & noted.keys():
            totals[what] += int(noted[what])
        if verdict is not None:
            differ[name] = " ".join((noted.get("difference") or last_line(verdict)).split())
    return {**totals, "differ": differ}


def last_line(verdict: ET.Element) -> str:
    """Return the end of what is said of a cell that raised or was refused."""
    text = (verdict.text or verdict.get("message") or "no reason given").partition("\n\nThe cell:")[0]
    return re.sub(r"#x1B\[[\d;]*m", "", text.strip().splitlines()[-1])  # colours, as the report writes them


def python_with(package: tuple[str, str] | None) -> str:
    """Return a Python with this version of a package, all others as here; make its environment if there is none."""
    if package is None or version(package[0]) == package[1]:
        return sys.executable
    folder = ENVIRONMENTS / "-".join(package)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    if not (folder / "made").exists():
        pip = [sys.executable, "-m", "pip", "-q", "--python", python]
        try:
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(folder)], check=True)
            subprocess.run([*pip, "install", "--no-deps", "==".join(package)], check=True)
            for own in folder.glob("**/site-packages"):
                (own / "others.pth").write_text(sysconfig.get_path("purelib"))
            subprocess.run([*pip, "check"], check=True)
        except subprocess.CalledProcessError as error:
            raise SystemExit(f"no environment with {'=='.join(package)}: {error}") from None
        (folder / "made").touch()
    return python


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
        key, start = piece.key(code_digest()), time.monotonic()
        result = measure(piece)
        if key != piece.key(code_digest()):
            print(f"{piece.lesson.name} or the package was edited while it ran; this run is void", file=sys.stderr)
            continue
        names = {"key": key, "condition": piece.condition, "lesson": piece.lesson.stem}
        with STORE.open("a") as file:
            file.write(f"\n{json.dumps(names | {'seconds': round(time.monotonic() - start)} | result)}")


def forget(pieces: list[Piece]) -> None:
    """Drop the results of these pieces, whatever they were made of."""
    dropped = {(piece.condition, piece.lesson.stem) for piece in pieces}
    kept = [result for result in stored().values() if (result["condition"], result["lesson"]) not in dropped]
    with written_whole(STORE) as file:
        file.write("\n".join(map(json.dumps, kept)).encode())


def table(pieces: list[Piece]) -> tuple[str, list[str]]:
    """Return a table with a row for each condition, and each cell that differs with the first line of why."""
    code, known = code_digest(), stored()
    lines = ["| condition | cells as stored | figures as stored | byte for byte | lessons |", "|---|---|---|---|---|"]
    differ = []
    for name in dict.fromkeys(piece.condition for piece in pieces):
        own = {piece: known.get(piece.key(code)) for piece in pieces if piece.condition == name}
        done = [result for result in own.values() if result]
        cells, same, figures, near, equal = (sum(result[what] for result in done) for what in COUNTED)
        lessons = {piece.lesson for piece in own}
        whole = lessons - {piece.lesson for piece in own if not own[piece]}
        lines.append(f"| {name} | {same} / {cells} | {near} / {figures} | {equal} | {len(whole)} / {len(lessons)} |")
        for result in done:
            where = f"{name} (hash seed {result['hash seed']}): {result['lesson']}"
            differ += [f"{where}, {cell}: {why}" for cell, why in result["differ"].items()]
    return "\n".join(lines), differ


def main(arguments: list[str] | None = None) -> int:
    """Do a run, or as many as the minutes allow; print the table and what differs; return 1 if a cell does."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m tests.reproduction", None, __doc__, EXAMPLES, formatter_class=style)
    for what, known in (("conditions", CONDITIONS), ("lessons", LESSONS)):
        words = f"only these: {', '.join(known)}"
        parser.add_argument(f"--{what}", nargs="+", metavar="NAME", choices=known, default=list(known), help=words)
    parser.add_argument("--minutes", type=float, default=0, help="begin runs for so long (default: do one)")
    parser.add_argument("--fresh", action="store_true", help="first forget what was found for the chosen ones")
    parser.add_argument("--table", action="store_true", help="run nothing, print what was found so far")
    parser.add_argument("--list", action="store_true", help="say what each condition changes")
    choice = parser.parse_args(arguments)
    if choice.list:
        print("\n".join(f"{name}: {CONDITIONS[name]}" for name in choice.conditions))
        return 0
    pieces = pieces_of(choice.conditions, choice.lessons)
    STORE.parent.mkdir(exist_ok=True)
    if choice.fresh:
        forget(pieces)
    if not choice.table:
        go_on(pieces, choice.minutes)
    rows, differ = table(pieces)
    print(rows, *differ, sep="\n")
    return bool(differ)


if __name__ == "__main__":
    sys.exit(main())
