"""What is done and what is not begun."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

import numpy as np

from . import compare
from .played import Played
from .run import Outcome
from .source import read


@dataclass
class Parts:
    """Values of ordinary cases by how they stand."""

    right: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    open_cases: list[int] = field(default_factory=list)  # cases that have not begun at all

    @property
    def half(self) -> bool:
        """Whether something is right, something is not begun, and nothing is wrong."""
        return bool(not self.wrong and self.right and (self.open or self.open_cases))


def parts(played: Played) -> Parts:
    """Sort the values of ordinary cases into right, not begun and wrong; a value counts as wrong if it is so once."""
    found = Parts()
    signs: dict[str, set[str]] = {}
    holes = has_holes(played)
    for i in played.known.ordinary:
        got, want = played.outcomes[i], played.truth[i]
        if got.blank or (holes and got.failure and "NoneType" in got.failure.message):
            found.open_cases.append(i)
        else:
            for name in want.values:
                signs.setdefault(name, set()).add(sign(played, got, want, name))
    for name, seen in signs.items():
        kind = "wrong" if "wrong" in seen else "open" if "open" in seen else "right"
        getattr(found, kind).append(name)
    return found


def sign(played: Played, got: Outcome, want: Outcome, name: str) -> str:
    """Return how one value of one case stands."""
    if got.failure or got.form:
        return "wrong"
    value = got.values.get(name)
    if compare.close(value, want.values[name], want.units.get(name, 0)):
        return "right"
    if value is None or (is_placeholder(played, name) and isinstance(value, np.ndarray) and not np.any(value)):
        return "open"
    return "wrong"


def is_placeholder(played: Played, name: str) -> bool:
    """Return whether the source still returns what a value began with."""
    first, returns = name.split("[")[0].split(" ")[0], played.exercise.returns
    return first in returns and returns.index(first) in played.state.placeholders


def has_holes(played: Played) -> bool:
    """Return whether the source has a part that is not filled in: a marked block, or a branch that only passes."""
    if played.state.open_blocks:
        return True
    source = read(played.subject.fn)
    return source is not None and any(map(only_passes, ast.walk(source.tree)))


def has_dots(played: Played) -> bool:
    """Return whether the source still has a line that is only `...`."""
    source = read(played.subject.fn)
    lines = [n.value for n in ast.walk(source.tree) if isinstance(n, ast.Expr)] if source else []
    return any(isinstance(value, ast.Constant) and value.value is ... for value in lines)


def only_passes(node: ast.AST) -> bool:
    """Return whether a branch or a loop holds nothing but `pass` or dots."""
    if not isinstance(node, (ast.If, ast.For, ast.While)):
        return False
    return any(body and all(map(is_filler, body)) for body in (node.body, node.orelse))


def is_filler(node: ast.stmt) -> bool:
    """Return whether a statement does nothing."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def nothing_there(played: Played) -> bool:
    """Return whether nothing was filled in, where the source does not tell: nothing returned, or zeros only."""
    outcomes = played.outcomes
    if not played.subject.answers and any(o.blank for o in outcomes):
        return True
    if all(o.values and all(v is None for v in o.values.values()) for o in outcomes):
        return True
    if any(o.failure or o.form or o.blank for o in outcomes):
        return False
    given = [v for o in outcomes for v in o.values.values()]
    silent = all(v is None or (isinstance(v, np.ndarray) and not np.any(v)) for v in given)
    return silent and any(np.any(v) for o in played.truth for v in o.values.values())
