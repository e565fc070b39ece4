"""The edits that mend a slip: one small function each, which gives what may stand in a place instead."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

TICK = "__tick__"  # the call put into each loop, so that none is endless; no edit touches it
NUMBERS = (0, 1, 2, 0.5)  # constants are chosen among these, never fitted
REDUCTIONS = ("sum", "mean", "max", "min", "argmax", "argmin", "prod", "std", "var")
PARTNER = {"sum": "mean", "mean": "sum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
PARTNER |= {"maximum": "minimum", "minimum": "maximum", "zeros_like": "ones_like", "ones_like": "zeros_like"}
PARTNER |= {"zeros": "ones", "ones": "zeros", "tanh": "exp", "hstack": "vstack", "vstack": "hstack", "std": "var"}
WRAPPERS = ("sqrt", "abs", "exp", "log", "square", "copy", "sum", "mean", "tanh", "transpose", "float")
ADDED = ("sqrt", "abs", "exp", "log")
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

# --- edits of an expression -------------------------------------------------------------------------------------------


def axis(node: ast.AST, scope: Scope) -> Found:
    """Give other axes for a reduction: another one, one where there was none, none where there was one."""
    if called(node) not in (*REDUCTIONS, "concatenate", "stack", "argsort", "sort", "repeat", "softmax", "norm"):
        return
    assert isinstance(node, ast.Call)
    old = next((k for k in node.keywords if k.arg in ("axis", "dim")), None)
    others = [k for k in node.keywords if k is not old]
    before = ast.unparse(old.value) if old else None
    for text in (*several(old), "0", "1", "-1", "2", None):
        if (text != before and called(node) in REDUCTIONS) or (old and text not in (before, None)):
            new = [ast.keyword(arg=old.arg if old else "axis", value=parse(text))] if text else []
            yield like(node, keywords=new + others), f"{before}>{text}"
    at = 0 if isinstance(node.func, ast.Attribute) and not is_module(node.func.value) else 1
    if old is None and len(node.args) == at + 1:
        before = ast.unparse(node.args[at])
        for text in ("0", "1", "-1"):
            if text != before:
                yield like(node, args=[*node.args[:at], parse(text)]), f"{before}>{text}"


def several(old: ast.keyword | None) -> list[str]:
    """Return the axes with one more or one less, where there are several."""
    if old is None or not isinstance(old.value, ast.Tuple):
        return []
    mine = [ast.unparse(part) for part in old.value.elts]
    less = [[a for a in mine if a != b] for b in mine]
    more = [sorted([*mine, a]) for a in "0123" if a not in mine]
    return [f"({', '.join(axes)},)" for axes in less + more]


def is_module(node: ast.AST) -> bool:
    """Return whether an expression is the name of an array library."""
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "torch", "F", "xp")


def keepdims(node: ast.AST, scope: Scope) -> Found:
    """Give a reduction with keepdims where it had none, and the other way round."""
    if called(node) not in REDUCTIONS or not isinstance(node, ast.Call):
        return
    others = [k for k in node.keywords if k.arg not in ("keepdims", "keepdim")]
    if len(others) < len(node.keywords):
        yield like(node, keywords=others), "without"
    elif others or len(node.args) > 1:
        yield like(node, keywords=[*others, ast.keyword(arg="keepdims", value=ast.Constant(True))]), "with"


def factor(node: ast.AST, scope: Scope) -> Found:
    """Give a product without one of its factors, or turned into a quotient and back."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, FACTORS):
        return
    yield node.left, f"without {'*' if isinstance(node.op, ast.Mult) else '/'} {ast.unparse(node.right)}"
    if isinstance(node.op, ast.Mult):
        yield node.right, f"without * {ast.unparse(node.left)}"
        yield like(node, op=ast.Div()), "inverted"
    else:
        yield like(node, op=ast.Mult()), "inverted"


