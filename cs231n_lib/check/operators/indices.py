"""Operators on indices, slices, ranges and constants."""

from __future__ import annotations

import ast

from .base import NUMBERS, Found, Scope, binary, called, kind, like, parse


def ends(node: ast.AST, scope: Scope) -> Found:
    """Give a slice that begins or ends one earlier or later, or that leaves an end open."""
    if not isinstance(node, ast.Slice):
        return
    for side in ("lower", "upper"):
        end = getattr(node, side)
        if end is not None:
            yield like(node, **{side: None}), f"{side} open"
            for op in (ast.Add(), ast.Sub()):
                yield like(node, **{side: binary(end, op, ast.Constant(1))}), f"{side} {type(op).__name__}"
        else:
            yield like(node, **{side: parse("1" if side == "lower" else "-1")}), f"{side} closed"
            for text in ends_near(node, side, scope):
                yield like(node, **{side: parse(text)}), f"{side} at {text}"


def ends_near(node: ast.Slice, side: str, scope: Scope) -> list[str]:
    """Return what an open end may be: a size, or where the other end stands and a size more or less."""
    sizes = scope.sizes()[:6]
    other = node.upper if side == "lower" else node.lower
    if other is None:
        return sizes if side == "upper" else []
    step = "-" if side == "lower" else "+"
    found = [f"{ast.unparse(other)} {step} {size}" for size in sizes]
    return found + (sizes if side == "lower" else [])


def index(node: ast.AST, scope: Scope) -> Found:
    """Give an index with its parts swapped; one cell a row where whole columns were meant, and the other way round."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and kind(scope.held.get(node.id))[0] == "array":
        for counter in sorted(scope.counters):
            yield parse(f"{node.id}[{counter}]"), f"one {counter}"
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Name):
        yield node.value, "whole"
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) < 2:
        return
    first, second, *rest = node.slice.elts
    yield like(node, slice=like(node.slice, elts=[second, first, *rest])), "swapped"
    if isinstance(first, ast.Slice) and first.lower is first.upper is None and isinstance(second, ast.Name):
        rows = [n for n in scope.names if kind(scope.held.get(n))[0] == "array"]
        if second.id in rows:
            yield like(node, slice=like(node.slice, elts=[parse(f"np.arange(len({second.id}))"), second, *rest])), "one"
    elif called(first) == "arange" or (isinstance(first, ast.Name) and isinstance(second, ast.Name)):
        yield like(node, slice=like(node.slice, elts=[ast.Slice(), second, *rest])), "all"


def steps(node: ast.AST, scope: Scope) -> Found:
    """Give a range that runs the other way, or that begins or ends one earlier or later."""
    if called(node) == "reversed" and isinstance(node, ast.Call) and node.args:
        yield node.args[0], "forward"
    if called(node) not in ("range", "arange") or not isinstance(node, ast.Call) or not node.args:
        return
    if called(node) == "range":
        yield ast.Call(func=ast.Name(id="reversed", ctx=ast.Load()), args=[node], keywords=[]), "backward"
    if len(node.args) == 1:
        yield like(node, args=[ast.Constant(1), node.args[0]]), "from 1"
        for op in (ast.Sub(), ast.Add()):
            yield like(node, args=[binary(node.args[0], op, ast.Constant(1))]), f"end {type(op).__name__}"
        return
    if len(node.args) == 2:
        yield like(node, args=[node.args[1]]), "from 0"
        yield like(node, args=[*node.args, parse("-1")]), "down"
    for k, end in enumerate(node.args):
        for op in (ast.Sub(), ast.Add()):
            moved = binary(end, op, ast.Constant(1))
            yield like(node, args=[*node.args[:k], moved, *node.args[k + 1 :]]), f"end {k} {type(op).__name__}"


def constant(node: ast.AST, scope: Scope) -> Found:
    """Give another constant of the few that are usual."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in (*NUMBERS, *scope.constants):
            if value != node.value:
                yield ast.Constant(value), f"{node.value!r}>{value}"
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value), "turned"
