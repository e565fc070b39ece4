"""A function whose values can be seen and replaced while it runs: each expression and each assignment is a site."""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .model import Case, Exercise
from .run import Outcome, Subject, play
from .source import Source, definition, read

SEE = "__see__"
MOST = 3_000_000  # numbers kept of one run
TENSOR = 25  # what a tensor costs where an array costs 1
FORMAL = ("zeros", "ones", "zeros_like", "ones_like", "empty", "empty_like", "arange", "range", "len")
LOOPS = (ast.For, ast.While)
INNER = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Site:
    """One place that makes a value: an expression, or a name as it stands after a statement.

    line: as the learner's cell or file numbers it.  text: the expression or the name.
    stored: the name that holds it, "" for a part of an expression.
    reads: the names that it is made of.  loop: whether it is what a whole loop leaves in a name.
    """

    number: int
    function: str
    line: int
    text: str
    stored: str
    reads: frozenset[str]
    loop: bool = False


@dataclass
class Run:
    """What one run has shown: the values of each site in order, when each was made, and the outcome.

    cost: how many values it has made; one of PyTorch costs as much as several.
    """

    values: dict[int, list[Any]] = field(default_factory=dict)
    times: dict[int, list[int]] = field(default_factory=dict)
    cost: int = 0
    outcome: Outcome = field(default_factory=Outcome)

    def first(self, number: int) -> int:
        """Return when a site was first reached."""
        return self.times[number][0]


class Program:
    """A subject with sites. `watch` plays a case and keeps all values; `replace` plays it with one site's replaced."""

    def __init__(self, exercise: Exercise, subject: Subject):
        self.exercise, self.sites = exercise, list[Site]()
        self.see: Callable[[int, Any], Any] = lambda _, value: value
        whole = isinstance(subject.fn, type)  # a model's class is handed in as a whole
        owner = subject.fn if whole else subject.owner
        methods = {n: v for n, v in vars(owner).items() if isinstance(v, types.FunctionType)} if owner else {}
        main = None if whole else self.opened(subject.fn)
        made = {name: self.opened(method) for name, method in methods.items() if method is not subject.fn}
        made = {name: method for name, method in made.items() if method is not None}
        if main is None and not made:
            raise ValueError("no source")
        if owner is not None:
            own = {main.__name__: main} if main else {}
            owner = type(owner.__name__, (owner,), {**made, **own})
        self.subject = Subject(owner if whole else main or subject.fn, owner, subject.returns, subject.companions)

    def opened(self, fn: Any, helpers: bool = True) -> types.FunctionType | None:
        """Return a copy of a function with sites, and of those of its own file that it calls; None without source."""
        source = read(fn)
        node = definition(source.tree, source.function.__name__) if source else None
        if source is None or node is None:
            return None
        space = source.function.__globals__
        if helpers:
            others = {n.id: space.get(n.id) for n in ast.walk(node) if isinstance(n, ast.Name)}
            beside = {n: v for n, v in others.items() if v is not fn and is_beside(v, source.function)}
            copies = {name: self.opened(other, helpers=False) for name, other in beside.items()}
            space = {**space, **{name: copy_ for name, copy_ in copies.items() if copy_}}
        writer = Writer(node, self.sites, source)
        return self.compiled(writer, source, space)

    def compiled(self, writer: Writer, source: Source, space: dict[str, Any]) -> types.FunctionType:
        """Return the function that a writer has made, with its closure and defaults."""
        original = source.function
        code = compile(ast.fix_missing_locations(writer.shell(original)), original.__code__.co_filename, "exec")
        names: dict[str, Any] = {}
        exec(code, names)
        free = original.__code__.co_freevars
        made = names["shell"](*[None] * len(free), self.seen)
        cells = dict(zip(free, original.__closure__ or (), strict=True))
        own = dict(zip(made.__code__.co_freevars, made.__closure__ or (), strict=True))
        closure = tuple(cells.get(name) or own[name] for name in made.__code__.co_freevars)
        copied = types.FunctionType(made.__code__, space, original.__name__, original.__defaults__, closure)
        copied.__kwdefaults__ = original.__kwdefaults__
        return copied

    def seen(self, number: int, value: Any) -> Any:
        """Show a value of a site; return what goes on in its place."""
        return self.see(number, value)

    def watch(self, one: Case) -> Run:
        """Play a case and keep what every site gives."""
        run, order, room = Run(), 0, MOST

        def see(number: int, value: Any) -> Any:
            nonlocal order, room
            order += 1
            run.times.setdefault(number, []).append(order)
            run.cost += TENSOR if hasattr(value, "detach") else 1
            kept = numeric(value)
            room -= getattr(kept, "size", 1)
            run.values.setdefault(number, []).append(kept if room > 0 else None)
            return value

        self.see = see
        run.outcome = play(self.exercise, self.subject, one)
        return run

    def replace(self, one: Case, number: int, other: Callable[[int, Any], Any]) -> Outcome:
        """Play a case where a site gives other(k, value) instead of its k-th value."""
        count = -1

        def see(here: int, value: Any) -> Any:
            nonlocal count
            if here != number:
                return value
            count += 1
            return in_place(value, other(count, value), bool(self.sites[number].stored))

        self.see = see
        return play(self.exercise, self.subject, one)