def missing(node: ast.AST, scope: Scope) -> Found:
    """Give a term with one more factor or divisor: a size, 2, a half, or a name in scope."""
    if not is_term(node) or not isinstance(node, ast.expr):
        return
    whole = isinstance(node, ast.Name) and kind(scope.held.get(node.id))[0] == "int"
    for text in [*scope.sizes(), "2"]:
        if whole:
            yield binary(node, ast.Mult(), parse(text)), f"* {text}"
            continue
        yield binary(node, ast.Div(), parse(text)), f"/ {text}"
        yield binary(node, ast.Mult(), parse(text)), f"* {text}"
    for name in [] if whole else scope.unread:
        yield binary(node, ast.Add(), parse(name)), f"+ {name}"
    for name in [] if whole else scope.factors():
        yield binary(node, ast.Mult(), parse(name)), f"* {name}"
        if kind(scope.held[name])[0] == "float":
            yield binary(node, ast.Mult(), parse(f"(1 - {name})")), f"* (1 - {name})"
            yield binary(node, ast.Div(), parse(name)), f"/ {name}"


def ingredient(node: ast.AST, scope: Scope) -> Found:
    """Give a term with one more factor or divisor, or one more term, that the function computes elsewhere."""
    if not is_term(node) or not isinstance(node, ast.expr) or isinstance(node, ast.Name):
        return
    for text in scope.parts:
        yield binary(node, ast.Mult(), parse(text)), f"* {text}"
        yield binary(node, ast.Div(), parse(text)), f"/ {text}"
        yield binary(node, ast.Add(), parse(text)), f"+ {text}"


def is_term(node: ast.AST) -> bool:
    """Return whether an expression is one that computes, not a name, an index or a constant alone."""
    one = isinstance(node, ast.Constant) and node.value == 1
    return one or isinstance(node, (ast.BinOp, ast.Call, ast.UnaryOp, ast.Name, ast.Subscript))


def complement(node: ast.AST, scope: Scope) -> Found:
    """Give 1 - x for x, and x for 1 - x."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and getattr(node.left, "value", None) == 1:
        yield node.right, "without"
    elif isinstance(node, (ast.Name, ast.Subscript)) and kind(held(node, scope))[0] in ("array", "float"):
        yield binary(ast.Constant(1), ast.Sub(), node), "with"


def square(node: ast.AST, scope: Scope) -> Found:
    """Give a square for a value, and a value for its square or any power of it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield node.left, "without"
    elif isinstance(node, (ast.Name, ast.Subscript)) and kind(held(node, scope))[0] in ("array", "float"):
        yield binary(node, ast.Pow(), ast.Constant(2)), "with"


def held(node: ast.AST, scope: Scope) -> Any:
    """Return what a name held; for an entry such as config["m"] an array, for one never knows."""
    return scope.held.get(node.id) if isinstance(node, ast.Name) else np.zeros(1)


def sign(node: ast.AST, scope: Scope) -> Found:
    """Give a sum for a difference, and an expression with its sign turned."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, TERMS):
        yield like(node, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()), "between"
        if isinstance(node.op, ast.Sub):
            yield like(node, left=node.right, right=node.left), "turned"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if not isinstance(node.operand, ast.Constant):
            yield node.operand, "turned"
    elif isinstance(node, (ast.Call, ast.Name, ast.BinOp)):
        yield ast.UnaryOp(op=ast.USub(), operand=node), "turned"


def transpose(node: ast.AST, scope: Scope) -> Found:
    """Give a product with its sides swapped, or with one of them transposed."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value, "without"
    sides = product(node)
    if sides is None:
        return
    left, right, make = sides
    yield make(right, left), "order"
    for a, b in ((turned(left), right), (left, turned(right)), (turned(left), turned(right))):
        yield make(a, b), "T"
        yield make(b, a), "order and T"


