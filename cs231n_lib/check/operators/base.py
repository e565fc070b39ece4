"""What operators work with: the places of a tree, edits of them, and what a function's names held."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

TICK = "__tick__"  # the call put into each loop, so that none is endless; no edit touches it
HELD = "__held__"  # the call put around each value that a name is given, so that none is too large
GIVEN = "given: "  # begins what is said of a missing line that gives a value to a name which has none
NUMBERS = (0, 1, 2, 0.5)  # constants are chosen among these, never fitted
FACTORS = (ast.Mult, ast.Div)
TERMS = (ast.Add, ast.Sub)


@dataclass(frozen=True, eq=False)
class Place:
    """Where a part of the tree hangs: the field of its parent, and the position where that field is a list."""

    parent: ast.AST
    name: str
    index: int | None
    node: Any

    def put(self, value: Any) -> None:
        """Hang something else here."""
        if self.index is None:
            setattr(self.parent, self.name, value)
        else:
            getattr(self.parent, self.name)[self.index] = value


@dataclass(frozen=True, eq=False)
class Edit:
    """One edit: what it puts where, the part that is told of it, what stands there then, and what kind it is."""

    operator: str
    spots: tuple[tuple[Place, Any], ...]
    old: ast.AST
    new: ast.AST | None
    detail: str
    unit: int = 0  # the function that it changes: 0 the learner's, then those that it calls

    @property
    def effect(self) -> str:
        """Return what the edit does to a value, whatever operator it is from: a divisor left out is a factor."""
        for sign, other in (("/", "*"), ("*", "/")):
            if self.operator == "factor" and self.detail.startswith(f"without {sign} "):
                return f"{other} {self.detail.removeprefix(f'without {sign} ')}"
        return self.detail if self.operator == "missing" else f"{self.operator} {self.detail}"

    def apply(self) -> None:
        """Change the tree."""
        for place, value in self.spots:
            place.put(value)

    def undo(self) -> None:
        """Put back what stood in the tree."""
        for place, _ in reversed(self.spots):
            place.put(place.node)


@dataclass
class Scope:
    """What a function works with: its names in order, unused parts first, and what they held when it returned."""

    names: list[str]
    held: dict[str, Any] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # parameters and other numbers that nothing reads
    counters: set[str] = field(default_factory=set)  # the variables of loops
    parts: list[str] = field(default_factory=list)  # what the function computes, as text: short ones
    constants: list[float] = field(default_factory=list)  # those of the function and of the textbook

    def like(self, name: str) -> Iterator[str]:
        """Give the other names that may stand for a name: of one kind and shape where that is known."""
        mine = self.held.get(name)
        for other in self.names:
            value = self.held.get(other)
            both = other != name and name in self.held and other in self.held
            if both and kind(value) == kind(mine) and not same_value(value, mine):
                yield other

    def sizes(self) -> list[str]:
        """Return the names that hold a size, then the sizes of arrays that no name holds."""
        named = {n: v for n, v in self.held.items() if type(v) is int and v > 1 and n in self.names}
        named = {n: v for n, v in named.items() if n not in self.counters}
        shapes = {
            f"{n}.shape[{k}]": size
            for n, v in self.held.items()
            if isinstance(v, np.ndarray) and n in self.names
            for k, size in enumerate(v.shape)
        }
        known = set(named.values())
        free: dict[int, str] = {}
        for text, size in shapes.items():
            if size > 1 and size not in known:
                free.setdefault(size, text)
        return [*named, *free.values()]

    def factors(self) -> list[str]:
        """Return the names of numbers and arrays that a product may lack."""
        return [n for n in self.names if kind(self.held.get(n))[0] in ("array", "float")]


def is_array(value: Any) -> bool:
    """Return whether a value is an array or a tensor."""
    return isinstance(getattr(value, "nbytes", None), int) and isinstance(getattr(value, "shape", None), tuple)


def kind(value: Any) -> tuple:
    """Return what two values share that may stand for each other."""
    if isinstance(value, np.ndarray) or (hasattr(value, "shape") and hasattr(value, "dtype") and value.shape):
        return "array", tuple(value.shape)
    if isinstance(value, (bool, str)) or value is None:
        return (type(value).__name__,)
    if isinstance(value, (int, np.integer)):
        return ("int",)
    return ("float",) if isinstance(value, (float, np.floating)) else (type(value).__name__,)


def same_value(one: Any, other: Any) -> bool:
    """Return whether two names hold the same, so that one for the other changes nothing."""
    if one is other:
        return True
    return isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and np.array_equal(one, other)


def parse(text: str) -> ast.expr:
    """Return the tree of an expression."""
    return ast.parse(text, mode="eval").body


def binary(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.BinOp:
    """Return a sum or a product of two parts."""
    return ast.BinOp(left=left, op=op, right=right)


def called(node: ast.AST) -> str:
    """Return the last name of what a call calls; "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def like(node: ast.AST, **fields: Any) -> Any:
    """Return a node of the same kind with other fields."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


Found = Iterator[tuple[ast.AST, str]]  # what may stand there instead, and what the edit is, in short

FORMAL = {  # calls that make or shape arrays: no numbers are computed in them
    *("zeros", "ones", "zeros_like", "ones_like", "empty", "reshape", "view", "len", "isinstance", "range", "arange"),
    *("get", "setdefault", "pad", "transpose", "swapaxes", "permute", "enumerate", "print", "astype", "item"),
}


def is_module(node: ast.AST) -> bool:
    """Return whether an expression is the name of an array library."""
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "torch", "F", "xp")


def is_term(node: ast.AST) -> bool:
    """Return whether an expression is one that computes, not a name, an index or a constant alone."""
    one = isinstance(node, ast.Constant) and node.value == 1
    return one or isinstance(node, (ast.BinOp, ast.Call, ast.UnaryOp, ast.Name, ast.Subscript))


def argument(node: ast.AST) -> ast.expr | None:
    """Return the one argument of a call of a library's function, such as np.tanh(x); None for anything else."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return None
    return node.args[0] if isinstance(node.func, ast.Attribute) and is_module(node.func.value) else None


def is_tick(node: ast.AST) -> bool:
    """Return whether a statement is the counter put into a loop."""
    return isinstance(node, ast.Expr) and called(node.value) == TICK


def held(node: ast.AST, scope: Scope) -> Any:
    """Return what a name held; for an entry such as config["m"] an array, for one never knows."""
    return scope.held.get(node.id) if isinstance(node, ast.Name) else np.zeros(1)


def weight(node: ast.AST | None) -> int:
    """Return how many parts a tree has."""
    return sum(1 for _ in ast.walk(node)) if node is not None else 0
