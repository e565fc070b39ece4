"""What a function works with: its names, what they held in a call, and the parts it computes."""

from __future__ import annotations

import ast
from typing import Any

from .operators.base import NUMBERS, Scope, kind, weight

SHORT, PARTS = 12, 8  # how long and how many parts of the function may be put in elsewhere
CONSTANTS = 6  # how many numbers of the function or of the textbook may stand for another


def scope_of(function: ast.FunctionDef, held: dict[str, Any], textbook: ast.AST | None = None) -> Scope:
    """Return what a function works with, as one call has shown it."""
    return Scope(
        names(function, held),
        held,
        keys(function),
        unread(function, held),
        counters(function),
        parts_of(function),
        constants(textbook, function),
    )


def counters(function: ast.FunctionDef) -> set[str]:
    """Return the variables of loops."""
    targets = [n.target for n in ast.walk(function) if isinstance(n, (ast.For, ast.comprehension))]
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def constants(*trees: ast.AST | None) -> list[float]:
    """Return the numbers that stand in trees, beyond the usual ones."""
    found = [n.value for tree in trees if tree for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    plain: list[Any] = [v for v in found if type(v) in (int, float) and v not in NUMBERS]
    return list(dict.fromkeys(plain))[:CONSTANTS]


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