def product(node: ast.AST) -> tuple[ast.expr, ast.expr, Callable[[ast.expr, ast.expr], ast.expr]] | None:
    """Return the two sides of a matrix product and how to make another of its kind; None for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right, lambda a, b: like(node, left=a, right=b)
    if called(node) in ("dot", "matmul") and isinstance(node, ast.Call):
        if len(node.args) == 2:
            return node.args[0], node.args[1], lambda a, b: like(node, args=[a, b])
        if isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            func = node.func
            return func.value, node.args[0], lambda a, b: like(node, func=like(func, value=a), args=[b])
    return None


def turned(node: ast.expr) -> ast.expr:
    """Return an expression transposed; one that was transposed as it was before."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(value=node, attr="T", ctx=ast.Load())


COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt, ast.GtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


def comparison(node: ast.AST, scope: Scope) -> Found:
    """Give a comparison the other way round, or with and without equality; a condition negated."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in COMPARISONS.get(type(node.ops[0]), ()):
            yield like(node, ops=[op()]), op.__name__
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield node.operand, "not"


def name(node: ast.AST, scope: Scope) -> Found:
    """Give another name in scope for a name."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in scope.like(node.id):
            yield ast.Name(id=other, ctx=ast.Load()), f"{node.id}>{other}"


def key(node: ast.AST, scope: Scope) -> Found:
    """Give another key of the same function for the key of a dictionary."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        for other in scope.keys:
            if other != node.slice.value:
                yield like(node, slice=ast.Constant(other)), f"{node.slice.value}>{other}"


def term(node: ast.AST, scope: Scope) -> Found:
    """Give a sum without one of its terms."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, TERMS):
        yield node.left, f"without {ast.unparse(node.right)}"
        yield node.right, f"without {ast.unparse(node.left)}"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
        yield like(node, right=node.right.operand), "power"


def call(node: ast.AST, scope: Scope) -> Found:
    """Give what a call was made on in place of the call, or a call on it."""
    if called(node) in WRAPPERS and isinstance(node, ast.Call):
        inner = node.args[0] if node.args else getattr(node.func, "value", None)
        if inner is not None and not is_module(inner):
            yield inner, f"without {called(node)}"
    if isinstance(node, (ast.BinOp, ast.Call, ast.Name, ast.Subscript)) and called(node) not in WRAPPERS:
        for function in ADDED:
            yield ast.Call(func=parse(f"np.{function}"), args=[node], keywords=[]), f"with {function}"
        if isinstance(node, ast.Name):
            yield parse(f"{node.id}.copy()"), "with copy"


def partner(node: ast.AST, scope: Scope) -> Found:
    """Give the call that is often taken for another: mean for sum, min for max, ones for zeros."""
    if called(node) in PARTNER and isinstance(node, ast.Call):
        other = PARTNER[called(node)]
        if isinstance(node.func, ast.Attribute):
            yield like(node, func=like(node.func, attr=other)), f"{called(node)}>{other}"
        elif isinstance(node.func, ast.Name):
            yield like(node, func=like(node.func, id=other)), f"{called(node)}>{other}"


def ends(node: ast.AST, scope: Scope) -> Found:
    """Give a slice that begins or ends one earlier or later, or that leaves an end open."""
    if not isinstance(node, ast.Slice):
        return
    for side in ("lower", "upper"):
        end = getattr(node, side)
        if end is not None:
            yield like(node, **{side: None}), f"{side} open"
            for op in (ast.Add(), ast.Sub()):
                yield like(node, **{side: binary(end, op, ast.Constant(1))}), f"{side} {type(op).__name__}"
        else:
            yield like(node, **{side: parse("1" if side == "lower" else "-1")}), f"{side} closed"


