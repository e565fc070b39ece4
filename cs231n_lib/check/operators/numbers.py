"""Operators on what is computed: factors, terms, signs, squares and brackets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .base import FACTORS, TERMS, Found, Scope, argument, binary, called, held, is_term, kind, like, parse


def factor(node: ast.AST, scope: Scope) -> Found:
    """Give a product without one of its factors, or turned into a quotient and back."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, FACTORS):
        return
    yield node.left, f"without {'*' if isinstance(node.op, ast.Mult) else '/'} {ast.unparse(node.right)}"
    if isinstance(node.op, ast.Mult):
        yield node.right, f"without * {ast.unparse(node.left)}"
        yield like(node, op=ast.Div()), "inverted"
    else:
        yield like(node, op=ast.Mult()), "inverted"


def missing(node: ast.AST, scope: Scope) -> Found:
    """Give a term with one more factor or divisor: a size, 2, a half, or a name in scope."""
    if not is_term(node) or not isinstance(node, ast.expr):
        return
    whole = isinstance(node, ast.Name) and kind(scope.held.get(node.id))[0] == "int"
    for text in [*scope.sizes(), "2"]:
        if whole:
            yield binary(node, ast.Mult(), parse(text)), f"* {text}"
            continue
        yield binary(node, ast.Div(), parse(text)), f"/ {text}"
        yield binary(node, ast.Mult(), parse(text)), f"* {text}"
    for name in [] if whole else scope.unread:
        yield binary(node, ast.Add(), parse(name)), f"+ {name}"
    for name in [] if whole else scope.factors():
        yield binary(node, ast.Mult(), parse(name)), f"* {name}"
        if kind(scope.held[name])[0] == "float":
            yield binary(node, ast.Mult(), parse(f"(1 - {name})")), f"* (1 - {name})"
            yield binary(node, ast.Div(), parse(name)), f"/ {name}"


def ingredient(node: ast.AST, scope: Scope) -> Found:
    """Give a term with one more factor or divisor, or one more term, that the function computes elsewhere."""
    if not is_term(node) or not isinstance(node, ast.expr) or isinstance(node, ast.Name):
        return
    for text in scope.parts:
        yield binary(node, ast.Mult(), parse(text)), f"* {text}"
        yield binary(node, ast.Div(), parse(text)), f"/ {text}"
        yield binary(node, ast.Add(), parse(text)), f"+ {text}"


def complement(node: ast.AST, scope: Scope) -> Found:
    """Give 1 - x for x, and x for 1 - x."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and getattr(node.left, "value", None) == 1:
        yield node.right, "without"
    elif isinstance(node, ast.expr) and is_value(node, scope):
        yield binary(ast.Constant(1), ast.Sub(), node), "with"


def is_value(node: ast.AST, scope: Scope) -> bool:
    """Return whether an expression is a name or an entry that holds numbers, and no size."""
    one = isinstance(node, (ast.Name, ast.Subscript)) and kind(held(node, scope))[0] in ("array", "float")
    return one and not is_size(node, scope)


def is_size(node: ast.AST, scope: Scope) -> bool:
    """Return whether an expression is a size: a reshape takes any number below 0 in its place, which mends nothing."""
    shape = any(isinstance(part, ast.Attribute) and part.attr in ("shape", "size") for part in ast.walk(node))
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    whole = bool(names) and all(kind(scope.held.get(name))[0] == "int" for name in names)
    return shape or whole or called(node) == "len"


def square(node: ast.AST, scope: Scope) -> Found:
    """Give a square for a value, and a value for its square or any power of it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield node.left, "without"
    elif isinstance(node, ast.expr) and is_value(node, scope):
        yield binary(node, ast.Pow(), ast.Constant(2)), "with"


def sign(node: ast.AST, scope: Scope) -> Found:
    """Give a sum for a difference, and an expression with its sign turned."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, TERMS):
        yield like(node, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()), "between"
        if isinstance(node.op, ast.Sub):
            yield like(node, left=node.right, right=node.left), "turned"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if not isinstance(node.operand, ast.Constant):
            yield node.operand, "turned"
    elif isinstance(node, (ast.Call, ast.Name, ast.BinOp)) and not is_size(node, scope):
        yield ast.UnaryOp(op=ast.USub(), operand=node), "turned"


def term(node: ast.AST, scope: Scope) -> Found:
    """Give a sum without one of its terms."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, TERMS):
        yield node.left, f"without {ast.unparse(node.right)}"
        yield node.right, f"without {ast.unparse(node.left)}"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
        yield like(node, right=node.right.operand), "power"


def bracket(node: ast.AST, scope: Scope) -> Found:
    """Give a sum and a product with the bracket set otherwise."""
    if not isinstance(node, ast.BinOp):
        return
    left, op, right = node.left, node.op, node.right
    if isinstance(right, ast.BinOp) and bracketed(op, right.op):
        yield binary(binary(left, op, right.left), right.op, right.right), "left"
    if isinstance(left, ast.BinOp) and bracketed(op, left.op):
        yield binary(left.left, left.op, binary(left.right, op, right)), "right"
    for one, other, turn in ((left, right, False), (right, left, True)):
        inner = argument(one)
        if inner is not None and isinstance(op, TERMS):
            whole = binary(other, op, inner) if turn else binary(inner, op, other)
            yield like(one, args=[whole]), "into"


def bracketed(one: ast.operator, other: ast.operator) -> bool:
    """Return whether it matters which of two operations comes first."""
    loose = [isinstance(op, TERMS) for op in (one, other)]
    return loose[0] != loose[1] or isinstance(one, (ast.Sub, ast.Div)) or isinstance(other, (ast.Sub, ast.Div))


def exchange(node: ast.AST, scope: Scope) -> Found:
    """Give a sum of two products with their first factors exchanged, and a row with two neighbours exchanged."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, TERMS):
        one, other = node.left, node.right
        if isinstance(one, ast.BinOp) and isinstance(other, ast.BinOp) and type(one.op) is type(other.op) is ast.Mult:
            yield like(node, left=like(one, left=other.left), right=like(other, left=one.left)), "factors"
    elif isinstance(node, ast.Tuple) and 2 <= len(node.elts) <= 6:
        for i, parts in enumerate(exchanged(node.elts)):
            yield like(node, elts=parts), f"row {i}"
    elif isinstance(node, ast.Call) and 2 <= len(node.args) <= 6:
        for i, parts in enumerate(exchanged(node.args)):
            yield like(node, args=parts), f"arguments {i}"


def exchanged(row: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """Give a row with each two neighbours exchanged."""
    for i in range(len(row) - 1):
        yield [*row[:i], row[i + 1], row[i], *row[i + 2 :]]


def reach(node: ast.AST, scope: Scope) -> Found:
    """Give a call on the first or the last term alone where it was on a whole sum."""
    inner = argument(node)
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, TERMS):
        yield like(inner, left=like(node, args=[inner.left])), "first"
        yield like(inner, right=like(node, args=[inner.right])), "last"


OTHERS: dict[type, tuple[type, ...]] = {  # what is taken for what, beyond signs and quotients
    ast.Add: (ast.Mult,),
    ast.Mult: (ast.Add, ast.MatMult, ast.Pow),
    ast.Div: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv, ast.Div),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}


def operation(node: ast.AST, scope: Scope) -> Found:
    """Give another operation on the same two sides: a product for a sum, `//` for `/`, `and` for `or`."""
    if isinstance(node, (ast.BinOp, ast.BoolOp)):
        for op in OTHERS.get(type(node.op), ()):
            yield like(node, op=op()), op.__name__