def program(exercise: Exercise, subject: Subject) -> Program | None:
    """Return a subject with sites; None where there is no source to be had."""
    try:
        return Program(exercise, subject)
    except (SyntaxError, ValueError, TypeError):
        return None


def is_beside(value: Any, fn: types.FunctionType) -> bool:
    """Return whether a value is a function of the same cell or file."""
    return isinstance(value, types.FunctionType) and value.__code__.co_filename == fn.__code__.co_filename


def numeric(value: Any) -> np.ndarray | None:
    """Return a copy of a value as an array of numbers; None for whole numbers, flags and all else."""
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        if isinstance(value, (np.ndarray, float, np.floating)):
            array = np.array(value)
            return array if array.dtype.kind in "fiub" and array.size else None
    except Exception:
        return None
    return None


def in_place(old: Any, new: Any, held: bool) -> Any:
    """Return a new value of the old one's type; what a name holds is written over, for others may hold it too."""
    if hasattr(old, "detach") and not hasattr(new, "detach"):
        import torch

        new = torch.as_tensor(np.array(new)).to(old.dtype)
    if held and isinstance(old, np.ndarray) and old.shape == np.shape(new) and old.flags.writeable:
        old[...] = new
        return old
    return new.copy() if isinstance(new, np.ndarray) else new


