"""A tiny number that keeps a logarithm, a root or a divisor from 0: right without it, so right, with a word on it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .run import Subject
from .source import Source, read, remade

TINY = 1e-4  # a constant up to this size may be a guard


def is_tiny(node: ast.AST) -> bool:
    """Return whether a part of a tree is a constant such as 1e-8."""
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value <= TINY


def guarded(node: ast.AST) -> ast.expr | None:
    """Return what stands beside a guard in a sum; None for anything else."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Add, ast.Sub)):
        return None
    if is_tiny(node.right):
        return node.left
    return node.right if is_tiny(node.left) and isinstance(node.op, ast.Add) else None


def guards(source: Source) -> Iterator[tuple[int, str]]:
    """Give the line and the text of each guard, as numbered in the learner's cell or file."""
    for node in ast.walk(source.tree):
        if guarded(node) is not None:
            yield source.number(node), ast.unparse(node)


class _Without(ast.NodeTransformer):
    """Takes the guards out."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return guarded(node) or node


def without_guards(subject: Subject) -> tuple[Subject, int, str] | None:
    """Return the subject without its guards, and the first one's line and text; None where there is none."""
    source = read(subject.fn)
    first = source and next(guards(source), None)
    copied = remade(subject, lambda tree: _Without().visit(tree)) if first else None
    return (copied, *first) if first and copied else None