def index(node: ast.AST, scope: Scope) -> Found:
    """Give an index with its parts swapped; one cell a row where whole columns were meant, and the other way round."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) < 2:
        return
    first, second, *rest = node.slice.elts
    yield like(node, slice=like(node.slice, elts=[second, first, *rest])), "swapped"
    if isinstance(first, ast.Slice) and first.lower is first.upper is None and isinstance(second, ast.Name):
        rows = [n for n in scope.names if kind(scope.held.get(n))[0] == "array"]
        if second.id in rows:
            yield like(node, slice=like(node.slice, elts=[parse(f"np.arange(len({second.id}))"), second, *rest])), "one"
    elif called(first) == "arange" or (isinstance(first, ast.Name) and isinstance(second, ast.Name)):
        yield like(node, slice=like(node.slice, elts=[ast.Slice(), second, *rest])), "all"


def steps(node: ast.AST, scope: Scope) -> Found:
    """Give a range that runs the other way, or that begins or ends one earlier or later."""
    if called(node) == "reversed" and isinstance(node, ast.Call) and node.args:
        yield node.args[0], "forward"
    if called(node) not in ("range", "arange") or not isinstance(node, ast.Call) or not node.args:
        return
    if called(node) == "range":
        yield ast.Call(func=ast.Name(id="reversed", ctx=ast.Load()), args=[node], keywords=[]), "backward"
    if len(node.args) == 1:
        yield like(node, args=[ast.Constant(1), node.args[0]]), "from 1"
        ends_ = [(binary(node.args[0], op, ast.Constant(1)), type(op).__name__) for op in (ast.Sub(), ast.Add())]
        for end, how in ends_:
            yield like(node, args=[end]), f"end {how}"
    elif len(node.args) == 2:
        yield like(node, args=[node.args[1]]), "from 0"
        for op in (ast.Sub(), ast.Add()):
            yield like(node, args=[node.args[0], binary(node.args[1], op, ast.Constant(1))]), f"end {type(op).__name__}"


def constant(node: ast.AST, scope: Scope) -> Found:
    """Give another constant of the few that are usual."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in NUMBERS:
            if value != node.value:
                yield ast.Constant(value), f"{node.value!r}>{value}"
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value), "turned"


def bracket(node: ast.AST, scope: Scope) -> Found:
    """Give a sum and a product with the bracket set otherwise."""
    if not isinstance(node, ast.BinOp):
        return
    left, op, right = node.left, node.op, node.right
    if isinstance(right, ast.BinOp) and bracketed(op, right.op):
        yield binary(binary(left, op, right.left), right.op, right.right), "left"
    if isinstance(left, ast.BinOp) and bracketed(op, left.op):
        yield binary(left.left, left.op, binary(left.right, op, right)), "right"
    for one, other, turn in ((left, right, False), (right, left, True)):
        inner = argument(one)
        if inner is not None and isinstance(op, TERMS):
            whole = binary(other, op, inner) if turn else binary(inner, op, other)
            yield like(one, args=[whole]), "into"


def argument(node: ast.AST) -> ast.expr | None:
    """Return the one argument of a call of a library's function, such as np.tanh(x); None for anything else."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return None
    return node.args[0] if isinstance(node.func, ast.Attribute) and is_module(node.func.value) else None


def bracketed(one: ast.operator, other: ast.operator) -> bool:
    """Return whether it matters which of two operations comes first."""
    loose = [isinstance(op, TERMS) for op in (one, other)]
    return loose[0] != loose[1] or isinstance(one, (ast.Sub, ast.Div)) or isinstance(other, (ast.Sub, ast.Div))


def exchange(node: ast.AST, scope: Scope) -> Found:
    """Give a sum of two products with their first factors exchanged, and a row with two neighbours exchanged."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, TERMS):
        one, other = node.left, node.right
        if isinstance(one, ast.BinOp) and isinstance(other, ast.BinOp) and type(one.op) is type(other.op) is ast.Mult:
            yield like(node, left=like(one, left=other.left), right=like(other, left=one.left)), "factors"
    elif isinstance(node, ast.Tuple) and 2 <= len(node.elts) <= 6:
        for i in range(len(node.elts) - 1):
            parts = list(node.elts)
            parts[i], parts[i + 1] = parts[i + 1], parts[i]
            yield like(node, elts=parts), f"row {i}"


def reach(node: ast.AST, scope: Scope) -> Found:
    """Give a call on the first or the last term alone where it was on a whole sum."""
    inner = argument(node)
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, TERMS):
        yield like(inner, left=like(node, args=[inner.left])), "first"
        yield like(inner, right=like(node, args=[inner.right])), "last"


