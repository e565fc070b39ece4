"""The smallest edit of the learner's own source after which every case is right, if one can be found.

A mend counts only where it is right on fresh draws as well. The budget is counted in calls, never in seconds, so the
same function is told the same on every computer. Each loop of a changed copy counts its rounds and stops after a few.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from . import compare
from .apart import apart
from .harmless import harmless
from .operators import EVERYWHERE, REPEATED, TICK, Edit, Scope, alike, edits, is_tick, kind
from .played import Played, numbers
from .run import Outcome, Subject, play, quiet
from .source import Source, definition, read
from .variants import Book, is_right, redrawn

BUDGET = 2_600_000  # calls and parts of the tree that candidates may cost, about as many microseconds
PRICE, ROUND = 300, 25  # what a candidate costs besides, and each round of a loop
UNUSUAL = ("missing", "call", "ingredient", "exchange", "elsewhere")  # operators with many edits, tried last
SLACK = 4  # a candidate may go so many times as many rounds as the function itself, and a thousand more
DRAWS = (1009, 2003, 3001)  # fresh draws on which a mend must hold
MOVES = ("swap", "elsewhere", "line", "in", "out")  # operators that write nothing new
SHORT, PARTS = 12, 8  # how long and how many parts of the function may be put in elsewhere
SEEDS = 6  # first edits that a second one is sought for


@dataclass(frozen=True)
class Part:
    """One change: the operator ("" where several would do), the lines it may stand in, and the texts where it is sure.

    old, new: the expression and what stands in its place.  full: the mended line as a whole.
    everywhere: whether the same change is due at all like places.
    """

    operator: str
    lines: list[int]
    old: str = ""
    new: str = ""
    full: str = ""
    everywhere: bool = False


@dataclass(frozen=True)
class Mended:
    """What is told of a mend: one change, or two."""

    parts: list[Part]

    @property
    def lines(self) -> list[int]:
        """Return all lines that it may change."""
        return [line for part in self.parts for line in part.lines]


class Endless(BaseException):
    """A loop of a candidate has gone too many rounds."""


class Spent(Exception):
    """The budget is used up."""


@dataclass(frozen=True)
class Told:
    """One edit of a mend with its line and texts, and the whole line as it is then."""

    edit: Edit
    line: int
    old: str
    new: str
    full: str

    @property
    def size(self) -> int:
        """Return how much the edit adds to the source; a line that is only moved adds nothing."""
        edit = self.edit
        return 0 if edit.operator in MOVES else max(0, weight(edit.new) - weight(edit.old))


@dataclass(frozen=True)
class Hit:
    """One mend: its edits, and whether it is right on edges as well."""

    parts: tuple[Told, ...]
    edges: bool

    @property
    def everywhere(self) -> bool:
        """Return whether it makes one edit in several places."""
        return any(len(part.edit.spots) > 1 and part.edit.operator in REPEATED for part in self.parts)

    @property
    def size(self) -> int:
        """Return how much it adds to the source."""
        return sum(part.size for part in self.parts)


def weight(node: ast.AST | None) -> int:
    """Return how many parts a tree has."""
    return sum(1 for _ in ast.walk(node)) if node is not None else 0


def mend(played: Played, budget: int = BUDGET) -> Mended | None:
    """Return the smallest edit that makes the function right; None where there is none, or where several disagree."""
    source = read(played.subject.fn)
    node = source and definition(source.tree, source.function.__name__)
    if source is None or node is None or not harmless(played.subject) or not played.wrong(edges=False):
        return None
    told = apart(lambda: searched(played, source, budget))
    return told and Mended([Part(**part) for part in told])


def searched(played: Played, source: Source, budget: int) -> list[dict[str, Any]] | None:
    """Return what is told of the mends of a function, ready to be sent."""
    with quiet():
        found = agreed(Search(played, source, budget).hits())
    return [vars(part) for part in found.parts] if found else None


# --- the search -------------------------------------------------------------------------------------------------------


class Workshop:
    """A copy of the learner's function whose tree may be changed, and what makes a subject of it."""

    def __init__(self, source: Source, subject: Subject):
        self.source, self.subject = source, subject
        tree = copy.deepcopy(source.tree)
        node = definition(tree, source.function.__name__)
        assert node is not None
        node.decorator_list = []
        self.node: ast.FunctionDef = node
        self.free = source.function.__code__.co_freevars
        head = f"def shell({', '.join([*self.free, TICK])}):\n    return {node.name}"
        self.shell = ast.parse(head)
        self.shell.body[0].body.insert(0, node)  # type: ignore[attr-defined]
        for loop in [n for n in ast.walk(node) if isinstance(n, (ast.For, ast.While))]:
            loop.body.insert(0, ast.copy_location(ast.Expr(value=ast.parse(f"{TICK}()", mode="eval").body), loop))
        ast.fix_missing_locations(self.shell)
        self.rounds, self.limit = 0, 100_000

    def tick(self) -> None:
        """Count one round of a loop."""
        self.rounds += 1
        if self.rounds > self.limit:
            raise Endless

    def made(self, more: Callable[..., None] | None = None) -> Subject | None:
        """Return the subject that the tree makes as it stands; None where it makes no function."""
        original = self.source.function
        namespace: dict[str, Any] = {}
        try:
            exec(compile(self.shell, original.__code__.co_filename, "exec"), namespace)
        except (SyntaxError, ValueError, TypeError):
            return None
        made = namespace["shell"](*[None] * len(self.free), more or self.tick)
        cells = dict(zip(self.free, original.__closure__ or (), strict=True))
        own = dict(zip(made.__code__.co_freevars, made.__closure__ or (), strict=True))
        closure = tuple(cells.get(name) or own[name] for name in made.__code__.co_freevars)
        globals_, defaults = original.__globals__, original.__defaults__
        function = types.FunctionType(made.__code__, globals_, original.__name__, defaults, closure or None)
        function.__kwdefaults__ = original.__kwdefaults__
        owner = self.subject.owner
        if owner is not None:
            owner = type(owner.__name__, (owner,), {function.__name__: function})
        return Subject(function, owner, self.subject.returns, self.subject.companions)

    @contextlib.contextmanager
    def changed(self, edit: Edit) -> Iterator[Subject | None]:
        """Apply an edit, give the subject, and put the tree back."""
        edit.apply()
        try:
            yield self.made()
        finally:
            edit.undo()


