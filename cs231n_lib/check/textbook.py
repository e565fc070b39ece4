"""What the textbook version computes and the learner's does not, in the learner's own names.

Both are run on one case. Variables that hold the same are taken for each other, so that an expression or a line of
the textbook can be written with the learner's names, and be offered where a wrong value is made, or a line is missing.
"""

from __future__ import annotations

import ast
import builtins
import copy
import types
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from .influence import owners
from .operators.base import GIVEN, HELD, TICK, Edit, Place, called, is_tick, parse, weight
from .operators.lines import blocks
from .operators.places import is_default, is_returned, is_target, located, places
from .recorded import Recorder
from .workshop import Unit

LONGEST = 40  # parts that what is taken over may have
FAR = 16  # parts by which it may differ from what it stands for
OFFERS = 400  # how many are tried
INLINED = 3  # how many definitions of the textbook are put in one into the other

Key = tuple[Any, ...]
Line = ast.Assign | ast.AugAssign


def key_of(value: Any) -> Key | None:
    """Return what two values share that are equal; None for one that says nothing."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return None
    if hasattr(value, "detach") and isinstance(getattr(value, "shape", None), tuple):
        value = value.detach().cpu().numpy()
    if isinstance(value, (int, float, np.number)):
        return None if value in (0, 1) else ("one", isinstance(value, (int, np.integer)), f"{float(value):.6e}")
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub" or not value.any():
        return None
    numbers = value.astype(float).ravel()
    spread = float(np.abs(numbers) @ np.cos(np.arange(numbers.size)))
    return "array", value.shape, f"{numbers.sum() + 0.0:.5e}", f"{spread:.5e}"


class Names:
    """The names of a function at one point, by what they hold."""

    def __init__(self, held: dict[str, Any]):
        self.known: dict[Key, str] = {}
        for text, value in paths(held):
            key = key_of(value)
            if key is not None:
                self.known.setdefault(key, text)
        self.held = held

    def all(self, value: Any) -> list[str]:
        """Return all names and entries that hold a value, the last first."""
        key = key_of(value)
        same = [text for text, other in paths(self.held) if key is not None and key_of(other) == key]
        return [text for text in reversed(same) if is_name(parse(text))]

    def of(self, value: Any) -> str:
        """Return what holds a value; "" where nothing does."""
        key = key_of(value)
        return self.known.get(key, "") if key is not None else ""


def paths(held: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give all that names reach: themselves, entries and attributes, sizes, then arrays turned."""
    yield from held.items()
    for name, value in held.items():
        yield from entries(name, value)
    for name, value in held.items():
        if isinstance(value, np.ndarray):
            yield from ((f"{name}.shape[{k}]", size) for k, size in enumerate(value.shape))
            if value.ndim == 2:
                yield f"{name}.T", value.T


def entries(name: str, value: Any, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """Give what a tuple, a dictionary or an object holds."""
    if isinstance(value, (tuple, list)) and len(value) <= 24:
        inner = [(f"{name}[{k}]", part) for k, part in enumerate(value)]
    elif isinstance(value, dict):
        inner = [(f"{name}[{key!r}]", part) for key, part in value.items() if isinstance(key, str)]
    elif name == "self":
        inner = [(f"self.{key}", part) for key, part in vars(value).items()]
    else:
        return
    for text, part in inner:
        yield text, part
        if depth > 1:
            yield from entries(text, part, depth - 1)


class Translator:
    """Writes parts of the textbook with the names that a learner's function has at one point."""

    def __init__(self, book: Recorder, unit: Unit, names: Names, known: dict[str, Any]):
        self.book, self.names, self.known = book, names, known
        self.definitions = definitions(unit.node)
        self.inlined = 0

    def whole(self, node: ast.expr) -> ast.expr | None:
        """Return a part of the textbook as such, in the learner's names; None where there is no way to say it."""
        self.inlined = 0
        return self.parts(node)

    def one(self, node: ast.AST) -> Any:
        """Return a part below: a name of the learner's that holds the same, else what makes it."""
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant) and id(node) in self.book.values:
            text = self.names.of(self.book.values[id(node)])
            if text:
                return parse(text)
        return self.parts(node)

    def parts(self, node: ast.AST) -> Any:
        """Return a part made of its own parts."""
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)):
            return None
        if isinstance(node, ast.Name):
            return self.name(node)
        made: dict[str, Any] = {}
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                made[field] = [self.one(v) if isinstance(v, ast.AST) else v for v in value]
                if any(v is None for v in made[field]):
                    return None
            elif isinstance(value, ast.AST):
                made[field] = self.one(value)
                if made[field] is None:
                    return None
            else:
                made[field] = value
        return type(node)(**made)

    def name(self, node: ast.Name) -> Any:
        """Return a name of the textbook: what holds the same, what it is made of, or the same global."""
        text = self.names.of(self.book.values.get(id(node)))
        if text:
            return parse(text)
        if node.id in self.definitions:
            self.inlined += 1
            return self.one(self.definitions[node.id]) if self.inlined <= INLINED else None
        if node.id in self.known or hasattr(builtins, node.id):
            return ast.Name(id=node.id, ctx=ast.Load())
        same = node.id in self.names.held and node.id in self.book.held[0]
        return ast.Name(id=node.id, ctx=ast.Load()) if same else None