def told_as(operator: str, place: Place) -> str:
    """Return the operator that an edit is told as: what changes the end of a slice is told as that."""
    return "ends" if isinstance(place.parent, ast.Slice) and operator in ("term", "sign") else operator


# --- edits of a statement, or of neighbours ---------------------------------------------------------------------------


def augment(node: ast.AST, scope: Scope) -> Found:
    """Give `=` for `+=`, `+=` for `=`, and `-=` for `+=`."""
    if isinstance(node, ast.AugAssign):
        if isinstance(node.op, TERMS) and ast.unparse(node.target) != ast.unparse(node.value):
            yield ast.Assign(targets=[node.target], value=node.value), "set"
            yield like(node, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()), "sign"
        elif isinstance(node.op, FACTORS):
            yield like(node, op=ast.Div() if isinstance(node.op, ast.Mult) else ast.Mult()), "inverted"
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Subscript)):
        yield ast.AugAssign(target=node.targets[0], op=ast.Add(), value=node.value), "added"


EXPRESSIONS: dict[str, Callable[[ast.AST, Scope], Found]] = {
    "axis": axis,
    "comparison": comparison,
    "transpose": transpose,
    "sign": sign,
    "augment": augment,
    "partner": partner,
    "factor": factor,
    "term": term,
    "index": index,
    "ends": ends,
    "steps": steps,
    "constant": constant,
    "bracket": bracket,
    "reach": reach,
    "exchange": exchange,
    "key": key,
    "name": name,
    "keepdims": keepdims,
    "square": square,
    "complement": complement,
    "missing": missing,
    "call": call,
    "ingredient": ingredient,
}


TITLES = {  # what is said of each operator, the key of a sentence
    "axis": "mend_axis",
    "keepdims": "mend_keepdims",
    "factor": "mend_factor",
    "missing": "mend_missing",
    "ingredient": "mend_ingredient",
    "square": "mend_square",
    "complement": "mend_complement",
    "sign": "mend_sign",
    "transpose": "mend_transpose",
    "comparison": "mend_comparison",
    "name": "mend_name",
    "key": "mend_key",
    "term": "mend_term",
    "call": "mend_call",
    "partner": "mend_partner",
    "ends": "mend_ends",
    "index": "mend_index",
    "steps": "mend_steps",
    "constant": "mend_constant",
    "bracket": "mend_bracket",
    "reach": "mend_reach",
    "exchange": "mend_exchange",
    "elsewhere": "mend_elsewhere",
    "augment": "mend_augment",
    "swap": "mend_swap",
    "line": "mend_line",
    "out": "mend_out",
    "in": "mend_in",
}


def places(function: ast.FunctionDef) -> Iterator[Place]:
    """Give each part of a function's body and where it hangs, in the order of the text."""
    pending: list[Place] = [Place(function, "body", i, s) for i, s in enumerate(function.body)]
    while pending:
        place = pending.pop(0)
        if is_tick(place.node) or isinstance(place.node, (ast.expr_context, ast.operator, ast.cmpop)):
            continue
        yield place
        inner: list[Place] = []
        for name, value in ast.iter_fields(place.node):
            if isinstance(value, ast.AST):
                inner.append(Place(place.node, name, None, value))
            elif isinstance(value, list):
                inner += [Place(place.node, name, i, v) for i, v in enumerate(value) if isinstance(v, ast.AST)]
        pending = inner + pending


def is_tick(node: ast.AST) -> bool:
    """Return whether a statement is the counter put into a loop."""
    return isinstance(node, ast.Expr) and called(node.value) == TICK


