"""What the textbook version computes and the learner's does not, in the learner's own names.

Both are run on one case. Variables that hold the same are taken for each other, so that an expression or a line of
the textbook can be written with the learner's names, and be offered where a wrong value is made, or a line is missing.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from .influence import owners
from .operators.base import HELD, TICK, Place, parse
from .operators.places import places
from .recorded import Recorder
from .workshop import Unit

LONGEST = 40  # parts that what is taken over may have
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
