"""How well the checker judges: pairs of mistakes are named, mutants are caught, right versions are not accused."""

import ast
import copy
import itertools
import math
import textwrap

import numpy as np
import pytest

from cs231n_lib.check import check, registry, variants
from cs231n_lib.check.compare import same_all
from cs231n_lib.check.model import Exercise, find
from cs231n_lib.check.run import Subject

WRITTEN = [item for item in registry.items().values() if isinstance(item, Exercise)]


def everything(exercises):
    """Mark what takes long as part of the long proof; every eighth exercise runs always."""
    return [pytest.param(e, id=e.name, marks=[] if i % 8 == 0 else pytest.mark.full) for i, e in enumerate(exercises)]


# --- two mistakes at once ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", everything(WRITTEN))
def test_nine_of_ten_pairs_name_one_of_the_two(exercise):
    book, named, count = variants.book(exercise.name), 0, 0
    for pair in itertools.combinations(exercise.mistakes, 2):
        try:
            subject = variants.patched(exercise, pair)
        except (variants.PatchError, SyntaxError):
            continue  # both patch the same text
        if not same_all(book.run(subject), book.truth):  # else they cancel out
            count += 1
            named += bool({d.id for d in check(exercise.name, subject.fn).diagnosis} & {m.id for m in pair})
    assert named >= min(0.9 * count, count - 2)


# --- mutants -------------------------------------------------------------------------------------------------------

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}


def changes(node):
    """Give changed copies of a node."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        new = copy.copy(node)
        new.op = OPERATORS[type(node.op)]()
        yield new
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        new = copy.copy(node)
        new.ops = [COMPARISONS[type(node.ops[0])]()]
        yield new
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.copy_location(ast.Constant(node.value + 1), node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def mutants(tree):
    """Give copies of a function's tree with one node changed."""
    count = sum(1 for _ in ast.walk(tree))
    for position in range(count):
        for choice in range(2):
            mutant = copy.deepcopy(tree)
            node = next(itertools.islice(ast.walk(mutant), position, None))
            new = next(itertools.islice(changes(node), choice, None), None)
            if new is not None:
                for parent in ast.walk(mutant):
                    replace(parent, node, new)
                yield ast.fix_missing_locations(mutant)


def replace(parent, old, new):
    """Put new where old hangs on parent."""
    for field, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, field, new)
        elif isinstance(value, list):
            setattr(parent, field, [new if item is old else item for item in value])


EQUIVALENT = {  # mutants that mean the same, as the reason says
    "KNearestNeighbor.predict_labels": 1,  # a default k of 2 is never used where k is left out … it is: see below
}


def surviving(exercise):
    """Return how many mutants there are, and the source of those that pass."""
    module, owner, fn = find(exercise.source)
    head, body = variants.source(module, exercise.source.partition(":")[2])
    tree = ast.parse(textwrap.dedent(head + body))
    original, passed, count = ast.unparse(tree).splitlines(), [], 0
    for mutant in mutants(tree):
        namespace = dict(vars(module))
        made: dict = {}
        exec(compile(mutant, "<mutant>", "exec"), namespace, made)
        count += 1
        if check(exercise.name, made[fn.__name__], seconds=3).status == "passed":
            passed += [line for line in ast.unparse(mutant).splitlines() if line not in original]
    return count, passed


@pytest.mark.parametrize("exercise", everything(WRITTEN))
def test_mutants_are_caught(exercise):
    count, passed = surviving(exercise)
    assert count >= 1
    assert len(passed) <= 0.05 * count, passed
