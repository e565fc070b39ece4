"""What a function's returned values are made of, read from its source alone: placeholders, or work.

Flow-insensitive: a name is the worst of all that is ever assigned to it. In doubt a value counts as begun.
"""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from dataclasses import dataclass

from .canonical import FUNCTION, Source
from .kinds import (
    CASTS,
    EMPTY,
    LIBRARIES,
    ORDER,
    RAW,
    READERS,
    REDUCED,
    SAME,
    SCALE,
    SHAPES,
    SILENT,
    SIZES,
    TRICKS,
    ZERO,
    ZEROS,
    Kind,
    called,
    roots,
)


@dataclass(frozen=True)
class Return:
    """A return statement: its line, and for each value whether it is still a placeholder."""

    line: int
    unbegun: tuple[bool, ...]


def own(function: ast.AST) -> list[ast.AST]:
    """Return the parts of a function, without what stands in functions and classes inside it."""
    found, ahead = [], [function]
    while ahead:
        children = list(ast.iter_child_nodes(ahead.pop()))
        found += children
        ahead += [child for child in children if not isinstance(child, (*FUNCTION, ast.ClassDef, ast.Lambda))]
    return found


class Flow:
    """The variables of a function: what is assigned to each, what is written into each, what kind each is."""

    def __init__(self, source: Source):
        self.tree, self.around, self.offset = source.tree, source.around, source.offset
        self.nodes, self.own = list(ast.walk(source.tree)), own(source.tree)
        args = source.tree.args
        params = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
        self.params = {a.arg for a in params}
        self.bound: dict[str, list[ast.AST | None]] = defaultdict(list)  # None: something unknown
        self.written: dict[str, list[ast.AST | None]] = defaultdict(list)
        for node in self.nodes:
            self.collect(node)
        self.kinds = dict.fromkeys(self.bound, Kind.NIL) | dict.fromkeys(self.params, Kind.READ)
        while self.step():
            pass

    @property
    def returns(self) -> list[tuple[ast.Return | ast.Yield, list[ast.expr]]]:
        """The function's own return statements that return something, with the values of each."""
        found = [n for n in self.own if isinstance(n, (ast.Return, ast.Yield)) and n.value is not None]
        return [(n, n.value.elts if isinstance(n.value, ast.Tuple) else [n.value]) for n in found if n.value]

    def placeholders(self) -> tuple[Return, ...]:
        """Return for each return statement of the function which of its values are still placeholders."""
        rows = ((node, tuple(self.kind(v) <= Kind.READ for v in values)) for node, values in self.returns)
        return tuple(Return(node.lineno + self.offset, row) for node, row in rows)

    # --- what is assigned ---

    def collect(self, node: ast.AST) -> None:
        """Note what a node assigns to variables or writes into them."""
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.bind(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self.bind(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self.write(node.target, ZERO if isinstance(node.op, SCALE) else node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.bind(node.target, ast.Constant(1) if called(node.iter) == "range" else None)
            self.loop(node.target, node.iter)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self.discarded(node.value)
        else:
            self.other(node)

    def other(self, node: ast.AST) -> None:
        """Note the names that comprehensions, `with`, `except`, `import` and inner functions bind."""
        names: list[str] = []
        if isinstance(node, ast.comprehension):
            names = [*used(node.target)]
            self.loop(node.target, node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            names = [*roots(node.optional_vars)]
        elif isinstance(node, (*FUNCTION, ast.ClassDef, ast.ExceptHandler)) and node is not self.tree:
            names = [node.name or ""]
        elif isinstance(node, ast.alias):
            names = [(node.asname or node.name).partition(".")[0]]
        elif isinstance(node, ast.arg) and node.arg not in self.params:
            names = [node.arg]
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)):
            names = [node.name or ""]
        elif isinstance(node, ast.Name) and node.id in TRICKS:
            names = [n.id for n in self.nodes if isinstance(n, ast.Name)]
        for name in names:
            self.bound[name].append(None)

    def bind(self, target: ast.AST, value: ast.expr | None) -> None:
        """Note an assignment; several names share what is unpacked."""
        if isinstance(target, ast.Name):
            if self.scales(target.id, value):
                self.write(target, ZERO)
            else:
                self.bound[target.id].append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one, part in zip(target.elts, self.unpacked(value, len(target.elts)), strict=True):
                self.bind(one, part)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None)
        else:
            self.write(target, value)

    def unpacked(self, value: ast.expr | None, count: int) -> list[ast.expr | None]:
        """Return what each of several names gets of a value."""
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == count:
            return [*value.elts]
        return [value and ast.Subscript(value, ast.Constant(0), ast.Load())] * count

    def scales(self, name: str, value: ast.expr | None) -> bool:
        """Return whether a value is the variable itself, scaled: `dW = dW / N`."""
        sides = (value.left, value.right) if isinstance(value, ast.BinOp) and isinstance(value.op, SCALE) else ()
        return any(isinstance(side, ast.Name) and side.id == name for side in sides)

    def write(self, target: ast.AST, value: ast.expr | None) -> None:
        """Note that something is written into a variable; a setting kept under its name is none of it."""
        key = target.slice if isinstance(target, ast.Subscript) else None
        named = isinstance(key, ast.Constant) and isinstance(key.value, str)
        for name in roots(target):
            self.written[name].append(ast.Dict([], [value]) if named and value else value)

    def loop(self, target: ast.AST, values: ast.expr) -> None:
        """Note that writing into a loop's variable may write into what is looped over."""
        for name in roots(target):
            self.bound[name].append(values)

    def call(self, node: ast.Call) -> None:
        """Note what a call may write into: `out=`, methods that end in `_`, arguments of unknown functions."""
        for keyword in node.keywords:
            if keyword.arg == "out":
                self.write(keyword.value, None)
        name = called(node)
        if name.endswith("_") and not name.endswith("__") and name not in SAME and isinstance(node.func, ast.Attribute):
            self.write(node.func.value, None)
        if not (roots(node.func) & LIBRARIES) and not self.cheap(name):
            for value in [*node.args, *(k.value for k in node.keywords)]:
                self.write(value, None)

    def cheap(self, name: str) -> bool:
        """Return whether a function or method of this name leaves its arguments alone."""
        return name in READERS | SAME | RAW | CASTS or (hasattr(builtins, name) and name not in TRICKS)

    def discarded(self, node: ast.Call) -> None:
        """Note that a call whose value is thrown away was made for its effect."""
        if called(node) in READERS:
            return
        for part in [node.func.value] if isinstance(node.func, ast.Attribute) else []:
            self.write(part, None)
        for value in node.args:
            for name in used(value) - LIBRARIES:
                self.write(ast.Name(name), None)

    # --- what kind it is ---

    def step(self) -> bool:
        """Raise the kinds of all variables once; return whether one was raised."""
        raised = False
        for name in list(self.kinds):
            kind = max([self.kinds[name], *map(self.kind, self.bound[name])])
            begun = any(self.begins(name, value) for value in self.written.get(name, []))
            if begun:
                kind = Kind.OTHER
                for seen in set().union(*map(roots, self.bound[name])) - {name}:
                    if seen in self.kinds and None not in self.written[seen]:
                        self.written[seen].append(None)
                        raised = True
            raised |= kind > self.kinds[name]
            self.kinds[name] = kind
        return raised

    def begins(self, name: str, value: ast.AST | None) -> bool:
        """Return whether writing this value into a variable is work."""
        if isinstance(value, ast.Dict) and not value.keys and value.values:  # kept under a name
            limit = Kind.READ if name in self.params else Kind.ZERO
            return self.kind(value.values[0]) > limit
        return self.kind(value) > Kind.ZERO or self.kinds[name] == Kind.READ  # an argument set to 0, or scaled

    def kind(self, node: ast.AST | None) -> Kind:
        """Return what an expression is."""
        ask = getattr(self, f"_{type(node).__name__.lower()}", None)
        return ask(node) if ask else Kind.OTHER

    def worst(self, nodes) -> Kind:
        """Return the highest kind of some expressions; 0 for none."""
        return max(map(self.kind, nodes), default=Kind.ZERO)

    def _constant(self, node) -> Kind:
        if node.value is None or node.value is ...:
            return Kind.NIL
        zero = isinstance(node.value, (int, float, complex)) and node.value == 0 and node.value is not False
        return Kind.ZERO if zero else Kind.SIZE

    def _name(self, node) -> Kind:
        if node.id in self.kinds:
            return self.kinds[node.id]
        unknown = self.around is not None and node.id not in self.around and not hasattr(builtins, node.id)
        return Kind.NIL if unknown else Kind.OTHER  # never assigned: what nobody wrote

    def _tuple(self, node) -> Kind:
        return self.worst(node.elts)

    _list = _tuple

    def _dict(self, node) -> Kind:
        return self.worst(node.values)

    def _starred(self, node) -> Kind:
        return self.kind(node.value)

    _namedexpr = _starred

    def _attribute(self, node) -> Kind:
        if node.attr in SHAPES:
            return Kind.SIZE
        base = self.kind(node.value)
        ours = isinstance(node.value, ast.Name) and node.value.id == "self" and base == Kind.READ
        return base if base <= Kind.ZERO or ours else Kind.OTHER

    def _subscript(self, node) -> Kind:
        base = self.kind(node.value)
        key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return base if base in (Kind.NIL, Kind.ZERO, Kind.SIZE) or (base == Kind.READ and key) else Kind.OTHER

    def _unaryop(self, node) -> Kind:
        base = self.kind(node.operand)
        return base if isinstance(node.op, (ast.USub, ast.UAdd)) and base != Kind.READ else Kind.OTHER

    def _ifexp(self, node) -> Kind:
        return self.worst([node.body, node.orelse])

    def _boolop(self, node) -> Kind:
        return self.worst(node.values)

    def _binop(self, node) -> Kind:
        sides = [node.left, node.right]
        left, right = map(self.kind, sides)
        if max(left, right) <= Kind.ZERO:
            return min(left, right)
        if isinstance(node.op, (ast.Mult, ast.Div)) and left <= Kind.ZERO and right == Kind.SIZE:
            return left
        if isinstance(node.op, ast.Mult) and left == Kind.SIZE and right <= Kind.ZERO:
            return right
        if isinstance(node.op, ast.Mult) and "ones" in map(called, sides) and any(map(self.setting, sides)):
            return Kind.ZERO  # a setting of the class, written everywhere
        sized = {left, right} <= {Kind.SIZE, Kind.ZERO} or isinstance(node.op, ast.FloorDiv)
        return Kind.SIZE if sized else Kind.OTHER

    def setting(self, node: ast.expr) -> bool:
        """Return whether a value is 0, or a setting of the class that a handout may write everywhere."""
        return isinstance(node, (ast.Attribute, ast.Constant)) and self.kind(node) <= Kind.READ

    def _call(self, node) -> Kind:
        name = called(node)
        if name in ZEROS or (name in EMPTY and not node.args and not node.keywords):
            return Kind.ZERO
        method = isinstance(node.func, ast.Attribute) and not roots(node.func) & LIBRARIES
        if method:
            base = self.kind(node.func.value)
            if base <= Kind.ZERO and name in SAME:
                return base
            if base == Kind.READ and name == "get" and self.worst(node.args[1:]) <= Kind.SIZE:
                return Kind.READ
        if name in SIZES:
            return Kind.SIZE
        if name == "dict" and not node.args:
            return self.worst(k.value for k in node.keywords)
        if name == "full" and any(map(self.setting, node.args[1:2])):
            return Kind.ZERO
        if name not in CASTS | REDUCED or method or not node.args:
            return Kind.OTHER
        inner = self.worst(node.args)
        if name in REDUCED:
            return Kind.SIZE if inner == Kind.SIZE else Kind.OTHER
        return inner if inner <= Kind.ZERO else Kind.OTHER

    # --- work that goes nowhere ---

    def reached(self) -> set[str]:
        """Return the variables that a returned value or a condition depends on."""
        nodes = [n.value for n in self.own if isinstance(n, (ast.Return, ast.Yield))]
        nodes += [n.test for n in self.nodes if isinstance(n, (ast.If, ast.While, ast.IfExp))]
        nodes += [n.iter for n in self.nodes if isinstance(n, (ast.For, ast.comprehension))]
        ahead = set().union(*map(used, nodes))
        seen: set[str] = set()
        feeds = {name: set().union(*map(used, parts)) for name, parts in self.sources().items()}
        while ahead:
            seen |= ahead
            ahead = set().union(*(feeds.get(name, set()) for name in ahead)) - seen
        return seen

    def sources(self) -> dict[str, list[ast.AST | None]]:
        """Return for each variable all that goes into it: values, places, scales."""
        found = {name: [*self.bound[name], *self.written[name]] for name in {*self.bound, *self.written}}
        for node in self.nodes:
            if isinstance(node, (ast.AugAssign, ast.Assign)):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    for name in used(target):
                        found.setdefault(name, []).append(node)
            if isinstance(node, ast.Expr):
                for name in used(node):
                    found.setdefault(name, []).append(node)
        return found

    def dead(self) -> bool:
        """Return whether something is reckoned or printed that no returned value depends on."""
        reached = self.reached()
        for node in self.own:
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if self.work(node.value) and not set().union(*map(used, targets)) & reached:
                    return True
            if isinstance(node, ast.Expr) and self.aimless(node.value, reached):
                return True
        return False

    def aimless(self, value: ast.AST, reached: set[str]) -> bool:
        """Return whether a bare expression prints, or reckons what nobody keeps."""
        if called(value) in SILENT or isinstance(value, (ast.Constant, ast.Yield)):
            return False
        changes = isinstance(value, ast.Call) and called(value) not in READERS
        return called(value) in ("print", "display") or (self.work(value) and not (changes and used(value) & reached))

    def works(self) -> bool:
        """Return whether a function reckons, prints, builds or refuses anything at all."""
        if any(isinstance(n, ast.Raise) and "NotImplemented" not in ast.dump(n) for n in self.tree.body):
            return True
        parts = [n for n in self.own if isinstance(n, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr))]
        kept = [n.value for n in parts if n.value and not isinstance(n, ast.Expr)]
        new = any(self.kind(v) == Kind.OTHER and not self.gapped(v) for v in kept)
        return new or any(self.work(n.value) for n in parts if n.value)

    def gapped(self, value: ast.AST) -> bool:
        """Return whether an expression reckons with what is still None: a line of the handout below a gap."""
        return any(self.kind(n) == Kind.NIL for n in ast.walk(value) if isinstance(n, ast.Name))

    def work(self, value: ast.AST) -> bool:
        """Return whether an expression reckons with something that is there."""
        return not self.gapped(value) and any(
            (isinstance(n, ast.BinOp) and self.kind(n) == Kind.OTHER)
            or (isinstance(n, ast.Compare) and isinstance(n.ops[0], ORDER))
            or (isinstance(n, ast.Call) and self.kind(n) == Kind.OTHER and called(n) not in RAW | SAME | SILENT)
            for n in ast.walk(value)
        )


def used(node: ast.AST | None) -> set[str]:
    """Return all names that stand in an expression."""
    return set() if node is None else {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
