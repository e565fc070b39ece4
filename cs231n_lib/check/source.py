"""The learner's own source: its tree, its lines as the learner sees them, and a changed copy that runs."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
import types
from collections.abc import Callable
from dataclasses import dataclass

from .run import Subject


@dataclass(frozen=True)
class Source:
    """A function's tree, and where it stands: `first` is the line of the cell or file that its text begins in."""

    function: types.FunctionType
    tree: ast.Module
    lines: tuple[str, ...]
    first: int

    def number(self, node: ast.AST) -> int:
        """Return the line of a part of the tree, as numbered in the learner's cell or file."""
        return self.first + getattr(node, "lineno", 1) - 1

    def quote(self, number: int) -> str:
        """Return the text of a line of the cell or file; "" where the function has no such line."""
        at = number - self.first
        return self.lines[at].strip() if 0 <= at < len(self.lines) else ""


def plain_function(given) -> types.FunctionType | None:
    """Return the Python function behind a function, a method or a decorated one; None where there is none."""
    try:
        given = inspect.unwrap(getattr(given, "__func__", given))
    except (AttributeError, ValueError):
        return None
    return given if isinstance(given, types.FunctionType) else None


def read(given) -> Source | None:
    """Return the source of a function; None where there is none to be had."""
    function = plain_function(given)
    if function is None:
        return None
    try:
        lines, first = inspect.getsourcelines(function)
        text = textwrap.dedent("".join(lines))
        return Source(function, ast.parse(text), tuple(text.splitlines()), max(first, 1))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


def attempt_text(given) -> str:
    """Return what tells one attempt from another: the source without remarks, or the code where there is none."""
    if isinstance(given, list):
        return repr(given)  # the answer of a puzzle
    try:
        return ast.dump(ast.parse(textwrap.dedent(inspect.getsource(given))))
    except (OSError, TypeError, SyntaxError, ValueError):
        code = getattr(given, "__code__", None)
        return repr((code.co_code, code.co_consts, code.co_names)) if code else repr(type(given))


def handed_back(given) -> str:
    """Return the argument that a function returns just as it came; "" where it does nothing of the kind."""
    source = read(given)
    node = definition(source.tree, source.function.__name__) if source else None
    last = node.body[-1] if node else None
    if node is None or not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name):
        return ""
    return last.value.id if last.value.id in [a.arg for a in node.args.args] else ""


def definition(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """Return the `def` of a name in a tree; None for a lambda."""
    found = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)
    return next(found, None)


def remade(subject: Subject, change: Callable[[ast.Module], ast.Module | None]) -> Subject | None:
    """Return the subject with its function's tree changed; None without source or where nothing was to be changed.

    The copy sees the same globals and the same closure; a method is put on a class derived from its own.
    """
    source = read(subject.fn)
    node = source and definition(source.tree, source.function.__name__)
    if source is None or node is None:
        return None
    changed = change(copy.deepcopy(source.tree))
    if changed is None:
        return None
    function = compiled(changed, source.function)
    owner = subject.owner
    if owner is not None:
        owner = type(owner.__name__, (owner,), {function.__name__: function})
    return Subject(function, owner, subject.returns, subject.companions)


def compiled(tree: ast.Module, original: types.FunctionType) -> types.FunctionType:
    """Return the function that a changed tree makes, with the globals, defaults and closure of the original."""
    node = definition(tree, original.__name__)
    assert node is not None
    node.decorator_list = []
    free = original.__code__.co_freevars
    shell = ast.parse(f"def shell({', '.join(free)}):\n    return {node.name}")
    shell.body[0].body.insert(0, node)  # type: ignore[attr-defined]
    namespace: dict = {}
    code = compile(ast.fix_missing_locations(shell), original.__code__.co_filename, "exec")
    exec(code, namespace)
    made = namespace["shell"](*[None] * len(free))
    cells = dict(zip(free, original.__closure__ or (), strict=True))
    closure = tuple(cells.get(name) or types.CellType(made) for name in made.__code__.co_freevars)  # or it calls itself
    copied = types.FunctionType(made.__code__, original.__globals__, node.name, original.__defaults__, closure or None)
    copied.__kwdefaults__ = original.__kwdefaults__
    return copied
