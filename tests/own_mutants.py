"""Mutants of the plain versions, to see whether the checker calls a changed function right: one node changed each."""

import ast
import copy
import itertools
import textwrap
from collections.abc import Callable, Iterator

from cs231n_lib.check import check, variants
from cs231n_lib.check.model import Exercise, find
from cs231n_lib.check.report import Report

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
EQUIVALENT = (  # what a mutant may hold and mean the same
    "-2)",  # reshape takes any negative size as -1
    "-2, C",
    "0 / logits",  # zeros, however they are made
    "key @ Wk - bk",  # adds the same to all scores of a query
    "self.bn_params[i",  # another choice of one memory a layer; or a branch that this exercise does not reach
    "W1.shape[3]",  # filters are square
)


def change(node: ast.AST) -> ast.AST | None:
    """Return what a mutant has in place of a node, if it has another."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            return changed(node, op=OPERATORS[type(op)]())
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARISONS:
            return changed(node, ops=[COMPARISONS[type(op)]()])
        case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
            return changed(node, value=value + 1)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return operand
        case ast.Attribute(attr="T", value=value):
            return value
    return None


def changed(node: ast.AST, **fields) -> ast.AST:
    """Return a copy of a node with other fields."""
    new = copy.copy(node)
    vars(new).update(fields)
    return new


def mutated(tree: ast.Module) -> Iterator[ast.Module]:
    """Give copies of a function's tree with one node changed."""
    for position in range(sum(1 for _ in ast.walk(tree))):
        mutant = copy.deepcopy(tree)
        node = next(itertools.islice(ast.walk(mutant), position, None))
        new = change(node)
        if new is not None:
            for parent in ast.walk(mutant):
                replace(parent, node, new)
            yield ast.fix_missing_locations(mutant)


def replace(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put new where old hangs on parent."""
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list):
            setattr(parent, name, [new if item is old else item for item in value])


def mutants(exercise: Exercise) -> Iterator[tuple[str, Callable]]:
    """Give the mutants of the plain version that mean something else: the changed lines, and the function."""
    module, _, fn = find(exercise.source)
    head, body = variants.source(module, exercise.source.partition(":")[2])
    tree = ast.parse(textwrap.dedent(head + body))
    original = ast.unparse(tree).splitlines()
    for mutant in mutated(tree):
        lines = "; ".join(line.strip() for line in ast.unparse(mutant).splitlines() if line not in original)
        if lines and not any(part in lines for part in EQUIVALENT):
            made: dict[str, Callable] = {}
            exec(compile(mutant, "<mutant>", "exec"), dict(vars(module)), made)
            yield lines, made[fn.__name__]


def surviving(exercise: Exercise) -> list[str]:
    """Return the changed lines of the mutants that pass."""
    return [line for line, fn in mutants(exercise) if is_clean(check(exercise.name, fn, seconds=3))]


def is_clean(report: Report) -> bool:
    """Return whether a report calls an answer right and leaves no edge open."""
    return report.status == "passed" and not report.edge
