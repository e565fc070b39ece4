"""One call of a function as its tree saw it: the names before and after each statement, and each part's value."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import Any

from .operators.base import HELD, TICK, called, is_array, is_tick
from .run import Subject
from .workshop import Unit, Workshop

VISITS = 200  # how often a part is looked at in one call; what it was the last time is kept
DEPTH = 2  # how deep arrays inside other values are copied


class Recorder:
    """Watches calls of a workshop's functions as they stand; what was seen last is kept."""

    def __init__(self, shop: Workshop):
        self.units = shop.units
        self.nodes: list[ast.AST] = []
        self.seen: dict[int, int] = {}
        self.before: dict[int, dict[str, Any]] = {}  # by the id of a statement
        self.after: dict[int, dict[str, Any]] = {}
        self.values: dict[int, Any] = {}  # by the id of a part
        self.held: list[dict[str, Any]] = [{} for _ in shop.units]  # what a unit's names held at its end
        self.lines: list[set[int]] = [set() for _ in shop.units]
        self.full, self.largest = True, 0
        self.subject = self.watched(shop)

    def watched(self, shop: Workshop) -> Subject | None:
        """Return the subject with all its functions watched."""
        kept = [(unit, unit.node, unit.unchanged) for unit in shop.units]
        for k, unit in enumerate(shop.units):
            unit.node, unit.unchanged = self.instrumented(unit, k), None
        try:
            return shop.made((self.look, self.value))
        finally:
            for unit, node, unchanged in kept:
                unit.node, unit.unchanged = node, unchanged

    def instrumented(self, unit: Unit, k: int) -> ast.FunctionDef:
        """Return a copy of a unit's tree that tells of each statement and part."""
        twin = copy.deepcopy(unit.node)
        numbers: dict[int, int] = {}
        for mine, other in zip(ast.walk(unit.node), ast.walk(twin), strict=True):
            numbers[id(other)] = len(self.nodes)
            self.nodes.append(mine)
        blocks = [
            (node, name, list(getattr(node, name)))
            for node in ast.walk(twin)
            for name in ("body", "orelse")
            if isinstance(getattr(node, name, None), list)
        ]
        for statement in [s for _, _, block in blocks for s in block]:
            Wrapped(numbers).statement(statement)
        for node, name, block in blocks:
            setattr(node, name, [new for line in block for new in told_of(line, numbers, k)])
        return ast.fix_missing_locations(twin)

    def look(self, number: int = -1, unit: int = 0, when: str = "", seen: dict[str, Any] | None = None) -> None:
        """Write down what the names hold before or after a statement."""
        if seen is None:
            return
        node = self.nodes[number]
        if when == "before":
            self.lines[unit].update(lines_of(node))
        if not self.full or not self.counted(2 * number + (when == "before")):
            return
        held = {name: kept(value) for name, value in seen.items() if name not in (TICK, HELD)}
        (self.before if when == "before" else self.after)[id(node)] = held
        self.held[unit].update(held)

    def value(self, value: Any, number: int = -1) -> Any:
        """Write down what a part is, and hand it on."""
        self.largest = max(self.largest, value.nbytes if is_array(value) else 0)
        if number >= 0 and self.full and self.counted(-number - 1):
            self.values[id(self.nodes[number])] = kept(value)
        return value

    def counted(self, key: int) -> bool:
        """Return whether a part is still looked at."""
        self.seen[key] = self.seen.get(key, 0) + 1
        return self.seen[key] <= VISITS


def lines_of(statement: ast.AST) -> range:
    """Return the lines of a statement, of one that holds others the first alone."""
    first = getattr(statement, "lineno", 1)
    return range(first, (first if hasattr(statement, "body") else getattr(statement, "end_lineno", first)) + 1)


def told_of(statement: ast.stmt, numbers: dict[int, int], unit: int) -> list[ast.stmt]:
    """Return a statement between the calls that tell of it; nothing is told of the counter of a loop."""
    if is_tick(statement):
        return [statement]
    made: Callable[[str], ast.stmt] = lambda when: ast.copy_location(
        ast.parse(f"{TICK}({numbers[id(statement)]}, {unit}, {when!r}, locals())").body[0], statement
    )
    return [made("before"), statement, made("after")]


class Wrapped(ast.NodeTransformer):
    """Puts a call around each part of a statement's own that hands its value on."""

    WHOLE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Starred, ast.JoinedStr)

    def __init__(self, numbers: dict[int, int]):
        self.numbers = numbers

    def statement(self, node: ast.stmt) -> None:
        """Wrap the parts of one statement, not of those inside it, nor what it assigns to."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and name != "target":
                setattr(node, name, self.visit(value))

    def visit(self, node: ast.AST) -> Any:
        """Return a part with its own parts wrapped, in a call where it has a value."""
        if isinstance(node, self.WHOLE):
            return node
        if called(node) == HELD and isinstance(node, ast.Call):
            node.args = [self.visit(node.args[0])]
            return node
        self.generic_visit(node)
        if not isinstance(node, ast.expr) or isinstance(node, ast.Slice):
            return node
        if isinstance(node, ast.Tuple) and any(isinstance(part, ast.Slice) for part in node.elts):
            return node
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or id(node) not in self.numbers:
            return node
        number = ast.Constant(self.numbers[id(node)])
        call = ast.Call(func=ast.Name(id=HELD, ctx=ast.Load()), args=[node, number], keywords=[])
        return ast.copy_location(call, node)


def kept(value: Any, depth: int = DEPTH) -> Any:
    """Return a value with copies of its arrays: they may be written to later."""
    if is_array(value):
        return value.copy() if hasattr(value, "copy") else value.detach().clone()
    if depth and isinstance(value, dict):
        return {key: kept(part, depth - 1) for key, part in value.items()}
    if depth and type(value) in (list, tuple) and len(value) <= 24:
        return type(value)(kept(part, depth - 1) for part in value)
    return value