def definitions(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return what each name is made of that is given a value once."""
    stores = Counter(n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    assigned = [n for n in ast.walk(function) if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)]
    return {n.targets[0].id: n.value for n in assigned if stores[n.targets[0].id] == 1}  # type: ignore[attr-defined]


# --- offers -----------------------------------------------------------------------------------------------------------


class Textbook:
    """Offers what the textbook has and the learner's function lacks, the smallest changes first."""

    def __init__(self, book: Recorder, book_unit: Unit, mine: Recorder, unit: Unit, number: int):
        self.book, self.book_unit, self.mine, self.unit, self.number = book, book_unit, mine, unit, number
        self.known = unit.original.__globals__
        self.open = undefined(unit.node, {**self.known, **dict.fromkeys(unit.free)})
        mine_, ours = mine.values.values(), book.values.values()
        self.right = {key for key in map(key_of, ours) if key}
        self.there = {key for key in map(key_of, mine_) if key}
        short = [n for n in parts(book_unit.node) if id(n) in book.values and weight(n) <= LONGEST]
        self.expressions = [n for n in short if is_value(book.values[id(n)])]

    def offers(self) -> list[Edit]:
        """Return the edits, nearest first."""
        found = sorted([*self.replaced(), *self.added()], key=lambda pair: pair[0])
        return [edit for _, edit in found[:OFFERS]]

    def replaced(self) -> Iterator[tuple[int, Edit]]:
        """Give expressions of the textbook in place of those that make no right value."""
        stored = {id(p.node) for p in places(self.unit.node) if is_target(p)}
        by_statement: dict[int, list[Place]] = {}
        for statement, place in owned(self.unit.node):
            if id(place.node) in stored or is_default(place):
                continue
            if self.is_wrong(place.node) or self.is_alone(place):
                by_statement.setdefault(id(statement), []).append(place)
        for number, wrong in by_statement.items():
            if number in self.mine.before:
                ours = self.translated(self.mine.before[number])
                yield from (pair for place in wrong for pair in self.at(place, ours))

    def is_alone(self, place: Place) -> bool:
        """Return whether a part is all that is assigned or returned, a right value that may be due elsewhere."""
        whole = isinstance(place.parent, ast.stmt) or called(place.parent) == HELD or is_returned(place)
        return whole and key_of(self.mine.values.get(id(place.node))) in self.right

    def is_wrong(self, node: ast.AST) -> bool:
        """Return whether a part makes a value that the textbook does not make, or none at all."""
        if not isinstance(node, ast.expr) or isinstance(node, (ast.Slice, ast.Starred)):
            return False
        if id(node) not in self.mine.values:
            return True
        value = self.mine.values[id(node)]
        return is_value(value) and key_of(value) not in self.right

    def translated(self, held: dict[str, Any]) -> list[tuple[ast.expr, Counter]]:
        """Return all expressions of the textbook in the names that hold something at a point."""
        translator = Translator(self.book, self.book_unit, Names(held), self.known)
        found: dict[str, ast.expr] = {}
        for node in self.expressions:
            made = translator.whole(node)
            if made is not None and weight(made) <= LONGEST:
                found.setdefault(ast.unparse(made), made)
        return [(made, bag(made)) for made in found.values()]

    def at(self, place: Place, ours: list[tuple[ast.expr, Counter]]) -> Iterator[tuple[int, Edit]]:
        """Give what may stand at a place instead."""
        mine = bag(place.node)
        made_before = is_name(place.node) and not self.is_alone(place)
        for made, theirs in ours:
            far = apart_by(mine, theirs)
            if 0 < far <= FAR and (is_name(made) or not made_before):
                new = located(copy.deepcopy(made), place.node)
                yield far, Edit("ingredient", ((place, new),), place.node, new, "textbook", self.number)

    def added(self) -> Iterator[tuple[int, Edit]]:
        """Give lines of the textbook where the learner may have left them out."""
        lines = [s for s in ast.walk(self.book_unit.node) if isinstance(s, (ast.Assign, ast.AugAssign))]
        lines = [s for s in lines if id(s) in self.book.after and weight(s) <= LONGEST]
        lines = lines if self.open else [s for s in lines if self.is_new(s)]
        for block in blocks(self.unit.node):
            for i, line in enumerate(block.node):
                if is_tick(line) or is_remark(line) or id(line) not in self.mine.before:
                    continue
                translator = Translator(self.book, self.book_unit, Names(self.mine.before[id(line)]), self.known)
                for statement in lines:
                    for new in self.rewritten(statement, translator):
                        made = [*block.node[:i], located(ast.copy_location(new, line), line), *block.node[i:]]
                        detail = GIVEN * (root(new) in self.open) + ast.unparse(new)
                        far = 0 if root(new) in self.open else weight(new)
                        yield far, Edit("absent", ((block, made),), line, new, detail, self.number)

    def is_new(self, statement: Line) -> bool:
        """Return whether a line of the textbook makes what the learner's function has nowhere."""
        target = root(statement)
        key = key_of(self.book.after[id(statement)].get(target)) if target else None
        return key is not None and key not in self.there

    def rewritten(self, statement: Line, translator: Translator) -> Iterator[Line]:
        """Give a line of the textbook in the learner's names."""
        value = translator.whole(statement.value)
        if value is None or weight(value) > LONGEST:
            return
        target = statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]
        before = self.book.before.get(id(statement), {})
        for name in translator.names.all(before.get(root(statement))):
            into = self.into(name, target, translator)
            if into is not None and isinstance(statement, ast.AugAssign):
                yield ast.AugAssign(target=into, op=statement.op, value=copy.deepcopy(value))
            elif into is not None and isinstance(target, ast.Subscript):
                yield ast.Assign(targets=[into], value=copy.deepcopy(value))
        if isinstance(target, ast.Name) and isinstance(statement, ast.Assign):
            for name in sorted(self.open):
                yield ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=copy.deepcopy(value))
            yield from self.onto(value)

    @staticmethod
    def into(name: str, target: ast.expr, translator: Translator) -> Any:
        """Return what a line of the textbook writes to, where a name holds what the textbook's held before."""
        if not isinstance(target, ast.Subscript):
            return stored(name)
        index = translator.one(target.slice)
        return ast.Subscript(value=parse(name), slice=index, ctx=ast.Store()) if index is not None else None

    def onto(self, value: ast.expr) -> Iterator[Line]:
        """Give a value to each name that it is made of."""
        used = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        for name in sorted(used):
            if any(name in held for held in self.mine.before.values()):
                yield ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=copy.deepcopy(value))