def edits(function: ast.FunctionDef, scope: Scope) -> Iterator[Edit]:
    """Give all single edits of a function, the likelier operators first."""
    found = list(places(function))
    inside = {id(p.node) for p in found if is_factor_of(p)}
    words = set(formal(function))
    stored = {id(p.node) for p in found if is_target(p)}
    for operator, give in EXPRESSIONS.items():
        for place in found:
            if id(place.node) in stored or (operator in ("missing", "ingredient") and id(place.node) in inside):
                continue
            if operator in COMPUTED and id(place.node) in words:
                continue
            if operator == "constant" and is_axis(place):
                continue  # the operator on axes knows better
            for new, detail in give(place.node, scope):
                if is_idle(place, new):
                    continue
                kept = ((place, located(new, place.node)),)
                yield Edit(told_as(operator, place), kept, place.node, new, detail)
        if operator == "augment":
            yield from moves(function)
        if operator == "name":
            yield from farther(function)


SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr)
LONGEST = 14  # lines of a block up to which one may go anywhere in it
COMPUTED = ("missing", "ingredient", "call", "square", "complement", "sign")  # what is due where numbers are computed


def formal(function: ast.FunctionDef) -> Iterator[int]:
    """Give the parts that only say shapes, settings or cases: of calls that make arrays, of `x.shape`, of `is None`."""
    for node in ast.walk(function):
        shapes = isinstance(node, ast.Attribute) and node.attr in ("shape", "dtype", "size")
        nones = isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot))
        texts = isinstance(node, ast.Compare) and isinstance(getattr(node.comparators[0], "value", None), str)
        if called(node) in FORMAL or shapes or nones or texts:
            yield from (id(part) for part in ast.walk(node) if called(node) == "" or part is not node)


def is_factor_of(place: Place) -> bool:
    """Return whether a part needs no factor of its own: its parent is a product, an index or a call's name."""
    parent = place.parent
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, (*FACTORS, ast.MatMult)):
        return True
    return isinstance(parent, (ast.Subscript, ast.Attribute, ast.UnaryOp, ast.Slice, ast.Tuple)) and not is_returned(
        place
    )


def is_axis(place: Place) -> bool:
    """Return whether a part is the axis of a call."""
    return isinstance(place.parent, ast.keyword) and place.parent.arg in ("axis", "dim")


def is_idle(place: Place, new: ast.AST) -> bool:
    """Return whether a constant would only take a term or a factor away, which other operators do."""
    op = getattr(place.parent, "op", None)
    value = getattr(new, "value", None) if isinstance(new, ast.Constant) else None
    return (value == 0 and isinstance(op, TERMS)) or (value == 1 and isinstance(op, FACTORS))


def is_returned(place: Place) -> bool:
    """Return whether a part is one of several values in a row, such as those of a return."""
    return isinstance(place.parent, ast.Tuple) and isinstance(place.parent.ctx, ast.Load)


def is_target(place: Place) -> bool:
    """Return whether a part is assigned to, or is the name of what is called."""
    if isinstance(getattr(place.node, "ctx", None), ast.Store):
        return not isinstance(place.node, ast.Subscript)
    return place.name in ("func", "target", "targets") and not isinstance(place.node, ast.Subscript)


def located(new: Any, node: ast.AST) -> Any:
    """Return a new part whose pieces without a line have that of what they stand for."""
    for piece in ast.walk(new):
        if "lineno" in piece._attributes and not hasattr(piece, "lineno"):
            ast.copy_location(piece, node)
    return new


def blocks(function: ast.FunctionDef) -> Iterator[Place]:
    """Give each list of statements, as one place."""
    for node in ast.walk(function):
        for name in ("body", "orelse"):
            statements = getattr(node, name, None)
            if isinstance(statements, list) and statements:
                yield Place(node, name, None, statements)


def moves(function: ast.FunctionDef) -> Iterator[Edit]:
    """Give edits of whole lines: swapped neighbours, one left out, one moved out of or into a loop or a branch."""
    for block in blocks(function):
        lines = block.node
        for i, line in enumerate(lines):
            if is_tick(line) or isinstance(line, ast.Return):
                continue
            after = lines[i + 1] if i + 1 < len(lines) else None
            if after is not None and not isinstance(after, ast.Return):
                swapped = [*lines[:i], after, line, *lines[i + 2 :]]
                yield Edit("swap", ((block, swapped),), line, after, "swap")
            if len(lines) > 1 and isinstance(line, (ast.Assign, ast.AugAssign, ast.Expr)):
                yield Edit("line", ((block, [*lines[:i], *lines[i + 1 :]]),), line, None, "line")
            if isinstance(line, (ast.For, ast.While, ast.If)):
                yield from over_the_edge(block, i, line)