@dataclass
class Seed:
    """A first edit that a second one is sought for: what it gave in the first case, and the case to seek in."""

    edit: Edit
    got: Outcome
    case: int


class Search:
    """The search for mends of one function."""

    def __init__(self, played: Played, source: Source, budget: int):
        self.played, self.known, self.budget, self.second_budget = played, played.known, budget, budget // 2
        self.shop = Workshop(source, played.subject)
        wrong = set(played.wrong(edges=False))
        self.order = sorted(played.known.ordinary, key=lambda i: (i not in wrong, numbers(played.known.cases[i]), i))
        self.first = self.order[0]
        self.fresh: list[Book] = []
        self.seeds: list[Seed] = []
        self.price = PRICE
        self.passed: dict[int, set[int]] = {}
        self.aim = next(iter(self.names_wrong(played.outcomes[self.first])), "")

    def hits(self) -> list[Hit]:
        """Return the mends of one edit, else of one in all like places, else of two edits."""
        scope = self.scope()
        single = list(edits(self.shop.node, scope))
        usual = [edit for edit in single if edit.operator not in UNUSUAL]
        rest = [edit for edit in single if edit.operator in UNUSUAL]
        found = self.all_of((edit,) for edit in (*usual, *alike(usual), *rest))
        if found:
            return [hit for hit in found if not hit.everywhere] or found
        self.budget = self.second_budget
        return self.doubles(scope)

    def all_of(self, edits_: Iterable[tuple[Edit, ...]], before: tuple[Edit, ...] = ()) -> list[Hit]:
        """Return the mends among edits, as far as the budget goes."""
        found: list[Hit] = []
        with contextlib.suppress(Spent):
            for now in edits_:
                if self.is_reached(now[0]):
                    found += self.tried(now, before)
        return found

    def doubles(self, scope: Scope) -> list[Hit]:
        """Return the mends of two edits, of which the first makes the first wrong value right."""
        found: list[Hit] = []
        for seed in sorted(self.seeds, key=lambda seed: seed.case != self.first)[:SEEDS]:
            self.order.sort(key=lambda i: i != seed.case)
            seed.edit.apply()
            try:
                found += self.all_of(((edit,) for edit in edits(self.shop.node, scope)), (seed.edit,))
            finally:
                seed.edit.undo()
        return found

    def scope(self) -> Scope:
        """Return what the function works with, as one call of the first case shows it."""
        held: dict[str, Any] = {}
        probe = Workshop(self.shop.source, self.shop.subject)
        watch(probe.node)
        ast.fix_missing_locations(probe.shell)
        lines: set[int] = set()

        def look(line: int = 0, seen: dict[str, Any] | None = None) -> None:
            lines.add(line)
            if seen is not None and len(self.passed) == 1:
                held.update(copied(seen))

        subject = probe.made(look)
        if subject is None:
            return Scope([])
        for i in self.order:
            lines = self.passed[i] = set()
            play(self.known.exercise, subject, self.known.cases[i])
        self.price += weight(self.shop.node) + calls(lambda: self.outcome(self.shop.made(), self.first))
        self.shop.limit = 100_000
        self.outcome(self.shop.made(), self.first)
        self.shop.limit = SLACK * self.shop.rounds + 1000
        return Scope(
            names(self.shop.node, held),
            held,
            keys(self.shop.node),
            unread(self.shop.node, held),
            counters(self.shop.node),
            parts_of(self.shop.node),
        )

    def is_reached(self, edit: Edit) -> bool:
        """Return whether the case that fails first comes by an edit's line at all."""
        lines = self.passed.get(self.order[0], set())
        return not lines or any(line in lines for line in span(edit.old))

    def outcome(self, subject: Subject | None, i: int, book: Book | None = None) -> Outcome:
        """Play one case; pay for it."""
        self.shop.rounds = 0
        if subject is None:
            return Outcome(blank=True)
        book = book or self.known
        got = play(book.exercise, subject, book.cases[i])
        self.budget -= self.price + ROUND * self.shop.rounds
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

    def hit(self, parts: tuple[Edit, ...], subject: Subject) -> Hit:
        """Return a mend with its lines and texts, as the learner numbers them."""
        edges = [i for i in range(len(self.known.cases)) if i not in self.known.ordinary]
        good = all(compare.same(self.outcome(subject, i), self.known.truth[i]) for i in edges)
        return Hit(tuple(self.told(edit) for edit in parts), good)

    def told(self, edit: Edit) -> Told:
        """Return an edit with its line and texts."""
        return Told(edit, self.shop.source.number(edit.old), text(edit.old), text(edit.new), self.line_of(edit))

    def line_of(self, edit: Edit) -> str:
        """Return the statement as an edit makes it; "" where it is moved or left out."""
        if edit.operator in MOVES or edit.detail.endswith(EVERYWHERE):
            return ""
        place = edit.spots[0][1]
        for statement in ast.walk(self.shop.node):
            simple = isinstance(statement, ast.stmt) and not hasattr(statement, "body")
            if simple and any(part is place for part in ast.walk(statement)):
                return text(statement)
        return ""


