"""Which statements of a function a wrong value may come from, so that they are searched first."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .operators.base import HELD, TICK

Reads = list[tuple[ast.stmt, set[str], set[str]]]  # each statement, what it writes to and what it reads


def owners(function: ast.FunctionDef) -> dict[int, ast.stmt]:
    """Return for each part of a function the statement that it belongs to."""
    owner: dict[int, ast.stmt] = {}
    for statement in [n for n in ast.walk(function) if isinstance(n, ast.stmt) and n is not function]:
        owner[id(statement)] = statement
        for part in own_parts(statement):
            owner.update((id(node), statement) for node in ast.walk(part))
    return owner


def own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """Give the parts of a statement, not the statements inside it."""
    for name, value in ast.iter_fields(statement):
        if name not in ("body", "orelse", "handlers", "finalbody"):
            yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST))


def ranks(function: ast.FunctionDef, returns: tuple[str, ...], wrong: Iterable[str]) -> dict[int, int]:
    """Return for each statement 0 where only wrong values come from it, 1 where others do too, 2 where no wrong one."""
    reads = list(reads_of(function.body, set()))
    bad = {name.split("[")[0].split(" ")[0] for name in wrong}
    if not bad or not bad <= set(returns):
        return {}
    last = [s.value for s, _, _ in reads if isinstance(s, ast.Return) and s.value is not None]
    sought, fine = set[str](), set[str]()
    for value in last:
        row = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(returns) else [value] * len(returns)
        for name, part in zip(returns, row, strict=True):
            if name in bad:
                sought |= names_in(part)
            elif name[0] != "_":
                fine |= names_in(part)
    sought, fine = closed(sought, reads), closed(fine, reads)
    return {id(s): rank(s, writes, sought, fine) for s, writes, _ in reads}


def rank(statement: ast.stmt, writes: set[str], sought: set[str], fine: set[str]) -> int:
    """Return how soon a statement is searched."""
    if isinstance(statement, ast.Return):
        return 1
    if not writes & sought:
        return 2
    return 1 if writes & fine else 0


def closed(names: set[str], reads: Reads) -> set[str]:
    """Return names with all that they are made of."""
    while True:
        more = names.union(*(read for _, writes, read in reads if writes & names))
        if more == names:
            return names
        names = more


def reads_of(block: list[ast.stmt], outer: set[str]) -> Iterator[tuple[ast.stmt, set[str], set[str]]]:
    """Give what each statement writes and reads; what a loop or branch asks is read by all inside it."""
    for statement in block:
        mine = set[str]().union(*map(names_in, own_parts(statement)))
        stored = {n.id for p in own_parts(statement) for n in ast.walk(p) if isinstance(n, ast.Name) and is_stored(n)}
        if isinstance(statement, (ast.Assign, ast.AugAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield statement, set[str]().union(*map(roots, targets)), mine | outer
        elif isinstance(statement, ast.Expr):
            yield statement, mine, mine | outer  # a method may change what it is called on
        else:
            inside = [*reads_of(getattr(statement, "body", []), outer | mine)]
            inside += reads_of(getattr(statement, "orelse", []), outer | mine)
            yield statement, stored.union(*(writes for _, writes, _ in inside)), mine | outer
            yield from inside


def is_stored(name: ast.Name) -> bool:
    """Return whether a name is given a value."""
    return isinstance(name.ctx, ast.Store)


def roots(target: ast.AST) -> set[str]:
    """Return the names that an assignment writes to, in whole or in part."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return set[str]().union(*map(roots, target.elts))
    while isinstance(target, (ast.Subscript, ast.Attribute, ast.Starred)):
        target = target.value
    return {target.id} if isinstance(target, ast.Name) else set()


def names_in(node: ast.AST) -> set[str]:
    """Return the names in a part."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {TICK, HELD}