def farther(function: ast.FunctionDef) -> Iterator[Edit]:
    """Give edits that bring a line to another place of its block, or give two lines each other's name."""
    for block in blocks(function):
        lines = [line for line in block.node if not is_tick(line)]
        head = block.node[: len(block.node) - len(lines)]
        for i, line in enumerate(lines if len(lines) <= LONGEST else []):
            for j, other in enumerate(lines):
                rest = [*lines[:i], *lines[i + 1 :]]
                if abs(i - j) > 1 and isinstance(line, SIMPLE) and isinstance(other, (*SIMPLE, ast.For, ast.If)):
                    yield Edit("elsewhere", ((block, [*head, *rest[:j], line, *rest[j:]]),), line, other, f"by {j - i}")
                if i < j and isinstance(line, ast.Assign) and isinstance(other, ast.Assign):
                    spots = (Place(line, "targets", None, line.targets), other.targets)
                    back = (Place(other, "targets", None, other.targets), line.targets)
                    yield Edit("exchange", (spots, back), line, like(line, targets=other.targets), f"names {i} {j}")


def over_the_edge(block: Place, i: int, loop: ast.For | ast.While | ast.If) -> Iterator[Edit]:
    """Give the edits that move a line out of a loop or branch, to before or after it, or into it."""
    lines, body = block.node, loop.body
    inner = Place(loop, "body", None, body)
    first = 1 if is_tick(body[0]) else 0
    if len(body) > first + 1:
        out = [*lines[: i + 1], body[-1], *lines[i + 1 :]]
        yield Edit("out", ((block, out), (inner, body[:-1])), body[-1], loop, "after")
        out = [*lines[:i], body[first], *lines[i:]]
        yield Edit("out", ((block, out), (inner, [*body[:first], *body[first + 1 :]])), body[first], loop, "before")
    if i + 1 < len(lines) and not isinstance(lines[i + 1], (ast.Return, ast.For)):
        rest = [*lines[: i + 1], *lines[i + 2 :]]
        yield Edit("in", ((block, rest), (inner, [*body, lines[i + 1]])), lines[i + 1], loop, "end")
    if i and not isinstance(lines[i - 1], ast.For) and not is_tick(lines[i - 1]):
        rest = [*lines[: i - 1], *lines[i:]]
        into = [*body[:first], lines[i - 1], *body[first:]]
        yield Edit("in", ((block, rest), (inner, into)), lines[i - 1], loop, "begin")


EVERYWHERE = "everywhere"
REPEATED = (
    "exchange",
    "axis",
    "name",
    "key",
    "constant",
    "augment",
    "keepdims",
    "steps",
    "comparison",
    "index",
    "factor",
    "call",
)


def alike(found: Iterable[Edit]) -> Iterator[Edit]:
    """Give, for each kind of edit that fits two to six places, the edit of all in a line, then of all there are."""
    by_line: dict[tuple, list[Edit]] = {}
    overall: dict[tuple, list[Edit]] = {}
    for one in found:
        if one.operator in REPEATED:
            by_line.setdefault((one.operator, one.detail, getattr(one.old, "lineno", 0)), []).append(one)
            overall.setdefault((one.operator, one.detail), []).append(one)
    for groups, where in ((by_line, "in the line"), (overall, EVERYWHERE)):
        for group in groups.values():
            if 2 <= len(group) <= 6:
                spots = tuple(spot for one in group for spot in one.spots)
                yield Edit(group[0].operator, spots, group[0].old, group[0].new, f"{group[0].detail} {where}")
