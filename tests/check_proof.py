"""Prove the checker: `python -m tests.check_proof` measures how well it judges and prints the figures.

Every known mistake, written as a function, alone and in pairs; right versions on 100 draws of every case; mutants of
the plain versions; and the time of a check. Below the figures stands what was not named, accused or caught. It takes
fifteen minutes; `--every 20` looks at every twentieth of each kind. The tests run such a sample.
"""

import argparse
import ast
import copy
import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cs231n_lib.check import check, registry, variants
from cs231n_lib.check.compare import same_all
from cs231n_lib.check.judge import Judge
from cs231n_lib.check.model import Exercise, Mistake, find
from cs231n_lib.check.report import Report
from cs231n_lib.check.variants import is_right, redrawn
from cs231n_lib.progress import progress
from tests import stubs
from tests.learners import learners
from tests.right_versions import RIGHT

DRAWS = 100
LEAST = (*(1, 1, 1, 0.75, 0.85), *(1, 1, 1, 0.75, 0.85), 1, 0.98, 0.9, 1, 0.95, 1)  # of each tally, in its order
WRITTEN = [item for item in registry.items().values() if isinstance(item, Exercise)]
ENTRIES = [(exercise, mistake) for exercise in WRITTEN for mistake in exercise.mistakes]
PAIRS = [(exercise, pair) for exercise in WRITTEN for pair in itertools.combinations(exercise.mistakes, 2)]


# --- known mistakes ------------------------------------------------------------------------------------------------


def with_mistakes(exercise: Exercise, mistakes: Iterable[Mistake]) -> Callable | None:
    """Return the plain version with these mistakes; None where they patch the same text, or cancel out."""
    book = variants.book(exercise.name)
    try:
        if variants.overlap(exercise, tuple(mistakes)):
            return None
        subject = variants.patched(exercise, tuple(mistakes))
    except (variants.PatchError, SyntaxError):
        return None
    return None if same_all(book.run(subject), book.truth) else variants.in_hand(exercise, subject)


def diagnosed(name: str, fn: Callable) -> set[str]:
    """Return the ids of the mistakes that a check names."""
    return {d.id for d in check(name, fn).diagnosis}


# --- right versions ------------------------------------------------------------------------------------------------


def accused(name: str, fn: Callable, draws: Iterable[int], **own) -> list[int]:
    """Return the draws on which a right version is judged wrong."""
    exercise = registry.exercise(name)
    judge = Judge(exercise, fn, "en", 60, own)
    subject = judge.subject()
    assert subject is not None
    books = ((draw, redrawn(exercise, draw)) for draw in draws)
    return [draw for draw, book in books if not is_right(book, judge.outcomes(book, subject))]


def roads(exercise: Exercise) -> int:
    """Return how many right versions there are: the library's, the plain one, and those by other roads."""
    others = {fn for name, fn, _ in RIGHT if name == exercise.name}
    return len({exercise.truth, exercise.source}) + len(others)


# --- mutants -------------------------------------------------------------------------------------------------------

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
EQUIVALENT = (  # what a mutant may hold and mean the same
    "-2)",  # reshape takes any negative size as -1
    "-2, C",
    "0 / logits",  # zeros, however they are made
    "key @ Wk - bk",  # adds the same to all scores of a query
    "self.bn_params[i",  # another choice of one memory a layer; or a branch that this exercise does not reach
    "W1.shape[3]",  # filters are square
)


def change(node: ast.AST) -> ast.AST | None:
    """Return what a mutant has in place of a node, if it has another."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            return changed(node, op=OPERATORS[type(op)]())
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARISONS:
            return changed(node, ops=[COMPARISONS[type(op)]()])
        case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
            return changed(node, value=value + 1)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return operand
        case ast.Attribute(attr="T", value=value):
            return value
    return None


def changed(node: ast.AST, **fields) -> ast.AST:
    """Return a copy of a node with other fields."""
    new = copy.copy(node)
    vars(new).update(fields)
    return new


def mutated(tree: ast.Module) -> Iterator[ast.Module]:
    """Give copies of a function's tree with one node changed."""
    for position in range(sum(1 for _ in ast.walk(tree))):
        mutant = copy.deepcopy(tree)
        node = next(itertools.islice(ast.walk(mutant), position, None))
        new = change(node)
        if new is not None:
            for parent in ast.walk(mutant):
                replace(parent, node, new)
            yield ast.fix_missing_locations(mutant)


