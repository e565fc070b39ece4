"""How well the checker judges: pairs of mistakes are named, mutants are caught, right versions are not accused."""

import ast
import copy
import itertools
import textwrap

import pytest

from cs231n_lib.check import check, registry, variants
from cs231n_lib.check.compare import same_all
from cs231n_lib.check.model import Exercise, find

WRITTEN = [item for item in registry.items().values() if isinstance(item, Exercise)]


def sampled(exercises, every):
    """Mark what takes long as part of the long proof; one exercise of `every` runs always."""
    return [
        pytest.param(e, id=e.name, marks=[] if i % every == 0 else pytest.mark.full) for i, e in enumerate(exercises)
    ]


# --- two mistakes at once ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [pytest.param(100, id="sample"), pytest.param(1, id="all", marks=pytest.mark.full)])
def test_nine_of_ten_pairs_name_one_of_the_two(every):
    named, count = 0, 0
    for exercise in WRITTEN:
        book = variants.book(exercise.name)
        for pair in list(itertools.combinations(exercise.mistakes, 2))[::every]:
            try:
                subject = variants.patched(exercise, pair)
            except (variants.PatchError, SyntaxError):
                continue  # both patch the same text
            if not same_all(book.run(subject), book.truth):  # else they cancel out
                count += 1
                named += bool({d.id for d in check(exercise.name, subject.fn).diagnosis} & {m.id for m in pair})
    assert count > 3000 / every
    assert named >= 0.95 * count


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


EQUIVALENT = (  # what a mutant may hold and mean the same
    "-2)",  # reshape takes any negative size as -1
    "-2, C)",
    "self.bn_params[i",  # another choice of one memory a layer; or a branch that this exercise does not reach
    "W1.shape[3]",  # filters are square
)


def surviving(exercise):
    """Return the lines of the mutants that pass, but those that mean the same."""
    module, _, fn = find(exercise.source)
    head, body = variants.source(module, exercise.source.partition(":")[2])
    tree = ast.parse(textwrap.dedent(head + body))
    original, passed = ast.unparse(tree).splitlines(), []
    for mutant in mutants(tree):
        namespace = dict(vars(module))
        made = {}
        exec(compile(mutant, "<mutant>", "exec"), namespace, made)
        if check(exercise.name, made[fn.__name__], seconds=3).status == "passed":
            lines = [line for line in ast.unparse(mutant).splitlines() if line not in original]
            passed += [line for line in lines if not any(part in line for part in EQUIVALENT)]
    return passed


@pytest.mark.parametrize("exercise", sampled(WRITTEN, 20))
def test_mutants_are_caught(exercise):
    assert surviving(exercise) == []
