"""Fragments of one function's text in place of another's: the places that match, and the names that must exist."""

import ast
from collections.abc import Iterator

LEFT_OUT = {"returns", "annotation", "decorator_list", "defaults", "kw_defaults"}
INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
LOOSE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp)  # in need of brackets
ALIKE = (*LOOSE, ast.Call, ast.Subscript)  # what may take the place of its own kind


def grafted(host: str, donor: str, known: set[str]) -> Iterator[tuple[str, str]]:
    """Give (how, text) of the host's text with one fragment of the donor's, whose names are in the host or `known`."""
    places, fragments = ast.parse(host), ast.parse(donor)
    whole = list(parts(fragments))
    for place in parts(places):
        bound = known | names_before(places, place)
        for fragment in whole:
            fits = role(fragment) == role(place) and free_names(fragment) <= bound
            if fits and ast.unparse(fragment) != ast.unparse(place):
                text = ast.unparse(fragment)
                text = f"({text})" if isinstance(fragment, LOOSE) else text
                yield ("statement" if isinstance(place, ast.stmt) else "expression"), spliced(host, place, text)


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


def names_before(tree: ast.AST, place: ast.AST) -> set[str]:
    """Return the names that a function knows at a place: its arguments, what was set above, its own comprehension's."""
    line = place.lineno  # type: ignore[attr-defined]
    found = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in outside(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < line:
            found.add(node.id)
    for part in ast.walk(tree):
        if isinstance(part, INNER) and any(node is place for node in ast.walk(part)) and part is not place:
            found |= {node.id for node in made_by(part)}
    return found


def outside(node: ast.AST) -> Iterator[ast.AST]:
    """Give all nodes that stand in no comprehension."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, INNER):
            yield from outside(child)


def spliced(text: str, place: ast.AST, new: str) -> str:
    """Return a text with another fragment in place of a node's own."""
    data = text.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    a = starts[place.lineno - 1] + place.col_offset  # type: ignore[attr-defined]
    b = starts[place.end_lineno - 1] + place.end_col_offset  # type: ignore[attr-defined]
    return (data[:a] + new.encode() + data[b:]).decode()