def replace(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put new where old hangs on parent."""
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list):
            setattr(parent, name, [new if item is old else item for item in value])


def mutants(exercise: Exercise) -> Iterator[tuple[str, Callable]]:
    """Give the mutants of the plain version that mean something else: the changed lines, and the function."""
    module, _, fn = find(exercise.source)
    head, body = variants.source(module, exercise.source.partition(":")[2])
    tree = ast.parse(textwrap.dedent(head + body))
    original = ast.unparse(tree).splitlines()
    for mutant in mutated(tree):
        lines = "; ".join(line.strip() for line in ast.unparse(mutant).splitlines() if line not in original)
        if lines and not any(part in lines for part in EQUIVALENT):
            made: dict[str, Callable] = {}
            exec(compile(mutant, "<mutant>", "exec"), dict(vars(module)), made)
            yield lines, made[fn.__name__]


def surviving(exercise: Exercise) -> list[str]:
    """Return the changed lines of the mutants that pass."""
    return [line for line, fn in mutants(exercise) if is_clean(check(exercise.name, fn, seconds=3))]


def is_clean(report: Report) -> bool:
    """Return whether a report calls an answer right and leaves no edge open."""
    return report.status == "passed" and not report.edge


# --- the command ---------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """One line of figures: how many there were, and which failed."""

    title: str
    count: int = 0
    failed: list[str] = field(default_factory=list)

    def add(self, good: bool, name: str) -> None:
        """Count one."""
        self.count += 1
        self.failed += [] if good else [name]

    def __str__(self) -> str:
        good = self.count - len(self.failed)
        return f"{self.title:48} {good:6} of {self.count:6}  {good / max(self.count, 1):7.2%}"


def prove_mistakes(every: int, seconds: dict[str, float]) -> Iterator[Tally]:
    """Judge each known mistake, with nothing computed beforehand, then each pair."""
    one = Tally("one mistake, named exactly")
    for exercise, mistake in progress(ENTRIES[::every], "one mistake"):
        fn = variants.in_hand(exercise, variants.patched(exercise, (mistake,)))
        variants.book.cache_clear()
        start = time.perf_counter()
        found = diagnosed(exercise.name, fn)
        seconds[f"{exercise.name} {mistake.id}"] = time.perf_counter() - start
        one.add(found == {mistake.id}, f"{exercise.name}: {mistake.id} {mistake.title}")
    yield one
    two = Tally("two mistakes, one of them named")
    for exercise, pair in progress(PAIRS[::every], "two mistakes"):
        ids = [m.id for m in pair]
        fn = with_mistakes(exercise, pair)
        if fn is not None:
            two.add(bool(diagnosed(exercise.name, fn) & set(ids)), f"{exercise.name}: {' and '.join(ids)}")
    yield two


def prove_learners(every: int) -> Iterator[Tally]:
    """Judge what learners hand in, written by another hand first; hints are at their first."""
    titles = {"right": "right, passed", "blank": "untouched, not attempted", "half": "half done, told as half"}
    for folder, source in (("foreign", "another hand"), ("first", "known while building")):
        found = learners(folder)[::every]
        reports = {one: check(one.exercise, one.load()) for one in progress(found, source)}
        for kind, title in titles.items():
            tally = Tally(f"{source}: {title}")
            status = {"right": "passed"}.get(kind, kind)
            for one in (one for one in found if one.kind == kind):
                tally.add(reports[one].status == status, one.path.stem)
            yield tally
        named, told = Tally(f"{source}: wrong, mistake named"), Tally(f"{source}: wrong, named or its line told")
        for one in (one for one in found if one.kind == "wrong"):
            named.add(one.named(reports[one]), one.path.stem)
            told.add(one.named(reports[one]) or one.placed(reports[one]), one.path.stem)
        yield from (named, told)


def prove_stubs(every: int) -> Tally:
    """Check the untouched folders of all assignments and editions; what they bring finished is right."""
    tally = Tally("untouched official exercises, accused of nothing")
    for assignment, edition in list(itertools.product((1, 2, 3), stubs.EDITIONS))[::every]:
        with tempfile.TemporaryDirectory() as place:
            stubs.folder(assignment, edition, Path(place))
            command = [sys.executable, "-m", "cs231n_lib.check", place, "--language", "en"]
            printed = subprocess.run(command, capture_output=True, text=True).stdout
        rows = re.findall(r"^  (right|wrong|half|not attempted|stopped)  +(.+)$", printed, re.MULTILINE)
        for verdict, name in rows:
            unread = name.endswith(".py")  # simclr/data_utils.py of 2021 to 2024 cannot be parsed
            good = verdict in ("right", "not attempted") or unread
            tally.add(good, f"{assignment} {edition} {name}: {verdict}")
    return tally


def prove_right(every: int, seconds: dict[str, float]) -> Tally:
    """Judge the library's, the plain and the other right versions on many draws."""
    ours = (variants.reference, lambda exercise: variants.patched(exercise, ()))
    own: list[tuple] = [(exercise.name, made(exercise).fn, {}) for exercise in WRITTEN for made in ours]
    tally = Tally(f"right versions, passed on {DRAWS} draws")
    for name, fn, companions in progress([*own, *RIGHT][::every], "right versions"):
        variants.book.cache_clear()
        start = time.perf_counter()
        good = is_clean(check(name, fn, **companions))
        seconds[f"{name} right"] = time.perf_counter() - start
        good = good and not accused(name, fn, range(DRAWS), **companions)
        tally.add(good, f"{name}: {fn.__name__}")
    return tally


def prove_roads() -> Tally:
    """Count the right versions of each exercise."""
    tally = Tally("exercises with three right versions")
    for exercise in WRITTEN:
        tally.add(roads(exercise) >= 3, f"{exercise.name}: {roads(exercise)}")
    return tally


def prove_mutants(every: int, seconds: dict[str, float]) -> Tally:
    """Judge the mutants; the first of an exercise finds nothing computed beforehand."""
    tally = Tally("mutants of the right version, caught")
    for exercise in progress(WRITTEN, "mutants"):
        variants.book.cache_clear()
        for line, fn in itertools.islice(mutants(exercise), 0, None, every):
            start = time.perf_counter()
            good = not is_clean(check(exercise.name, fn, seconds=3))
            seconds[f"{exercise.name} mutant: {line}"] = time.perf_counter() - start
            tally.add(good, f"{exercise.name}: {line}")
    return tally


def main() -> int:
    """Print the figures and what fell through; return 1 if any falls short of what the README says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="look at every n-th of each kind (default 1: all)")
    every = parser.parse_args().every
    import torch

    torch.set_num_threads(1)
    seconds: dict[str, float] = {}
    tallies = [*prove_learners(every), prove_stubs(every), *prove_mistakes(every, seconds)]
    tallies += [prove_right(every, seconds), prove_mutants(every, seconds)]
    tallies.append(prove_roads())
    names = registry.exercises()
    print(f"\n{len(names)} exercises, {len(names) - len(WRITTEN)} of them puzzles; {len(ENTRIES)} known mistakes")
    print(*tallies, sep="\n")
    slowest = max(seconds, key=lambda name: seconds[name])
    median = statistics.median(seconds.values())
    print(f"one check: median {median:.2f} s, longest {seconds[slowest]:.2f} s ({slowest})")
    for tally in tallies:
        for name in tally.failed:
            print(f"not so: {tally.title}: {name}")
    shares = [1 - len(t.failed) / max(t.count, 1) for t in tallies]
    return int(any(share < least for share, least in zip(shares, LEAST, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
