"""Check a folder: `python -m cs231n_lib.check PATH` judges the learner's own copy of an official assignment.

This EXECUTES the code in PATH; see `folder`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from .folder import Assignment, Run, all_right, find_below, find_package, of_file, of_folder, of_notebook
from .messages import LANGUAGES, say
from .table import Row, rows_in_lines, summary

HELP = """\
Judge the functions of an official CS231n assignment (2018-2026) that you filled in, and print what was found:
verdict and function, below them the mistake and a hint.

This EXECUTES the code in PATH, with your rights: each function in a process of its own, which is ended when it takes
longer than --seconds, or (on Linux) more memory than --memory. Give it only code that you would run yourself."""
PATH = """the assignment's folder, or the cs231n folder in it; one file such as layers.py; or a notebook, whose
functions such as affine_forward or my_affine_forward are judged (its other cells are not run)"""
EXIT = "exit code: 0 all attempted are right, 1 not all, 2 PATH is no assignment, 130 interrupted"


class NoAssignment(Exception):
    """There is nothing to judge; the text says why."""


def main(arguments: list[str] | None = None) -> int:
    """Print the verdicts on a folder, a file or a notebook; return the exit code."""
    choice = parser().parse_args(arguments)
    language = choice.language or os.environ.get("CS231N_LANGUAGE") or "en"
    if language not in LANGUAGES:
        print(say("en", "no_language", given=language, allowed=", ".join(LANGUAGES)), file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="cs231n-check-") as folder:
        try:
            assignment = find(choice.path, language, Path(folder))
        except NoAssignment as reason:
            print(reason, file=sys.stderr)
            return 2
        return run(Run(assignment, choice.seconds, choice.memory, not choice.no_mend))


def parser() -> argparse.ArgumentParser:
    """Return the command's parser."""
    made = argparse.ArgumentParser(
        prog="python -m cs231n_lib.check",
        description=HELP,
        epilog=EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("path", metavar="PATH", type=Path, help=PATH)
    made.add_argument("--language", help="en or zh (default: the variable CS231N_LANGUAGE, or else en)")
    made.add_argument("--seconds", type=float, default=10, help="time limit of a function (default: 10)")
    made.add_argument("--memory", type=float, default=2, help="memory limit of a function, in GB (default: 2)")
    made.add_argument("--no-mend", action="store_true", help="seek no change of the code that makes it right")
    return made


def find(path: Path, language: str, folder: Path) -> Assignment:
    """Return what there is to judge in PATH; folder: where a notebook's functions may be written.

    Raises: NoAssignment.
    """
    if not path.exists():
        raise NoAssignment(say(language, "no_folder", path=path))
    if path.is_dir():
        return of_folder(the_package(path, language), language)
    found = None
    if path.suffix == ".ipynb":
        try:
            found = of_notebook(path, folder, language)
        except ValueError as error:
            raise NoAssignment(say(language, "no_notebook", path=path, error=error)) from None
    elif path.suffix == ".py":
        found = of_file(path, language)
    if found is None or not found.tasks:
        notes = found.notes if found else []
        raise NoAssignment("\n".join([*notes, say(language, "no_exercise", path=path)]))
    return found


def the_package(path: Path, language: str) -> Path:
    """Return the one package in a folder or below it.

    Raises: NoAssignment where there is none, or more than one.
    """
    package = find_package(path)
    if package:
        return package
    below = list(find_below(path.resolve()))
    if not below:
        raise NoAssignment(say(language, "no_files", path=path))
    places = [path / (p.parent if p.name == "cs231n" else p).relative_to(path.resolve()) for p in below]
    if len(below) > 1:
        calls = [f"  python -m cs231n_lib.check {shlex.quote(str(place))}" for place in places]
        raise NoAssignment("\n".join([say(language, "several", path=path, count=len(below)), *calls]))
    print(say(language, "the_one", path=places[0]))
    return below[0]


def run(judging: Run) -> int:
    """Judge, print each row as it is done, and the summary; return the exit code."""
    language, rows = judging.language, list[Row]()
    width = min(max(shutil.get_terminal_size().columns, 40), 120)
    for note in judging.assignment.notes:
        print(note)
    print(say(language, "checking_all", count=len(judging.tasks)), file=sys.stderr, flush=True)
    stopped = False
    try:
        with contextlib.closing(judging.rows()) as found:
            for row in found:
                headed = not rows or rows[-1].file != row.file
                rows.append(row)
                print("\n".join(rows_in_lines(row, language, width, headed)), flush=True)
    except KeyboardInterrupt:
        stopped = True
    print("", summary(rows, language), sep="\n")
    if stopped:
        print(say(language, "interrupted", done=len(rows), count=len(judging.tasks)))
        return 130
    return 0 if all_right(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