def span(node: ast.AST) -> range:
    """Return the lines of a part, as its tree numbers them, and those just above that a statement may begin in."""
    first = getattr(node, "lineno", 1)
    return range(first, getattr(node, "end_lineno", first) + 1)


def watch(function: ast.FunctionDef) -> None:
    """Put a call before each statement that tells its lines, and before each return what all names hold."""
    for node in list(ast.walk(function)):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                setattr(node, name, [new for line in block for new in (*seen_at(line), line)])


def seen_at(statement: ast.stmt) -> list[ast.stmt]:
    """Return the calls that tell of a statement: one for each of its lines."""
    if is_tick(statement):
        return []
    last = statement.lineno if hasattr(statement, "body") else statement.end_lineno or statement.lineno
    more = ", locals()" if isinstance(statement, ast.Return) else ""
    return [ast.parse(f"{TICK}({n}{more})").body[0] for n in range(statement.lineno, last + 1)]


def counters(function: ast.FunctionDef) -> set[str]:
    """Return the variables of loops."""
    targets = [n.target for n in ast.walk(function) if isinstance(n, (ast.For, ast.comprehension))]
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


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


def copied(seen: dict[str, Any]) -> dict[str, Any]:
    """Return variables with a copy of each array: they may be written to later."""
    return {name: value.copy() if hasattr(value, "copy") else value for name, value in seen.items()}


