"""The search for mends of one function: edits of one place, of all like places, of the textbook's, then of two."""

from __future__ import annotations

import ast
import contextlib
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import compare
from .agree import MOVES, Hit, Told, growth
from .influence import owners, ranks
from .offers import Textbook
from .operators import EVERYWHERE, alike, edits
from .operators.base import GIVEN, HELD, TICK, Edit, Scope, weight
from .operators.places import is_default
from .played import Played, numbers
from .recorded import Recorder, lines_of
from .registry import exercises
from .run import Outcome, Subject, play
from .scope import scope_of
from .source import Source, read
from .textbook import apart_by, bag
from .variants import Book, book, is_right, redrawn, right
from .workshop import Workshop, reached

BUDGET = 1_750_000  # calls and parts of the tree that candidates may cost, about as many microseconds
SHARES = {"single": 1.0, "textbook": 0.25, "double": 0.55}  # of the budget
PRICE, ROUND = 300, 25  # what a candidate costs besides, and each round of a loop
UNUSUAL = ("missing", "call", "operation", "ingredient", "exchange", "elsewhere")  # with many edits, tried last
ELEMENTS = 2_000  # bytes that a statement works through for the price of a call
SLACK = 4  # a candidate may go so many times as many rounds as the function itself, and a thousand more
TIMES = 10  # so many times as large as any array of the right call, or of the learner's, a candidate's may be
DRAWS = (1009, 2003, 3001)  # fresh draws on which a mend must hold
COMMON = 300  # unusual edits that are tried as second ones before the textbook's
SEEDS = 6  # first edits that a second one is sought for


class Spent(Exception):
    """The budget is used up."""


@dataclass
class Seed:
    """A first edit that a second one is sought for: what it gave in the first case, and the case to seek in."""

    edit: Edit
    got: Outcome
    case: int


