"""What `check_proof` measures, in pieces of which each can be done alone; each gives rows: what is so of what."""

import itertools
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cs231n_lib.check import check, memory, registry, variants
from cs231n_lib.check.compare import same_all
from cs231n_lib.check.judge import Judge
from cs231n_lib.check.model import Exercise, Mistake
from cs231n_lib.check.variants import is_right, redrawn
from tests import foreign_mutants, stubs
from tests.learners import HERE as LEARNERS
from tests.learners import Learner, learners
from tests.own_mutants import is_clean, mutants
from tests.right_versions import RIGHT

DRAWS = 100
MUTANTS = 4  # foreign ones of each kind for an exercise
WRITTEN = [item for item in registry.items().values() if isinstance(item, Exercise)]
PAIRS = [(exercise, pair) for exercise in WRITTEN for pair in itertools.combinations(exercise.mistakes, 2)]
LONG = 8  # lines from which a function is long enough that a line told says much
HANDS = {
    "second": "a second hand",
    "foreign": "another hand",
    "invented": "invented before mending",
    "first": "known while building",
}
ORIGINS = {"library": "a library's mutant", "graft": "swapped fragment"}


class Row(NamedTuple):
    """One case of a figure: whether it is so, which case it is, how long its check took, and what is to be seen."""

    figure: str
    good: bool
    name: str
    seconds: float | None = None
    text: str = ""


class Piece(NamedTuple):
    """One part of the proof, such as a file or an exercise."""

    section: str
    name: str
    measure: Callable[[], Iterable[Row]]


# --- what learners hand in -------------------------------------------------------------------------------------------


def hands() -> list[str]:
    """Return the folders of learners' functions; those that were known while the checker was built come last."""
    return sorted((p.name for p in LEARNERS.iterdir() if any(p.glob("*.py"))), key=lambda name: (name == "first", name))


def learner_pieces() -> Iterator[Piece]:
    """Give each file of each folder."""
    for folder in hands():
        for one in learners(folder):
            yield Piece("learners", f"{folder}/{one.path.stem}", partial(of_learner, one, folder))


def of_learner(one: Learner, folder: str) -> Iterator[Row]:
    """Judge what a learner hands in; hints are at their first."""
    memory.forget()
    report, source = check(one.exercise, one.load()), HANDS.get(folder, folder)
    titles = {"right": "right, passed", "blank": "untouched, not attempted", "half": "half done, told as half"}
    if one.kind in titles:
        status = {"right": "passed"}.get(one.kind, one.kind)
        yield Row(f"{source}: {titles[one.kind]}", report.status == status, one.path.stem)
        return
    named, placed = one.named(report), one.placed(report)
    yield Row(f"{source}: wrong, mistake named", named, one.path.stem)
    yield Row(f"{source}: wrong, its line told", placed, one.path.stem)
    yield Row(f"{source}: wrong, named or its line told", named or placed, one.path.stem)


# --- mutants of another origin ---------------------------------------------------------------------------------------


def foreign_pieces() -> Iterator[Piece]:
    """Give each exercise, once for each kind of mutant."""
    for kind, exercise in itertools.product(foreign_mutants.KINDS, WRITTEN):
        name = exercise.name
        yield Piece("foreign mutants", f"{kind} {name}", partial(of_foreign, kind, name))


def of_foreign(kind: str, exercise_name: str, count: int = MUTANTS) -> Iterator[Row]:
    """Check an exercise's foreign mutants, `count` of them at most."""
    for mutant in foreign_mutants.mutants(exercise_name, kind, count):
        got = foreign_mutants.told(mutant)
        name = f"{exercise_name}: {mutant.host.fn.__name__} ({mutant.host.origin}), {mutant.how}"
        source = f"{ORIGINS[kind]} that {'stops' if mutant.stops else 'runs'}"
        text = "" if got.placed else f"{mutant.difference}\n{got.report}\n{mutant.numbered}"
        yield Row(f"{source}: its line told, or named", got.placed or got.named, name, got.seconds)
        yield Row(f"{source}: its line told", got.placed, name, None, text)
        yield Row(f"{source}: its very line told", got.exact, name)
        blind = foreign_mutants.near([mutant.blind], mutant.lines)
        yield Row(f"{source}: a line drawn blindly would do", blind, name)
        if len(mutant.body) >= LONG:
            yield Row(f"{source}, {LONG} lines and more: its line told", got.placed, name)
            yield Row(f"{source}, {LONG} lines and more: a line drawn blindly would do", blind, name)
        yield Row(f"{source}: named by the catalogue", got.named, name)
        for figure in ("a wrong line only", "a number only", "called untouched", "called right"):
            yield Row(f"{source}: {figure}", got.untold == figure, name)


# --- known mistakes --------------------------------------------------------------------------------------------------


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
    memory.forget()
    return {d.id for d in check(name, fn, mend=False).diagnosis}


def mistake_pieces() -> Iterator[Piece]:
    """Give each exercise's mistakes, then each exercise's pairs."""
    for section, measure in (("one mistake", of_mistakes), ("two mistakes", of_pairs)):
        for exercise in WRITTEN:
            yield Piece(section, exercise.name, partial(measure, exercise))