def text(node: ast.AST | None) -> str:
    """Return the source of a part in one line."""
    if node is None:
        return ""
    return ast.unparse(node).replace(f"    {TICK}()\n", "").split("\n")[0]


def names(function: ast.FunctionDef, held: dict[str, Any]) -> list[str]:
    """Return the names in scope, those that are nowhere read first."""
    nodes = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    read_ = {n.id for n in nodes if isinstance(n.ctx, ast.Load)}
    known = [a.arg for a in (*function.args.args, *function.args.kwonlyargs)]
    known += [n.id for n in nodes if isinstance(n.ctx, ast.Store)]
    return sorted((n for n in dict.fromkeys(known) if n in held and n != "self"), key=lambda n: n in read_)


def unread(function: ast.FunctionDef, held: dict[str, Any]) -> list[str]:
    """Return the names of numbers and arrays that nothing reads."""
    read_ = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    found = [n for n in names(function, held) if n not in read_ and kind(held[n])[0] in ("array", "float")]
    return [n for n in found if n != "_"]


def keys(function: ast.FunctionDef) -> list[str]:
    """Return the texts used as keys in a function."""
    found = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [k for k in dict.fromkeys(found) if k.isidentifier()]


def is_number(node: ast.AST) -> bool:
    """Return whether a part computes numbers, or where numbers are larger than others."""
    sizes = isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Gt, ast.Lt, ast.GtE, ast.LtE))
    return sizes or isinstance(node, ast.BinOp)


def parts_of(function: ast.FunctionDef) -> list[str]:
    """Return the short sums, products and comparisons of a function, each once, that may be missing elsewhere."""
    found = (n for n in ast.walk(function) if is_number(n) and weight(n) <= SHORT)
    return [f"({one})" for one in dict.fromkeys(ast.unparse(node) for node in found)][:PARTS]


# --- what several mends have in common --------------------------------------------------------------------------------


def agreed(hits: Iterable[Hit]) -> Mended | None:
    """Return what the smallest mends have in common; None where they disagree on a change."""
    found = list(hits)
    found = [hit for hit in found if hit.edges] or found
    if not found:
        return None
    found = [hit for hit in found if hit.size == min(other.size for other in found)]
    parts = [common([hit.parts[k] for hit in found]) for k in range(len(found[0].parts))]
    return Mended([part for part in parts if part]) if all(parts) else None


def common(told: list[Told]) -> Part | None:
    """Return what edits of several mends say: an edit, a kind and its lines, up to two lines, or nothing."""
    first = told[0]
    edit = first.edit
    lines = sorted({one.line for one in told})
    one_kind = len({one.edit.effect for one in told}) == 1
    if len({id(one.edit.old) for one in told}) == 1 or (one_kind and len(lines) == 1):
        everywhere = edit.detail.endswith(EVERYWHERE)
        return Part(edit.operator, lines, first.old, first.new, first.full, everywhere)
    if one_kind and len(lines) <= 3:
        return Part(edit.operator, lines)
    return Part("", lines) if len(lines) <= 2 else None
