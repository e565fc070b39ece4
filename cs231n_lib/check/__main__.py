"""Check a folder: `python -m cs231n_lib.check PATH` judges the learner's own copy of an official assignment.

This EXECUTES the code in PATH; see `folder`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from .folder import check_folder, find_package, summary, table
from .messages import LANGUAGES, say

HELP = """\
Judge the functions of an official CS231n assignment (2018-2026) that you filled in, and print a table:
function, verdict, mistake, hint.

This EXECUTES the code in PATH, with your rights: each function in a process of its own, which is ended when it takes
longer than --seconds, or (on Linux) more memory than --memory. Give it only code that you would run yourself."""
EXIT = "exit code: 0 all attempted are right, 1 not all, 2 PATH is no assignment"


def main(arguments: list[str] | None = None) -> int:
    """Print the table of a folder; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m cs231n_lib.check",
        description=HELP,
        epilog=EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", metavar="PATH", type=Path, help="the assignment's folder, or the cs231n folder in it")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the table (default: en)")
    parser.add_argument("--seconds", type=float, default=10, help="time limit of a function (default: 10)")
    parser.add_argument("--memory", type=float, default=2, help="memory limit of a function, in GB (default: 2)")
    choice = parser.parse_args(arguments)
    package = find_package(choice.path)
    if package is None:
        key = "no_files" if choice.path.is_dir() else "no_folder"
        print(say(choice.language, key, path=choice.path), file=sys.stderr)
        return 2
    rows = check_folder(package, choice.language, choice.seconds, choice.memory)
    width = min(max(shutil.get_terminal_size().columns, 80), 160)
    print(table(rows, choice.language, width), summary(rows, choice.language), sep="\n\n")
    return 0 if all(row.report.status in ("passed", "blank") for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
