"""Prove the checker: `python -m tests.check_proof` measures how well it judges and prints the figures.

First what the checker was not built on: functions that learners hand in, by hands apart; then wrong functions of
another origin (tests/foreign_mutants.py), each counted as told by its line or one beside it, at the first attempt. Only
then its own list: every known mistake, alone and in pairs; right versions on 100 draws of every case; mutants of the
plain versions; and the time of a check. Below the figures stands what was not named, accused or caught.

Each piece is kept in build/check_proof.jsonl under a hash of the checker, the library and the proof. Stopped or killed,
the command goes on where it was; what was edited since runs again. The whole takes half an hour; `--every 20` looks at
every twentieth piece of each section. The tests run such a sample. The exit status is 1 if a figure is too low.
"""

import argparse
import hashlib
import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cs231n_lib.progress import progress
from tests.proof_pieces import DRAWS, ORIGINS, WRITTEN, Piece, Row, pieces

ROOT = Path(__file__).parents[1]
STORE = ROOT / "build" / "check_proof.jsonl"
FILES = ("check_proof", "proof_pieces", "foreign_mutants", "grafts", "own_mutants", "right_versions", "right_torch")
OWN_WORDS: dict[str, float] = {"right, passed": 1, "untouched, not attempted": 1, "half done, told as half": 1}
OWN_WORDS |= {"wrong, mistake named": 0.75, "wrong, named or its line told": 0.85}
LEAST: dict[str, float] = {  # of figures that must not fall lower
    **{
        f"{hand}: {what}": share
        for hand in ("another hand", "known while building")
        for what, share in OWN_WORDS.items()
    },
    "untouched official exercises, accused of nothing": 1,
    "one mistake, named exactly": 0.98,
    "two mistakes, one of them named": 0.9,
    f"right versions, passed on {DRAWS} draws": 1,
    "mutants of the right version, caught": 0.95,
    "exercises with three right versions": 1,
}

EXAMPLES = """examples:
  python -m tests.check_proof                  all that is not done yet
  python -m tests.check_proof --minutes 9      what begins within nine minutes; again, and it goes on
  python -m tests.check_proof --table          nothing new, only the figures
  python -m tests.check_proof --table --misses the foreign mutants whose line is not told, and what is said of them
"""


def code_digest() -> bytes:
    """Return a hash of the package, of the proof and of what is judged."""
    folders = (ROOT / "cs231n_lib", ROOT / "tests" / "learners", ROOT / "tests" / "stubs")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".json")]
    digest = hashlib.sha256()
    for path in [ROOT / "requirements.txt", *(ROOT / "tests" / f"{name}.py" for name in FILES), *files]:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.digest()


def key(piece: Piece, code: bytes) -> str:
    """Return a hash of all that a piece's result depends on; code: `code_digest()`."""
    return hashlib.sha256(code + f"{piece.section}: {piece.name}".encode()).hexdigest()[:32]


def stored() -> dict[str, list[Row]]:
    """Read what was found so far, by key; a line cut short by a kill is no result."""
    found = {}
    for line in STORE.read_text("utf-8").splitlines() if STORE.exists() else []:
        try:
            result = json.loads(line)
        except ValueError:
            continue
        found[result["key"]] = [Row(*row) for row in result["rows"]]
    return found


def go_on(todo: list[Piece], minutes: float) -> None:
    """Measure pieces that have no result: one, and as many as begin within the minutes; each is kept at once."""
    code, known, end = code_digest(), stored(), time.monotonic() + 60 * minutes
    todo = [piece for piece in todo if key(piece, code) not in known]
    for number, piece in enumerate(progress(todo, "proof")):
        if number and time.monotonic() > end:
            break
        result: dict[str, Any] = {"key": key(piece, code), "section": piece.section, "name": piece.name}
        start = time.monotonic()
        result |= {"rows": list(piece.measure()), "seconds": round(time.monotonic() - start, 1)}
        with STORE.open("a", encoding="utf-8") as file:
            file.write(f"\n{json.dumps(result)}")


def chosen(every: int, sections: Iterable[str]) -> list[Piece]:
    """Return every n-th piece of these sections."""
    groups = itertools.groupby(pieces(), key=lambda piece: piece.section)
    return [piece for name, group in groups if name in sections for piece in list(group)[::every]]


def figures(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of each figure, in the order of the figures."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.figure, []).append(row)
    return found


def line(figure: str, rows: list[Row]) -> str:
    """Return a figure as it is printed."""
    good = sum(row.good for row in rows)
    return f"{figure:78} {good:6} of {len(rows):6}  {good / len(rows):7.2%}"


def times(rows: Iterable[Row]) -> str:
    """Return the median and the longest of the checks that were timed."""
    timed = [row for row in rows if row.seconds is not None]
    if not timed:
        return "no check was timed"
    slowest = max(timed, key=lambda row: row.seconds or 0)
    median = statistics.median(row.seconds or 0 for row in timed)
    return f"median {median:.2f} s, longest {slowest.seconds:.2f} s ({slowest.name})"


def is_foreign(row: Row) -> bool:
    """Return whether a row is of the foreign mutants: a share to be told, not a list of faults."""
    return row.figure.startswith(tuple(ORIGINS.values()))


def report(rows: list[Row], misses: bool) -> bool:
    """Print the figures, the times, and what is not so; return whether a figure is too low."""
    found = figures(rows)
    print(*(line(figure, own) for figure, own in found.items()), sep="\n")
    print(f"one check of a foreign mutant, computing: {times(filter(is_foreign, rows))}")
    print(f"one check of its own list: {times(row for row in rows if not is_foreign(row))}")
    for row in rows:
        if not (row.good or is_foreign(row)):
            print(f"not so: {row.figure}: {row.name}")
        if misses and row.text:
            print(f"\n{row.figure}: {row.name}\n{row.text}")
    return any(sum(row.good for row in found[name]) < LEAST[name] * len(found[name]) for name in found if name in LEAST)


def main(arguments: list[str] | None = None) -> int:
    """Go on with the proof and print the figures; return 1 if any falls short of what the README says."""
    style, sections = argparse.RawDescriptionHelpFormatter, list(dict.fromkeys(piece.section for piece in pieces()))
    parser = argparse.ArgumentParser("python -m tests.check_proof", None, __doc__, EXAMPLES, formatter_class=style)
    parser.add_argument("--every", type=int, default=1, help="look at every n-th piece of each section (default: all)")
    words = f"only these: {', '.join(sections)}"
    parser.add_argument("--sections", nargs="+", metavar="NAME", choices=sections, default=sections, help=words)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin pieces for so long (default: all)")
    parser.add_argument("--fresh", action="store_true", help="first forget all that was found")
    parser.add_argument("--table", action="store_true", help="measure nothing, print what was found so far")
    parser.add_argument("--misses", action="store_true", help="print the foreign mutants whose line is not told")
    choice = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(1)
    STORE.parent.mkdir(exist_ok=True)
    if choice.fresh:
        STORE.unlink(missing_ok=True)
    todo = chosen(choice.every, choice.sections)
    try:
        go_on(todo if not choice.table else [], choice.minutes)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
    code, known = code_digest(), stored()
    done = [known[key(piece, code)] for piece in todo if key(piece, code) in known]
    mistakes = sum(len(exercise.mistakes) for exercise in WRITTEN)
    print(f"\n{len(done)} of {len(todo)} pieces; {len(WRITTEN)} exercises with {mistakes} known mistakes")
    return int(report([row for rows in done for row in rows], choice.misses))


if __name__ == "__main__":
    sys.exit(main())