class Search:
    """The search for mends of one function."""

    def __init__(self, played: Played, source: Source, budget: int):
        self.played, self.known, self.budget, self.whole = played, played.known, budget, budget
        self.shop = Workshop(source, played.subject, doubt=self.is_doubtful)
        wrong = set(played.wrong(edges=False))
        self.order = sorted(played.known.ordinary, key=lambda i: (i not in wrong, numbers(played.known.cases[i]), i))
        self.first = self.order[0]
        self.fresh: list[Book] = []
        self.seeds: list[Seed] = []
        self.price = PRICE
        self.prices: dict[int, int] = {}  # what each case costs besides
        self.passed: dict[int, list[set[int]]] = {}
        self.sizes: dict[int, int] = {}
        self.ours: Recorder | None = None
        self.torch = uses_torch([*reached(self.shop.units).values(), *self.known.cases[self.first].args.values()])
        self.statements = sum(isinstance(n, ast.stmt) for n in ast.walk(self.shop.units[0].node))
        self.aim = next(iter(self.names_wrong(played.outcomes[self.first])), "")

    def is_doubtful(self, name: str, given: Any) -> bool:
        """Return whether a helper may be wrong: not one that is itself an exercise, and right."""
        if name not in exercises() or name == self.known.exercise.name:
            return True
        known = book(name)
        subject = Subject(given, None, known.exercise.returns, next(known.helpers()))
        return not is_right(known, known.run(subject))

    def is_alike(self) -> bool:
        """Return whether a copy of the function does what the function does: not where a decorator changes it."""
        got = self.outcome(self.shop.made(), self.first)
        return compare.same(got, self.played.outcomes[self.first])

    # --- stages ------------------------------------------------------------------------------------------------------

    def hits(self) -> list[Hit]:
        """Return the mends of one edit, else of one in all like places, else with the textbook's, else of two edits."""
        scopes = self.look()
        if not scopes:
            return []
        usual, repeated, rest = self.singles(scopes)
        self.rank(self.played.outcomes[self.first])
        likely = [*self.likely(usual), *repeated, *self.likely(rest)]
        found = self.stage("single", ((edit,) for edit in likely))
        if found:
            return [hit for hit in found if not hit.everywhere] or found
        offers = self.textbook()
        found = self.stage("textbook", ((edit,) for edit in offers))
        return found or self.doubles(scopes, offers)

    def stage(self, name: str, edits_: Iterable[tuple[Edit, ...]]) -> list[Hit]:
        """Return the mends of one stage, within its share of the budget."""
        self.budget = int(SHARES[name] * self.whole)
        return self.all_of(edits_)

    def singles(self, scopes: list[Scope]) -> tuple[list[Edit], list[Edit], list[Edit]]:
        """Return all edits of one place: the usual, those of all like places, and the rest."""
        usual: list[Edit] = []
        repeated: list[Edit] = []
        rest: list[Edit] = []
        for k, (unit, scope) in enumerate(zip(self.shop.units, scopes, strict=True)):
            single = [replace(edit, unit=k) for edit in edits(unit.node, scope)]
            mine = [edit for edit in single if edit.operator not in UNUSUAL]
            usual += mine
            repeated += [replace(edit, unit=k) for edit in alike(mine)]
            rest += [edit for edit in single if edit.operator in UNUSUAL]
        return usual, repeated, rest

    def likely(self, found: list[Edit]) -> list[Edit]:
        """Return edits in the order in which they are tried: of the function itself first, then by their rank."""
        return sorted(found, key=lambda edit: (edit.unit > 0, self.rank_of(edit), edit.detail == "turned"))

    def rank(self, got: Outcome) -> None:
        """Look which statements the values come from that an outcome of the first case has wrong."""
        main = self.shop.units[0].node
        self.owner = owners(main)
        self.ranks = ranks(main, self.known.exercise.returns, self.names_wrong(got))
        stopped = got.failure.number - self.shop.units[0].source.first + 1 if got.failure else 0
        for statement in self.owner.values():
            if stopped in lines_of(statement):
                self.ranks[id(statement)] = -1

    def rank_of(self, edit: Edit) -> int:
        """Return how soon an edit is tried: first where a function stopped, or what only wrong values come from."""
        statement = self.owner.get(id(edit.old))
        return self.ranks.get(id(statement), 1) if statement is not None else 1

    def textbook(self) -> list[Edit]:
        """Return the edits that take something over from the textbook version."""
        if self.ours is None or self.ours.subject is None:
            return []
        offers = Textbook(self.ours, self.ours.units[0], self.mine, self.shop.units[0]).offers()
        return [edit for edit in offers if self.is_reached(edit)]

    def all_of(self, edits_: Iterable[tuple[Edit, ...]], before: tuple[Edit, ...] = ()) -> list[Hit]:
        """Return the mends among edits, as far as the budget goes."""
        found: list[Hit] = []
        with contextlib.suppress(Spent):
            for now in edits_:
                if self.is_reached(now[0]):
                    found += self.tried(now, before)
        return found

    def doubles(self, scopes: list[Scope], offers: list[Edit]) -> list[Hit]:
        """Return the mends of two edits, of which the first makes the first wrong value right."""
        self.budget = int(SHARES["double"] * self.whole)
        found: list[Hit] = []
        for seed in sorted(self.seeds, key=lambda seed: seed.case != self.first)[:SEEDS]:
            self.order.sort(key=lambda i: i != seed.case)
            before = set(self.shop.changed_)
            self.shop.apply(seed.edit)
            try:
                usual, _, rest = self.singles(scopes)
                self.rank(seed.got if seed.case == self.first else self.played.outcomes[self.first])
                second = [*self.likely(usual), *self.likely(rest)[:COMMON], *offers, *self.likely(rest)[COMMON:]]
                found += self.all_of(((edit,) for edit in second), (seed.edit,))
            finally:
                seed.edit.undo()
                self.shop.changed_ = before
        return found

    # --- a look at the function and the textbook's -------------------------------------------------------------------

    def look(self) -> list[Scope]:
        """Return what each function works with, as one call of the first case shows it; nothing where none runs."""
        self.mine = Recorder(self.shop)
        if self.mine.subject is None:
            return []
        self.record(self.mine, self.mine.subject, lines=True)
        self.read_textbook()
        self.price += sum(weight(unit.node) for unit in self.shop.units)
        self.weigh(self.shop.made())
        self.shop.limit = 100_000
        self.outcome(self.shop.made(), self.first)
        self.shop.limit = SLACK * self.shop.rounds + 1000
        textbook = self.ours.units[0].node if self.ours else None
        both = zip(self.shop.units, self.mine.held, strict=True)
        return [scope_of(unit.node, held, textbook) for unit, held in both]

    def read_textbook(self) -> None:
        """Watch the textbook version in the first case, and how large its arrays are in all."""
        subject = right(self.known.exercise, self.known.exercise.source)
        source = read(subject.fn)
        if source is None:
            return
        subject.companions = self.played.subject.companions
        ours = Recorder(Workshop(source, subject, guarded=False))
        if ours.subject is not None:
            self.record(ours, ours.subject)
            self.weigh(subject)
            self.ours = ours

    def weigh(self, subject: Subject | None) -> None:
        """Count what each case costs; a function that stops early is not taken for a cheap one."""
        for i in self.order if subject else []:
            count = calls(lambda i=i: play(self.known.exercise, subject, self.known.cases[i]))  # type: ignore[misc, arg-type]
            self.prices[i] = max(self.prices.get(i, 0), count)

    def record(self, recorder: Recorder, subject: Subject, lines: bool = False) -> None:
        """Play all cases, watched: the first in full, of the others the lines and the largest array."""
        for i in self.order:
            recorder.full, recorder.largest = i == self.first, 0
            recorder.lines = [set() for _ in recorder.units]
            play(self.known.exercise, subject, self.known.cases[i])
            if lines:
                self.passed[i] = recorder.lines
            self.sizes[i] = max(self.sizes.get(i, 0), TIMES * recorder.largest, TIMES * largest(self.known.truth[i]))

    def is_reached(self, edit: Edit) -> bool:
        """Return whether the case that fails first comes by an edit's line at all."""
        lines = self.passed.get(self.order[0], [])
        if is_default(edit.spots[0][0]) or not any(lines):
            return True
        return any(line in lines[edit.unit] for line in span(edit.old))

    # --- candidates --------------------------------------------------------------------------------------------------

    def outcome(self, subject: Subject | None, i: int, book: Book | None = None) -> Outcome:
        """Play one case; pay for it."""
        if subject is None:
            self.budget -= self.price
            return Outcome(blank=True)
        self.shop.rounds, self.shop.largest = 0, 0
        self.shop.most = max(self.sizes.values(), default=0) if book else self.sizes.get(i, 0)
        reseed(self.torch)
        book = book or self.known
        got = play(book.exercise, subject, book.cases[i])
        price = self.price + (max(self.prices.values(), default=0) if book is not self.known else self.prices.get(i, 0))
        self.budget -= price + ROUND * self.shop.rounds + self.shop.largest * self.statements // ELEMENTS
        if self.budget < 0:
            raise Spent
        return got

    def tried(self, now: tuple[Edit, ...], before: tuple[Edit, ...] = ()) -> Iterator[Hit]:
        """Give the mend if an edit is one: right in the case that failed first, in the others, and on fresh draws."""
        with self.shop.changed(now[0]) as subject:
            got = self.outcome(subject, self.order[0])
            if not compare.same(got, self.known.truth[self.order[0]]):
                self.keep(now[0], got, before, subject)
                return
            assert subject is not None
            bad = next((i for i in self.order[1:] if not self.right(subject, i)), None)
            if bad is not None:
                if not before:
                    self.seeds.append(Seed(now[0], got, bad))
                return
            if self.holds(subject):
                yield self.hit(before + now, subject)

    def right(self, subject: Subject, i: int) -> bool:
        """Return whether a candidate is right in a case."""
        return compare.same(self.outcome(subject, i), self.known.truth[i])

    def keep(self, edit: Edit, got: Outcome, before: tuple[Edit, ...], subject: Subject | None) -> None:
        """Remember an edit that makes the first wrong value right in all cases, and spoils none."""
        if before or subject is None or not self.aim or got.failure or len(self.seeds) >= SEEDS:
            return
        wrong = self.names_wrong(got)
        if self.aim in wrong or not set(wrong) < set(self.names_wrong(self.played.outcomes[self.first])):
            return
        if any(compare.same(got, other.got) for other in self.seeds):
            return
        outcomes = [got] + [self.outcome(subject, i) for i in self.order[1:]]
        if compare.agree(outcomes, [self.known.truth[i] for i in self.order], self.aim):
            self.seeds.append(Seed(edit, got, self.first))

    def names_wrong(self, got: Outcome) -> list[str]:
        """Return the values that an outcome of the first case has wrong."""
        return compare.wrong_names([got], [self.known.truth[self.first]])

    def holds(self, subject: Subject) -> bool:
        """Return whether a mend is right on draws that it was not sought on."""
        for k, draw in enumerate(DRAWS):
            if k == len(self.fresh):
                self.fresh.append(redrawn(self.known.exercise, draw))
            book = self.fresh[k]
            outcomes = [self.outcome(subject, i, book) for i in range(len(book.cases))]
            if not is_right(book, outcomes):
                return False
        return True

    # --- what is told ------------------------------------------------------------------------------------------------

    def hit(self, parts: tuple[Edit, ...], subject: Subject) -> Hit:
        """Return a mend with its lines and texts, as the learner numbers them."""
        edges = [i for i in range(len(self.known.cases)) if i not in self.known.ordinary]
        good = all(compare.same(self.outcome(subject, i), self.known.truth[i]) for i in edges)
        return Hit(tuple(self.told(edit) for edit in parts), good)

    def told(self, edit: Edit) -> Told:
        """Return an edit with its line and texts."""
        unit = self.shop.units[edit.unit]
        number = unit.source.number(edit.old)
        size = size_of(edit)
        return Told(edit, (unit.name, number), text(edit.old), text(edit.new), self.line_of(edit), size)

    def line_of(self, edit: Edit) -> str:
        """Return the statement as an edit makes it; "" where it is moved or left out."""
        if edit.operator in MOVES or edit.detail.endswith(EVERYWHERE) or is_default(edit.spots[0][0]):
            return ""
        new = edit.spots[0][1]
        for statement in ast.walk(self.shop.units[edit.unit].node):
            simple = isinstance(statement, ast.stmt) and not hasattr(statement, "body")
            if simple and any(part is new for part in ast.walk(statement)):
                return text(statement)
        return ""


