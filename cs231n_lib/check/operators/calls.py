"""Operators on calls, products, comparisons and names."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from .base import Found, Scope, called, held, is_module, kind, like, parse

REDUCTIONS = ("sum", "mean", "max", "min", "argmax", "argmin", "prod", "std", "var")
PARTNER = {"sum": "mean", "mean": "sum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
PARTNER |= {"maximum": "minimum", "minimum": "maximum", "zeros_like": "ones_like", "ones_like": "zeros_like"}
PARTNER |= {"zeros": "ones", "ones": "zeros", "tanh": "exp", "hstack": "vstack", "vstack": "hstack", "std": "var"}
WRAPPERS = ("sqrt", "abs", "exp", "log", "square", "copy", "sum", "mean", "tanh", "transpose", "float")
ADDED = ("sqrt", "abs", "exp", "log", "sum")


def axis(node: ast.AST, scope: Scope) -> Found:
    """Give other axes for a reduction: another one, one where there was none, none where there was one."""
    if called(node) not in (*REDUCTIONS, "concatenate", "stack", "argsort", "sort", "repeat", "softmax", "norm"):
        return
    assert isinstance(node, ast.Call)
    old = next((k for k in node.keywords if k.arg in ("axis", "dim")), None)
    others = [k for k in node.keywords if k is not old]
    at = 0 if isinstance(node.func, ast.Attribute) and not is_module(node.func.value) else 1
    if old is None and len(node.args) == at + 2 and called(node) in REDUCTIONS:
        yield from by_position(node, at + 1)
        return
    before = ast.unparse(old.value) if old else None
    for text in (*several(old), "0", "1", "-1", "2", None):
        if (text != before and called(node) in REDUCTIONS) or (old and text not in (before, None)):
            new = [ast.keyword(arg=old.arg if old else "axis", value=parse(text))] if text else []
            yield like(node, keywords=new + others), f"{before}>{text}"
    if old is None and len(node.args) == at + 1:
        before = ast.unparse(node.args[at])
        for text in ("0", "1", "-1"):
            if text != before:
                yield like(node, args=[*node.args[:at], parse(text)]), f"{before}>{text}"


def by_position(node: ast.Call, at: int) -> Found:
    """Give other axes for one that stands without its name."""
    before = ast.unparse(node.args[at])
    yield like(node, args=node.args[:at]), f"{before}>None"
    for text in ("0", "1", "-1", "2"):
        if text != before:
            yield like(node, args=[*node.args[:at], parse(text)]), f"{before}>{text}"


def several(old: ast.keyword | None) -> list[str]:
    """Return the axes with one more or one less, where there are several."""
    if old is None or not isinstance(old.value, ast.Tuple):
        return []
    mine = [ast.unparse(part) for part in old.value.elts]
    less = [[a for a in mine if a != b] for b in mine]
    more = [sorted([*mine, a]) for a in "0123" if a not in mine]
    return [f"({', '.join(axes)},)" for axes in less + more]


def keepdims(node: ast.AST, scope: Scope) -> Found:
    """Give a reduction with keepdims where it had none, and the other way round."""
    if called(node) not in REDUCTIONS or not isinstance(node, ast.Call):
        return
    others = [k for k in node.keywords if k.arg not in ("keepdims", "keepdim")]
    if len(others) < len(node.keywords):
        yield like(node, keywords=others), "without"
    elif others or len(node.args) > 1:
        yield like(node, keywords=[*others, ast.keyword(arg="keepdims", value=ast.Constant(True))]), "with"


def transpose(node: ast.AST, scope: Scope) -> Found:
    """Give a product with its sides swapped, or with one of them transposed."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value, "without"
    if (
        isinstance(node, (ast.Name, ast.Subscript, ast.Call))
        and kind(held(node, scope))[1:]
        and len(kind(held(node, scope))[1]) == 2
    ):
        yield turned(node), "with"
    sides = product(node)
    if sides is None:
        return
    left, right, make = sides
    yield make(right, left), "order"
    for a, b in ((turned(left), right), (left, turned(right)), (turned(left), turned(right))):
        yield make(a, b), "T"
        yield make(b, a), "order and T"