def of_mistakes(exercise: Exercise) -> Iterator[Row]:
    """Judge each known mistake, with nothing computed beforehand."""
    for mistake in exercise.mistakes:
        fn = variants.in_hand(exercise, variants.patched(exercise, (mistake,)))
        variants.book.cache_clear()
        start = time.perf_counter()
        found = diagnosed(exercise.name, fn)
        seconds = time.perf_counter() - start
        name = f"{exercise.name}: {mistake.id} {mistake.title}"
        yield Row("one mistake, named exactly", found == {mistake.id}, name, seconds)


def of_pairs(exercise: Exercise) -> Iterator[Row]:
    """Judge each pair of an exercise's mistakes."""
    for pair in itertools.combinations(exercise.mistakes, 2):
        ids = [m.id for m in pair]
        fn = with_mistakes(exercise, pair)
        if fn is not None:
            good = bool(diagnosed(exercise.name, fn) & set(ids))
            yield Row("two mistakes, one of them named", good, f"{exercise.name}: {' and '.join(ids)}")


# --- right versions, and own mutants ---------------------------------------------------------------------------------


def stub_pieces() -> Iterator[Piece]:
    """Give each edition of each assignment."""
    for assignment, edition in itertools.product((1, 2, 3), stubs.EDITIONS):
        name = f"assignment {assignment}, {edition}"
        yield Piece("stubs", name, partial(of_stubs, assignment, edition))


def of_stubs(assignment: int, edition: int) -> Iterator[Row]:
    """Check an untouched folder; what it brings finished is right."""
    with tempfile.TemporaryDirectory() as place:
        stubs.folder(assignment, edition, Path(place))
        command = [sys.executable, "-m", "cs231n_lib.check", place, "--language", "en"]
        printed = subprocess.run(command, capture_output=True, text=True).stdout
    rows = re.findall(r"^  (right|wrong|half|not attempted|stopped)  +(.+)$", printed, re.MULTILINE)
    for verdict, name in rows:
        unread = name.endswith(".py")  # simclr/data_utils.py of 2021 to 2024 cannot be parsed
        good = verdict in ("right", "not attempted") or unread
        figure = "untouched official exercises, accused of nothing"
        yield Row(figure, good, f"{assignment} {edition} {name}: {verdict}")


def right_pieces() -> Iterator[Piece]:
    """Give each right version: the library's, the plain one, and those by other roads."""
    ours = (variants.reference, lambda exercise: variants.patched(exercise, ()))
    own: list[tuple] = [(exercise.name, made(exercise).fn, {}) for exercise in WRITTEN for made in ours]
    for number, (name, fn, companions) in enumerate([*own, *RIGHT]):
        piece = f"{number} {name}: {fn.__name__}"
        yield Piece("right versions", piece, partial(of_right, name, fn, companions))


def of_right(name: str, fn: Callable, companions: dict) -> Iterator[Row]:
    """Judge a right version on many draws."""
    variants.book.cache_clear()
    start = time.perf_counter()
    good = is_clean(check(name, fn, **companions))
    seconds = time.perf_counter() - start
    good = good and not accused(name, fn, range(DRAWS), **companions)
    yield Row(f"right versions, passed on {DRAWS} draws", good, f"{name}: {fn.__name__}", seconds)


def accused(name: str, fn: Callable, draws: Iterable[int], **own) -> list[int]:
    """Return the draws on which a right version is judged wrong."""
    exercise = registry.exercise(name)
    judge = Judge(exercise, fn, "en", 60, own)
    subject = judge.subject()
    assert subject is not None
    books = ((draw, redrawn(exercise, draw)) for draw in draws)
    return [draw for draw, book in books if not is_right(book, judge.outcomes(book, subject))]


def mutant_pieces() -> Iterator[Piece]:
    """Give each exercise's mutants of its plain version."""
    for exercise in WRITTEN:
        yield Piece("mutants", exercise.name, partial(of_mutants, exercise))


def of_mutants(exercise: Exercise) -> Iterator[Row]:
    """Judge an exercise's mutants; the first of them finds nothing computed beforehand."""
    variants.book.cache_clear()
    for line, fn in mutants(exercise):
        start = time.perf_counter()
        good = not is_clean(check(exercise.name, fn, seconds=3))
        seconds = time.perf_counter() - start
        yield Row("mutants of the right version, caught", good, f"{exercise.name}: {line}", seconds)


def road_pieces() -> Iterator[Piece]:
    """Give each exercise, to count its right versions."""
    for exercise in WRITTEN:
        yield Piece("roads", exercise.name, partial(of_roads, exercise))


def of_roads(exercise: Exercise) -> Iterator[Row]:
    """Count an exercise's right versions: the library's, the plain one, and those by other roads."""
    others = {fn for name, fn, _ in RIGHT if name == exercise.name}
    count = len({exercise.truth, exercise.source}) + len(others)
    yield Row("exercises with three right versions", count >= 3, f"{exercise.name}: {count}")


def pieces() -> list[Piece]:
    """Return all pieces; what the checker was not built on stands first."""
    sections = (learner_pieces, foreign_pieces, stub_pieces, mistake_pieces, right_pieces, mutant_pieces, road_pieces)
    return [piece for section in sections for piece in section()]
