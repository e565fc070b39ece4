"""Fragments of one function's text in place of another's: the places that match, and the names that must exist."""

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

LEFT_OUT = {"returns", "annotation", "decorator_list", "defaults", "kw_defaults"}
INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
LOOSE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp)  # in need of brackets
ALIKE = (*LOOSE, ast.Call, ast.Subscript)  # what may take the place of its own kind


def grafts(host: str, donor: str, known: set[str]) -> Iterator[tuple[str, Callable[[], str]]]:
    """Give (how, text) of the host with one fragment of the donor, whose names are in the host or `known`."""
    places, fragments = ast.parse(host), ast.parse(donor)
    whole = [(part, role(part), free_names(part)) for part in parts(fragments)]
    names_at = scope(places)
    for place in parts(places):
        bound, its_role = known | names_at(place), role(place)
        how = "statement" if isinstance(place, ast.stmt) else "expression"
        for fragment, other_role, names in whole:
            if its_role == other_role and names <= bound:
                yield how, partial(spliced, host, place, fragment)


def parts(node: ast.AST) -> Iterator[ast.AST]:
    """Give the fragments of a function's code that have a role; types, defaults and messages have none."""
    for name, field in ast.iter_fields(node):
        for child in field if isinstance(field, list) else [field]:
            left_out = name in LEFT_OUT or isinstance(child, (ast.JoinedStr, ast.Raise, ast.Assert))
            if isinstance(child, ast.AST) and not left_out:
                if role(child):
                    yield child
                yield from parts(child)


def role(node: ast.AST) -> tuple | None:
    """Return what a fragment does, so that one of the same role may stand in its place; None for what stays."""
    match node:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return ("sets", root(target))
        case ast.Return(value=value) if value is not None:
            return ("returns", len(value.elts) if isinstance(value, ast.Tuple) else 1)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return ("calls", name)
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            return None
        case ast.expr() if isinstance(node, ALIKE):
            return (type(node).__name__,)
    return None


def root(target: ast.expr) -> str:
    """Return the name that an assignment changes: `dx` for `dx[i] = 1`; the names, for several at once."""
    while isinstance(target, (ast.Subscript, ast.Starred)):
        target = target.value
    return ast.unparse(target)


def free_names(fragment: ast.AST) -> set[str]:
    """Return the names that a fragment reads and does not make itself."""
    names = [node for node in ast.walk(fragment) if isinstance(node, ast.Name)]
    inside = {node.id for part in ast.walk(fragment) if isinstance(part, INNER) for node in made_by(part)}
    inside |= {node.arg for node in ast.walk(fragment) if isinstance(node, ast.arg)}  # of a lambda
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)} - inside
    return read | ({root(fragment.target)} if isinstance(fragment, ast.AugAssign) else set())


def made_by(part: ast.AST) -> Iterator[ast.Name]:
    """Give the names that a comprehension sets."""
    for node in ast.walk(part):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node


def scope(tree: ast.AST) -> Callable[[Any], set[str]]:
    """Return what tells the names known at a place: arguments, what was set above, and its own comprehension's."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = [node for node in outside(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    inner = [part for part in ast.walk(tree) if isinstance(part, INNER)]
    below = [({*ast.walk(part)} - {part}, {node.id for node in made_by(part)}) for part in inner]

    def names_at(place: Any) -> set[str]:
        above = {node.id for node in names if node.lineno < place.lineno}
        return arguments.union(above, *(own for nodes, own in below if place in nodes))

    return names_at


def outside(node: ast.AST) -> Iterator[ast.AST]:
    """Give all nodes that stand in no comprehension."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, INNER):
            yield from outside(child)


def spliced(text: str, place: ast.AST, fragment: ast.AST) -> str:
    """Return a text with a fragment in place of a node's own."""
    new = f"({ast.unparse(fragment)})" if isinstance(fragment, LOOSE) else ast.unparse(fragment)
    data = text.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    a = starts[place.lineno - 1] + place.col_offset  # type: ignore[attr-defined]
    b = starts[place.end_lineno - 1] + place.end_col_offset  # type: ignore[attr-defined]
    return (data[:a] + new.encode() + data[b:]).decode()