def stored(text: str) -> ast.expr:
    """Return what a path names, to be assigned to."""
    node = parse(text)
    if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)):
        node.ctx = ast.Store()
    return node


def root(statement: Line) -> str:
    """Return the name that a line writes to; "" for several, or for none."""
    node: ast.AST = statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


COMPUTES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript, ast.Compare, ast.Attribute, ast.BoolOp)


def parts(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Give the parts of a function that compute, and its names and constants."""
    for node in ast.walk(function):
        if isinstance(node, (*COMPUTES, ast.Constant, ast.Name)):
            yield node


def owned(function: ast.FunctionDef) -> Iterator[tuple[ast.stmt, Place]]:
    """Give each part of a function with the statement that it belongs to."""
    owner = owners(function)
    for place in places(function):
        if id(place.node) in owner and not isinstance(place.node, ast.stmt):
            yield owner[id(place.node)], place


def is_value(value: Any) -> bool:
    """Return whether something is a value, no function and no module."""
    return not callable(value) and not isinstance(value, types.ModuleType)


def is_remark(line: ast.stmt) -> bool:
    """Return whether a line is a text that stands alone, such as the one that says what a function does."""
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def is_name(node: ast.AST) -> bool:
    """Return whether a part is a name, or an entry or attribute of one."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return isinstance(node, ast.Name)


def undefined(function: ast.FunctionDef, known: dict[str, Any]) -> set[str]:
    """Return the names that a function reads and nothing gives a value."""
    nodes = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    given = {n.id for n in nodes if not isinstance(n.ctx, ast.Load)} | {TICK, HELD}
    given |= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    return {n.id for n in nodes if n.id not in given and n.id not in known and not hasattr(builtins, n.id)}


def bag(node: ast.AST) -> Counter:
    """Return the parts of a tree, each with how often it is there."""
    return Counter(label(part) for part in ast.walk(node) if not isinstance(part, (ast.expr_context, ast.keyword)))


def label(node: ast.AST) -> str:
    """Return what two parts share that are the same but for what hangs below them."""
    more = [str(v) for _, v in ast.iter_fields(node) if not isinstance(v, (ast.AST, list))]
    return f"{type(node).__name__} {' '.join(more)}"


def apart_by(one: Counter, other: Counter) -> int:
    """Return how many parts two trees do not share."""
    return (one - other).total() + (other - one).total()
