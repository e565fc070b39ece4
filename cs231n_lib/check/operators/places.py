"""Where edits may stand: the places of a function's tree, and what is said of one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .base import FACTORS, FORMAL, HELD, TERMS, Place, called, is_tick


def places(function: ast.FunctionDef) -> Iterator[Place]:
    """Give each part of a function's body and where it hangs, in the order of the text."""
    pending = [Place(function, "body", i, s) for i, s in enumerate(function.body)]
    pending += [Place(function.args, "defaults", i, d) for i, d in enumerate(function.args.defaults)]
    pending += [Place(function.args, "kw_defaults", i, d) for i, d in enumerate(function.args.kw_defaults) if d]
    while pending:
        place = pending.pop(0)
        if is_tick(place.node) or isinstance(place.node, (ast.expr_context, ast.operator, ast.cmpop)):
            continue
        if called(place.node) == HELD:
            pending.insert(0, Place(place.node, "args", 0, place.node.args[0]))
            continue
        yield place
        pending = below(place.node) + pending


def below(node: ast.AST) -> list[Place]:
    """Return the places that hang right below a part."""
    inner: list[Place] = []
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            inner.append(Place(node, name, None, value))
        elif isinstance(value, list):
            inner += [Place(node, name, i, v) for i, v in enumerate(value) if isinstance(v, ast.AST)]
    return inner


def is_default(place: Place) -> bool:
    """Return whether a part is the default of a parameter."""
    return place.name in ("defaults", "kw_defaults")


def is_condition(place: Place) -> bool:
    """Return whether a part is what a branch or a loop asks."""
    return place.name == "test"


def formal(function: ast.FunctionDef) -> Iterator[int]:
    """Give the parts that only say shapes, settings or cases: of calls that make arrays, of `x.shape`, of `is None`."""
    for node in ast.walk(function):
        shapes = isinstance(node, ast.Attribute) and node.attr in ("shape", "dtype", "size")
        nones = isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot))
        texts = isinstance(node, ast.Compare) and isinstance(getattr(node.comparators[0], "value", None), str)
        if called(node) in FORMAL or shapes or nones or texts:
            yield from (id(part) for part in ast.walk(node) if called(node) == "" or part is not node)


def is_factor_of(place: Place) -> bool:
    """Return whether a part needs no factor of its own: its parent is a product, an index or a call's name."""
    parent = place.parent
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, (*FACTORS, ast.MatMult)):
        return True
    return isinstance(parent, (ast.Subscript, ast.Attribute, ast.UnaryOp, ast.Slice, ast.Tuple)) and not is_returned(
        place
    )


def is_axis(place: Place) -> bool:
    """Return whether a part is the axis of a call."""
    return isinstance(place.parent, ast.keyword) and place.parent.arg in ("axis", "dim")


def is_idle(place: Place, new: ast.AST) -> bool:
    """Return whether a constant would only take a term or a factor away, which other operators do."""
    op = getattr(place.parent, "op", None)
    value = getattr(new, "value", None) if isinstance(new, ast.Constant) else None
    return (value == 0 and isinstance(op, TERMS)) or (value == 1 and isinstance(op, FACTORS))


def is_into_itself(place: Place, new: ast.AST) -> bool:
    """Return whether a list would be put into itself, as in `rows.append(rows)`."""
    func = place.parent.func if isinstance(place.parent, ast.Call) else None
    if not isinstance(func, ast.Attribute) or func.attr not in ("append", "extend", "insert"):
        return False
    mine = getattr(func.value, "id", "")
    return any(isinstance(n, ast.Name) and n.id == mine for n in ast.walk(new))


def is_returned(place: Place) -> bool:
    """Return whether a part is one of several values in a row, such as those of a return."""
    return isinstance(place.parent, ast.Tuple) and isinstance(place.parent.ctx, ast.Load)


def is_target(place: Place) -> bool:
    """Return whether a part is assigned to, or is the name of what is called."""
    if isinstance(getattr(place.node, "ctx", None), ast.Store):
        return not isinstance(place.node, ast.Subscript)
    return place.name in ("func", "target", "targets") and not isinstance(place.node, ast.Subscript)


def located(new: Any, node: ast.AST) -> Any:
    """Return a new part whose pieces without a line have that of what they stand for."""
    for piece in ast.walk(new):
        if "lineno" in piece._attributes and not hasattr(piece, "lineno"):
            ast.copy_location(piece, node)
    return new


def told_as(operator: str, place: Place) -> str:
    """Return the operator that an edit is told as: what changes the end of a slice is told as that."""
    return "ends" if isinstance(place.parent, ast.Slice) and operator in ("term", "sign") else operator