class Writer(ast.NodeTransformer):
    """Put a call of SEE around each expression of a function and after each statement that stores a value."""

    def __init__(self, node: ast.FunctionDef, sites: list[Site], source: Source):
        self.sites, self.before, self.text = sites, source.first - 1, "\n".join(source.lines)
        self.node = copy.deepcopy(node)
        self.node.decorator_list, self.node.returns = [], None
        bare(self.node.args)
        self.own: list[set[str]] = []
        self.inside(self.node)

    def inside(self, node: ast.FunctionDef) -> None:
        """Put sites into a function's body."""
        self.own.append(locals_of(node))
        node.body = self.block(node.body)
        self.own.pop()

    def shell(self, original: types.FunctionType) -> ast.Module:
        """Return a module with a function that makes the changed one, in which its closure's names are free."""
        names = ", ".join([*original.__code__.co_freevars, SEE])
        tree = ast.parse(f"def shell({names}):\n    return {self.node.name}")
        tree.body[0].body.insert(0, self.node)  # type: ignore[attr-defined]
        return tree

    def site(self, line: int, text: str, stored: str, reads: frozenset[str], loop: bool = False) -> int:
        """Return the number of a new site."""
        self.sites.append(Site(len(self.sites), self.node.name, line + self.before, text, stored, reads, loop))
        return len(self.sites) - 1

    # --- statements ---

    def block(self, body: list[ast.stmt], outer: bool = True) -> list[ast.stmt]:
        """Return a block with its sites; what a loop leaves is seen behind the outermost one."""
        new: list[ast.stmt] = []
        for statement in body:
            whole = copy.deepcopy(statement)
            new.append(self.statement(statement, outer))
            new += self.after(whole)
            if isinstance(whole, LOOPS) and outer:
                new += self.after_loop(whole)
        return new

    def statement(self, statement: ast.stmt, outer: bool) -> ast.stmt:
        """Return a statement whose expressions are seen."""
        if isinstance(statement, ast.FunctionDef):
            self.inside(statement)
        if isinstance(statement, ast.ClassDef):
            for method in statement.body:
                self.statement(method, outer) if isinstance(method, ast.FunctionDef) else None
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
            return statement
        inside = outer and not isinstance(statement, LOOPS)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if isinstance(block, list):
                setattr(statement, name, self.block(block, inside))
        for handler in getattr(statement, "handlers", []):
            handler.body = self.block(handler.body, inside)
        for name, value in ast.iter_fields(statement):
            if isinstance(value, ast.expr) and not (name == "target" and isinstance(value, ast.Name)):
                setattr(statement, name, self.visit(value))
            elif name == "targets" and isinstance(value, list):
                setattr(statement, name, [self.visit(one) for one in value])
            elif name == "items":
                for item in value:
                    item.context_expr = self.visit(item.context_expr)
        return statement

    def after(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the statements that show what a statement has stored."""
        if hasattr(statement, "body"):
            return []
        names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        targets = [t for t in stored(statement) if self.is_own(t)]
        shown = [self.shown(target, statement.lineno, frozenset(names)) for target in targets]
        return [line for line in shown if line is not None]

    def after_loop(self, loop: ast.stmt) -> list[ast.stmt]:
        """Return the statements that show what a loop has left in each name."""
        last: dict[str, ast.stmt] = {}
        for statement in [n for n in ast.walk(loop) if isinstance(n, ast.stmt) and not hasattr(n, "body")]:
            for target in stored(statement):
                if isinstance(target, ast.Name) and self.is_own(target):
                    last.setdefault(target.id, statement)
        names = frozenset(n.id for n in ast.walk(loop) if isinstance(n, ast.Name))
        shown = [self.shown(ast.Name(name, ast.Load()), line.lineno, names, loop=True) for name, line in last.items()]
        return [line for line in shown if line is not None]

    def is_own(self, target: ast.expr) -> bool:
        """Return whether a target belongs to the function itself: a name from outside must not become its own."""
        name = target.value if isinstance(target, ast.Subscript) else target
        return isinstance(name, ast.Name) and name.id in self.own[-1]

    def shown(self, target: ast.expr, line: int, reads: frozenset[str], loop: bool = False) -> ast.stmt | None:
        """Return `x = SEE(number, x)`, left out where there is no x yet."""
        text = ast.unparse(target)
        number = self.site(line, text, text, reads, loop)
        new = ast.parse(f"try:\n    {text} = {SEE}({number}, {text})\nexcept (NameError, KeyError):\n    pass").body[0]
        return put(new, line)

    # --- expressions ---

    def visit(self, node: ast.AST) -> Any:
        """Return an expression in which every part that makes a value is seen, the inner ones first."""
        if isinstance(node, ast.Slice):
            return super().generic_visit(node)
        if isinstance(node, (*INNER, ast.JoinedStr, ast.Constant)):
            return node
        whole = copy.deepcopy(node)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                node.func.value = self.visit(node.func.value)
            node.args = [self.visit(arg) for arg in node.args]
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value)
        else:
            super().generic_visit(node)
        return self.around(whole, node)

    def around(self, whole: ast.AST, node: Any) -> Any:
        """Return SEE(number, expression) for an expression that may make an array or a number."""
        makes = isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.BoolOp, ast.IfExp))
        loads = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Load)
        if not (makes or loads) or (isinstance(node, ast.Call) and name_of(node.func) in FORMAL):
            return node
        names = frozenset(n.id for n in ast.walk(whole) if isinstance(n, ast.Name))
        own = ast.get_source_segment(self.text, whole) or ""
        number = self.site(node.lineno, ast.unparse(whole) if "\n" in own or not own else own, "", names)
        call = ast.parse(f"{SEE}({number})", mode="eval").body
        assert isinstance(call, ast.Call)
        call.args.append(node)
        return put(call, node.lineno, node)


def bare(args: ast.arguments) -> None:
    """Take annotations and defaults out of a signature; the function made of it gets the original's defaults."""
    for arg in ast.walk(args):
        if isinstance(arg, ast.arg):
            arg.annotation = None
    args.defaults = [ast.Constant(None) for _ in args.defaults]
    args.kw_defaults = [value and ast.Constant(None) for value in args.kw_defaults]


def locals_of(node: ast.FunctionDef) -> set[str]:
    """Return the names that belong to a function: its parameters and what it gives values."""
    args = node.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
    inner = {n for f in ast.walk(node) if isinstance(f, INNER) and f is not node for n in ast.walk(f) if n is not f}
    nodes = [n for n in ast.walk(node) if n not in inner]
    outside = {name for n in nodes if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names}
    stored_ = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return {a.arg for a in named} | stored_ - outside


def put(tree: Any, line: int, but: ast.AST | None = None) -> Any:
    """Return a new tree whose parts stand in a line; `but` keeps its own place."""
    for node in new_nodes(tree, but):
        if "lineno" in node._attributes:
            vars(node).update(lineno=line, end_lineno=line, col_offset=0, end_col_offset=0)
    return tree


def new_nodes(tree: ast.AST, but: ast.AST | None) -> Iterator[ast.AST]:
    """Give the nodes of a tree outside one of its parts."""
    if tree is but:
        return
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from new_nodes(child, but)


def name_of(func: ast.AST) -> str:
    """Return the last name of what is called."""
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def stored(statement: ast.stmt) -> list[ast.expr]:
    """Return what a statement stores, as it is read: names, entries with a fixed key, arrays written into."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = [t for target in statement.targets for t in flat(target)]
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)) and getattr(statement, "value", None) is not None:
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        written = [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
        targets = [a for a in written if isinstance(a, ast.Name) and a.id not in ("np", "torch")]
    found = {ast.unparse(one): one for one in map(whole_of, targets) if one is not None}
    return [as_read(one) for one in found.values()]


def flat(target: ast.expr) -> list[ast.expr]:
    """Return the single targets of an assignment."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return [one for part in target.elts for one in flat(part)]
    return [target.value if isinstance(target, ast.Starred) else target]


def whole_of(target: ast.expr) -> ast.expr | None:
    """Return the name that a target belongs to: of a cell the array, of an entry with a fixed key the entry."""
    if isinstance(target, ast.Subscript):
        key = target.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return target if isinstance(target.value, ast.Name) else None
        return whole_of(target.value)
    return target if isinstance(target, ast.Name) else None


def as_read(node: ast.expr) -> ast.expr:
    """Return an expression as one that is read."""
    return ast.parse(ast.unparse(node), mode="eval").body
