"""A function that does nothing but call the library's own version of the exercise."""

from __future__ import annotations

import ast

from .model import Exercise, find
from .source import read


def only_calls(given, exercise: Exercise) -> str:
    """Return the name by which a function calls the right version and does nothing else; "" for any other function."""
    source = read(given)
    if source is None or source.function in right_versions(exercise):
        return ""
    body = source.tree.body[0].body if isinstance(source.tree.body[0], ast.FunctionDef) else []
    work = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    work = [s for s in work if not isinstance(s, (ast.Import, ast.ImportFrom, ast.Pass))]
    if not work or not isinstance(work[-1], ast.Return) or not all(map(is_plain, work)):
        return ""
    calls = [n for s in work for n in ast.walk(s) if isinstance(n, ast.Call)]
    names = [ast.unparse(call.func) for call in calls]
    right = [name for name in names if resolved(name, source.function) in right_versions(exercise)]
    return right[0] if len(calls) == 1 and right else ""


def is_plain(statement: ast.stmt) -> bool:
    """Return whether a statement only hands values on: an assignment or a return of names and one call."""
    if not isinstance(statement, (ast.Assign, ast.Return)) or statement.value is None:
        return False
    allowed = (ast.Call, ast.Name, ast.Attribute, ast.Tuple, ast.Starred, ast.keyword, ast.expr_context)
    return all(isinstance(node, allowed) for node in ast.walk(statement.value))


def right_versions(exercise: Exercise) -> list:
    """Return the library's and the textbook's function of an exercise."""
    return [find(path)[2] for path in dict.fromkeys((exercise.truth, exercise.source))]


def resolved(name: str, function):
    """Return what a dotted name stands for in a function's globals or closure; None where it is not to be had."""
    import inspect

    try:
        variables = inspect.getclosurevars(function)
        first, *rest = name.split(".")
        value = {**variables.builtins, **variables.globals, **variables.nonlocals}.get(first)
        for part in rest:
            value = getattr(value, part, None)
        return value
    except (TypeError, ValueError):
        return None