def size_of(edit: Edit) -> int:
    """Return how much an edit changes: what it adds, and of what is taken from the textbook all in which it differs."""
    if edit.detail == "textbook" and edit.new is not None:
        return apart_by(bag(edit.old), bag(edit.new))
    if edit.operator == "absent":
        return 1 if edit.detail.startswith(GIVEN) else weight(edit.new)
    return growth(edit)


def span(node: ast.AST) -> range:
    """Return the lines of a part, as its tree numbers them, and those just above that a statement may begin in."""
    first = getattr(node, "lineno", 1)
    return range(first, getattr(node, "end_lineno", first) + 1)


def largest(outcome: Outcome) -> int:
    """Return the size of the largest value of an outcome, in bytes."""
    return max((value.nbytes for value in outcome.values.values() if isinstance(value, np.ndarray)), default=0)


def uses_torch(values: Iterable[Any]) -> bool:
    """Return whether any value is a tensor or belongs to torch, or is a class that may."""
    return any(hasattr(value, "detach") or "torch" in str(getattr(value, "__name__", "")) for value in values)


def reseed(torch_too: bool) -> None:
    """Begin the global generators anew, so that one candidate draws as another does."""
    np.random.seed(0)
    random.seed(0)
    if torch_too and "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


def calls(work: Callable[[], Any]) -> int:
    """Return how many calls a piece of work makes: what it costs, the same on every computer."""
    count, before = 0, sys.getprofile()

    def note(_frame: Any, event: str, _more: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def text(node: ast.AST | None) -> str:
    """Return the source of a part in one line."""
    if node is None:
        return ""
    whole = ast.unparse(node).replace(f"    {TICK}()\n", "").split("\n")
    first = re.sub(rf"{HELD}\((.*)\)$", r"\1", whole[0])
    return f"{first} {whole[1].strip()}" if len(whole) == 2 and first.endswith(":") else first
