"""Build handouts: `python -m cs231n_lib.handouts 10 --for student --pdf`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cs231n_lib.handouts import blanks
from cs231n_lib.handouts.build import FORMATS, READERS, ROOT, build


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.handouts", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="number or name, as 10 (default all)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "handouts", help="folder (default build/handouts)")
    parser.add_argument("--for", dest="reader", choices=[*READERS, "both"], default="both", help="default both")
    parser.add_argument("--format", default="ipynb,html", help=f"some of {','.join(FORMATS)} (default ipynb,html)")
    parser.add_argument("--pdf", action="store_true", help="PDF as well, printed by an installed browser")
    parser.add_argument("--browser", help="the browser to print with, if it is not found by itself")
    parser.add_argument("--level", choices=blanks.LEVELS, default="as set", help=blanks.HELP)
    choice = parser.parse_args(words)
    formats = [word for word in choice.format.split(",") if word]
    unknown = [word for word in formats if word not in FORMATS]
    if unknown:
        parser.error(f"unknown format {unknown[0]!r}; use some of {', '.join(FORMATS)}")
    readers = READERS if choice.reader == "both" else (choice.reader,)
    wanted = [form for form in FORMATS if form in formats or (form == "pdf" and choice.pdf)]
    try:
        files = build(choice.lessons, choice.out, readers, wanted, choice.level, choice.browser)
    except ValueError as error:
        print(f"handouts: {error}", file=sys.stderr)
        return 1
    print(f"{len(files)} files in {choice.out}; open {files[-1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
