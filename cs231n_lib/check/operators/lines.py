"""Operators on statements: `=` and `+=`, and lines that are swapped, left out or moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .base import FACTORS, HELD, TERMS, Edit, Found, Place, Scope, called, is_tick, kind, like

SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr)
LONGEST = 14  # lines of a block up to which one may go anywhere in it


def bare_value(node: ast.expr) -> ast.expr:
    """Return a value without the call that keeps it small."""
    return node.args[0] if isinstance(node, ast.Call) and called(node) == HELD else node


def augment(node: ast.AST, scope: Scope) -> Found:
    """Give `=` for `+=`, `+=` and the like for `=`, and `-=` for `+=`."""
    if isinstance(node, ast.AugAssign):
        if isinstance(node.op, TERMS) and ast.unparse(node.target) != ast.unparse(bare_value(node.value)):
            yield ast.Assign(targets=[node.target], value=node.value), "set"
            yield like(node, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()), "sign"
        elif isinstance(node.op, FACTORS):
            yield like(node, op=ast.Div() if isinstance(node.op, ast.Mult) else ast.Mult()), "inverted"
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Subscript)):
        for op in (ast.Add(), ast.Sub(), ast.Mult(), ast.Div()):
            yield ast.AugAssign(target=node.targets[0], op=op, value=node.value), f"added {type(op).__name__}"


def blocks(function: ast.FunctionDef) -> Iterator[Place]:
    """Give each list of statements, as one place."""
    for node in ast.walk(function):
        for name in ("body", "orelse"):
            statements = getattr(node, name, None)
            if isinstance(statements, list) and statements:
                yield Place(node, name, None, statements)


def moves(function: ast.FunctionDef) -> Iterator[Edit]:
    """Give edits of whole lines: swapped neighbours, one left out, one moved out of or into a loop or a branch."""
    for block in blocks(function):
        lines = block.node
        for i, line in enumerate(lines):
            if is_tick(line) or isinstance(line, ast.Return):
                continue
            after = lines[i + 1] if i + 1 < len(lines) else None
            if after is not None and not isinstance(after, ast.Return):
                swapped = [*lines[:i], after, line, *lines[i + 2 :]]
                yield Edit("swap", ((block, swapped),), line, after, "swap")
            if len(lines) > 1 and isinstance(line, (ast.Assign, ast.AugAssign, ast.Expr)):
                yield Edit("line", ((block, [*lines[:i], *lines[i + 1 :]]),), line, None, "line")
            if isinstance(line, ast.If) and not line.orelse:
                yield Edit("line", ((block, [*lines[:i], *lines[i + 1 :]]),), line, None, "branch")
                yield Edit("out", ((block, [*lines[:i], *line.body, *lines[i + 1 :]]),), line, line.body[0], "bare")
            if isinstance(line, (ast.For, ast.While, ast.If)):
                yield from over_the_edge(block, i, line)


def jump(function: ast.FunctionDef) -> Iterator[Edit]:
    """Give `break` for `continue` and the other way round, and neither."""
    for block in blocks(function):
        for i, line in enumerate(block.node):
            if isinstance(line, (ast.Break, ast.Continue)):
                other = ast.Continue() if isinstance(line, ast.Break) else ast.Break()
                for new in (other, ast.Pass()):
                    ast.copy_location(new, line)
                    lines = [*block.node[:i], new, *block.node[i + 1 :]]
                    yield Edit("operation", ((block, lines),), line, new, type(new).__name__)


def skipped(function: ast.FunctionDef, scope: Scope) -> Iterator[Edit]:
    """Give loops that leave out a round: that of another loop's counter, or of a number that an array holds for it."""
    for loop in [n for n in ast.walk(function) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)]:
        mine = getattr(loop.target, "id", "")
        others = sorted(scope.counters - {mine})
        arrays = [n for n in scope.names if whole_numbers(scope.held.get(n))]
        for text in [*others, *(f"{a}[{c}]" for a in arrays for c in others), *bare(scope, mine)]:
            first = loop.body[1] if is_tick(loop.body[0]) and len(loop.body) > 1 else loop.body[0]
            new = ast.parse(f"if {mine} == {text}: continue").body[0]
            for piece in ast.walk(new):
                if "lineno" in piece._attributes:
                    ast.copy_location(piece, first)
            at = 1 if is_tick(loop.body[0]) else 0
            lines = [*loop.body[:at], new, *loop.body[at:]]
            yield Edit("absent", ((Place(loop, "body", None, loop.body), lines),), first, new, f"skip {text}")


def whole_numbers(value: Any) -> bool:
    """Return whether a value is a row of whole numbers."""
    return kind(value)[0] == "array" and len(value.shape) == 1 and "int" in str(value.dtype)


def bare(scope: Scope, counter: str) -> list[str]:
    """Return the names that hold one whole number and are no counters."""
    ints = [n for n in scope.names if kind(scope.held.get(n)) == ("int",)]
    return [n for n in ints if n != counter and n not in scope.counters]


def farther(function: ast.FunctionDef) -> Iterator[Edit]:
    """Give edits that bring a line to another place of its block, or give two lines each other's name."""
    for block in blocks(function):
        lines = [line for line in block.node if not is_tick(line)]
        head = block.node[: len(block.node) - len(lines)]
        for i, line in enumerate(lines if len(lines) <= LONGEST else []):
            for j, other in enumerate(lines):
                rest = [*lines[:i], *lines[i + 1 :]]
                if abs(i - j) > 1 and isinstance(line, SIMPLE) and isinstance(other, (*SIMPLE, ast.For, ast.If)):
                    yield Edit("elsewhere", ((block, [*head, *rest[:j], line, *rest[j:]]),), line, other, f"by {j - i}")
                if i < j and isinstance(line, ast.Assign) and isinstance(other, ast.Assign):
                    spots = (Place(line, "targets", None, line.targets), other.targets)
                    back = (Place(other, "targets", None, other.targets), line.targets)
                    yield Edit("exchange", (spots, back), line, like(line, targets=other.targets), f"names {i} {j}")


def over_the_edge(block: Place, i: int, loop: ast.For | ast.While | ast.If) -> Iterator[Edit]:
    """Give the edits that move a line out of a loop or branch, to before or after it, or into it."""
    lines, body = block.node, loop.body
    inner = Place(loop, "body", None, body)
    first = 1 if is_tick(body[0]) else 0
    if len(body) > first + 1:
        out = [*lines[: i + 1], body[-1], *lines[i + 1 :]]
        yield Edit("out", ((block, out), (inner, body[:-1])), body[-1], loop, "after")
        out = [*lines[:i], body[first], *lines[i:]]
        yield Edit("out", ((block, out), (inner, [*body[:first], *body[first + 1 :]])), body[first], loop, "before")
    if i + 1 < len(lines) and not isinstance(lines[i + 1], (ast.Return, ast.For)):
        rest = [*lines[: i + 1], *lines[i + 2 :]]
        yield Edit("in", ((block, rest), (inner, [*body, lines[i + 1]])), lines[i + 1], loop, "end")
    if i and not isinstance(lines[i - 1], ast.For) and not is_tick(lines[i - 1]):
        rest = [*lines[: i - 1], *lines[i:]]
        into = [*body[:first], lines[i - 1], *body[first:]]
        yield Edit("in", ((block, rest), (inner, into)), lines[i - 1], loop, "begin")