def product(node: ast.AST) -> tuple[ast.expr, ast.expr, Callable[[ast.expr, ast.expr], ast.expr]] | None:
    """Return the two sides of a matrix product and how to make another of its kind; None for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right, lambda a, b: like(node, left=a, right=b)
    if called(node) in ("dot", "matmul") and isinstance(node, ast.Call):
        if len(node.args) == 2:
            return node.args[0], node.args[1], lambda a, b: like(node, args=[a, b])
        if isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            func = node.func
            return func.value, node.args[0], lambda a, b: like(node, func=like(func, value=a), args=[b])
    return None


def turned(node: ast.expr) -> ast.expr:
    """Return an expression transposed; one that was transposed as it was before."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(value=node, attr="T", ctx=ast.Load())


COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt, ast.GtE),
    ast.Eq: (ast.NotEq, ast.Gt, ast.Lt, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def comparison(node: ast.AST, scope: Scope) -> Found:
    """Give a comparison the other way round, or with and without equality; a condition negated."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in COMPARISONS.get(type(node.ops[0]), ()):
            yield like(node, ops=[op()]), op.__name__
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield node.operand, "not"


def name(node: ast.AST, scope: Scope) -> Found:
    """Give another name in scope for a name."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in scope.like(node.id):
            yield ast.Name(id=other, ctx=ast.Load()), f"{node.id}>{other}"


def key(node: ast.AST, scope: Scope) -> Found:
    """Give another key of the same function for the key of a dictionary."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        for other in scope.keys:
            if other != node.slice.value:
                yield like(node, slice=ast.Constant(other)), f"{node.slice.value}>{other}"


def call(node: ast.AST, scope: Scope) -> Found:
    """Give what a call was made on in place of the call, or a call on it."""
    if called(node) in WRAPPERS and isinstance(node, ast.Call):
        inner = node.args[0] if node.args else getattr(node.func, "value", None)
        if inner is not None and not is_module(inner):
            yield inner, f"without {called(node)}"
    if isinstance(node, (ast.BinOp, ast.Call, ast.Name, ast.Subscript)) and called(node) not in WRAPPERS:
        for function in ADDED:
            yield ast.Call(func=parse(f"np.{function}"), args=[node], keywords=[]), f"with {function}"
        for way in ("axis=0", "axis=1", "axis=-1", "axis=0, keepdims=True", "axis=1, keepdims=True"):
            yield parse(f"np.sum({ast.unparse(node)}, {way})"), f"with sum {way}"
        if isinstance(node, ast.Name):
            yield parse(f"{node.id}.copy()"), "with copy"
            for other in shaped(node.id, scope):
                yield parse(f"{node.id}.reshape({other}.shape)"), f"in the shape of {other}"


def shaped(name: str, scope: Scope) -> list[str]:
    """Return the names of arrays that hold as many numbers as a name does, in another shape."""
    mine = kind(scope.held.get(name))
    if mine[0] != "array":
        return []
    kinds = {other: kind(scope.held.get(other)) for other in scope.names}
    same = [n for n, k in kinds.items() if k[0] == "array" and k != mine and math.prod(k[1]) == math.prod(mine[1])]
    return same[:3]


def partner(node: ast.AST, scope: Scope) -> Found:
    """Give the call that is often taken for another: mean for sum, min for max, ones for zeros."""
    if called(node) in PARTNER and isinstance(node, ast.Call):
        other = PARTNER[called(node)]
        if isinstance(node.func, ast.Attribute):
            yield like(node, func=like(node.func, attr=other)), f"{called(node)}>{other}"
        elif isinstance(node.func, ast.Name):
            yield like(node, func=like(node.func, id=other)), f"{called(node)}>{other}"
