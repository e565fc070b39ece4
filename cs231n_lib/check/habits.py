"""What was right in NumPy 1 or Python 2 and stops today: judged as it was meant, and said."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from .run import Failure, Outcome, Subject
from .source import remade

NUMPY: dict[str, tuple[Any, str]] = {  # what NumPy no longer has, what it meant, and what is written today
    "float": (float, "float"),
    "int": (int, "int"),
    "bool": (bool, "bool"),
    "object": (object, "object"),
    "complex": (complex, "complex"),
    "long": (int, "int"),
    "float_": (np.float64, "np.float64"),
    "product": (np.prod, "np.prod"),
    "cumproduct": (np.cumprod, "np.cumprod"),
    "alltrue": (np.all, "np.all"),
    "sometrue": (np.any, "np.any"),
    "in1d": (np.isin, "np.isin"),
    "row_stack": (np.vstack, "np.vstack"),
    "Inf": (np.inf, "np.inf"),
    "NaN": (np.nan, "np.nan"),
}
PYTHON: dict[str, tuple[Any, str]] = {  # likewise for Python
    "xrange": (range, "range"),
    "reduce": (functools.reduce, "functools.reduce"),
    "long": (int, "int"),
    "unicode": (str, "str"),
}
DIVIDE = "__old_division__"  # the name under which a remade function finds Python 2's division
DIVISION = ("cannot be interpreted as an integer", "only integers, slices", "slice indices must be integers")


def old(failure: Failure) -> tuple[str, str] | None:
    """Return what is old in the words of an error and what is written today; None where nothing is."""
    gone = re.search(r"module 'numpy' has no attribute '(\w+)'", failure.message)
    if gone and gone[1] in NUMPY:
        return f"np.{gone[1]}", NUMPY[gone[1]][1]
    gone = re.search(r"name '(\w+)' is not defined", failure.message)
    if gone and gone[1] in PYTHON:
        return gone[1], PYTHON[gone[1]][1]
    if "float" in failure.message + failure.line and any(words in failure.message for words in DIVISION):
        return "/", "//"
    return None


def habit(outcomes: list[Outcome]) -> tuple[str, str, Failure] | None:
    """Return the first old word that stopped a case, what is written today, and the failure."""
    found = ((old(o.failure), o.failure) for o in outcomes if o.failure)
    return next(((*words, failure) for words, failure in found if words), None)


@contextlib.contextmanager
def old_world() -> Iterator[None]:
    """Give NumPy and Python their old words, and Python 2's division, back for a while."""
    lent = [(np, name, meant) for name, (meant, _) in NUMPY.items() if name not in vars(np)]
    lent += [(builtins, name, meant) for name, (meant, _) in PYTHON.items() if not hasattr(builtins, name)]
    lent.append((builtins, DIVIDE, old_division))
    for module, name, meant in lent:
        setattr(module, name, meant)
    try:
        yield
    finally:
        for module, name, _ in lent:
            delattr(module, name)


def old_division(left, right):
    """Divide as Python 2 did: whole numbers to a whole number."""
    whole = isinstance(left, (int, np.integer)) and isinstance(right, (int, np.integer))
    return left // right if whole else left / right


class _Division(ast.NodeTransformer):
    """Writes Python 2's division in place of today's."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        old_name = ast.Name(DIVIDE, ast.Load())
        return ast.copy_location(ast.Call(old_name, [node.left, node.right], []), node)


def as_meant(subject: Subject) -> Subject:
    """Return the subject with Python 2's division; the subject itself where its source is not to be had."""
    copied = remade(subject, lambda tree: _Division().visit(tree))
    return copied or subject
