"""The canonical text of a function: what it does, whatever it is called and however it is commented.

Standard library only, and the same text on Python 3.10 to 3.14.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import warnings
from dataclasses import dataclass
from typing import Any

DROPPED = {"ctx", "kind", "type_comment", "type_params", "decorator_list", "annotation", "returns", "docstring"}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """The source of a function or class.

    text: what can be parsed.  tree: its def or class.  offset: what to add to a line of the text for the line of the
    file or cell.  around: the names it finds outside itself; None where that cannot be asked.
    """

    text: str
    tree: Any
    offset: int = 0
    around: set[str] | None = None


def source_of(given) -> Source | None:
    """Return the source of a function, a class or a text; None where there is none, or it does not parse."""
    try:
        given = given if isinstance(given, str) else inspect.unwrap(getattr(given, "__func__", given))
        lines, first = (given.splitlines(True), 1) if isinstance(given, str) else inspect.getsourcelines(given)
    except Exception:  # whatever was handed in may raise anything
        return None
    text, offset = "".join(lines), max(first, 1) - 1
    if text[:1].isspace():  # a method: a comment at column 0 may stand in it, so it is not dedented
        text, offset = f"if 1:\n{text}", offset - 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    body = tree.body[0].body if text.startswith("if 1:\n") and isinstance(tree.body[0], ast.If) else tree.body
    definition = next((n for n in body if isinstance(n, (*FUNCTION, ast.ClassDef))), None)
    return None if definition is None else Source(text, definition, offset, _names_around(given))


def _names_around(given) -> set[str] | None:
    """Return the names that a function finds outside itself; None for a text or a class."""
    if not inspect.isfunction(given):
        return None
    return {*given.__globals__, *given.__code__.co_freevars}


def canonical(given) -> str:
    """Return the canonical text of a function, a class or a source; "" where there is none.

    Dropped: comments, docstrings, `pass` and `...`, annotations, decorators, the name, what an error says.
    Parameters and local variables are numbered in the order of their appearance.
    """
    source = given if isinstance(given, Source) else source_of(given)
    return "" if source is None else _text(source.tree, {}, True)


def fingerprint(text: str) -> str:
    """Return a short hash of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_filler(node: ast.AST) -> bool:
    """Return whether a statement does nothing: `pass`, `...`, a docstring."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _text(node, names: dict[str, str], top: bool = False) -> str:
    """Return a node as `Type(field=...)`; fields that are empty are left out."""
    if isinstance(node, list):
        kept = [_text(item, names) for item in node if not (isinstance(item, ast.AST) and is_filler(item))]
        return f"[{'; '.join(kept)}]" if kept else ""
    if not isinstance(node, ast.AST):
        return "" if node is None else repr(node)
    if isinstance(node, FUNCTION):
        names = {**dict.fromkeys(_locals(node), ""), **names}
    fields = {name: value for name, value in ast.iter_fields(node) if name not in DROPPED}
    if top:
        fields.pop("name")
    texts = {name: _field(node, name, value, names) for name, value in sorted(_quiet(node, fields).items())}
    return f"{type(node).__name__}({', '.join(f'{name}={text}' for name, text in texts.items() if text)})"


def _quiet(node: ast.AST, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields without what an error says, and without empty parts of an f-string (Python 3.12 has some)."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return {**fields, "exc": node.exc.func}
    if isinstance(node, ast.Assert):
        return {**fields, "msg": None}
    if isinstance(node, ast.JoinedStr):
        return {**fields, "values": [v for v in node.values if not (isinstance(v, ast.Constant) and v.value == "")]}
    return fields


def _field(node: ast.AST, name: str, value, names: dict[str, str]) -> str:
    """Return the text of a field; a local name becomes its number."""
    if isinstance(value, str) and value in names and isinstance(node, (ast.Name, ast.arg, *FUNCTION)):
        number = sum(map(bool, names.values()))
        names[value] = names[value] or f"${number}"
        return names[value]
    return _text(value, names)


def _locals(function) -> list[str]:
    """Return the names of parameters and of all variables that a function assigns."""
    nodes = list(ast.walk(function))
    found = [n.arg for n in nodes if isinstance(n, ast.arg)]
    found += [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [*found, *(n.name for n in nodes if isinstance(n, FUNCTION) and n is not function)]
