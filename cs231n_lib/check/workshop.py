"""Copies of a learner's function, and of those that it calls, whose trees may be changed; what makes a subject of them.

A copy has its own globals, closure and class, counts the rounds of its loops, and refuses values that are too large.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import types
from collections.abc import Callable, Iterator
from typing import Any

from .operators.base import HELD, TICK, Edit, is_array
from .run import Subject
from .source import Source, definition, plain_function, read

MOST = 4  # functions called by the learner's own that are searched as well
Doubt = Callable[[str, Any], bool]  # whether a function that the learner's calls may be wrong
Hooks = tuple[Callable[..., None], Callable[..., Any]]


class Endless(BaseException):
    """A loop of a candidate has gone too many rounds."""


class Large(BaseException):
    """A candidate has made an array many times as large as any of the right call."""


class Candidate(Subject):
    """A changed function; what holds itself is not handed on, for NumPy would look into it for ever."""

    def __call__(self, *args, **kwargs):
        return whole(super().__call__(*args, **kwargs))

    def raw(self, *args, **kwargs):
        """Call the function as it is."""
        return whole(super().raw(*args, **kwargs))


def whole(value: Any) -> Any:
    """Return a value that does not hold itself; raises Large for another."""
    if holds_itself(value, ()):
        raise Large
    return value


def holds_itself(value: Any, outer: tuple[int, ...]) -> bool:
    """Return whether a list, tuple or dictionary holds itself, at any depth."""
    if not isinstance(value, (list, tuple, dict)):
        return False
    inner = (*outer, id(value))
    parts = value.values() if isinstance(value, dict) else value
    return id(value) in outer or any(holds_itself(part, inner) for part in parts)


class Unit:
    """One function: its tree with the calls that count rounds and weigh values, and what compiles it."""

    def __init__(self, source: Source, name: str = "", method: bool = False):
        self.source, self.name, self.method, self.original = source, name, method, source.function
        node = as_definition(source)
        assert node is not None
        self.node: ast.FunctionDef = copy.deepcopy(node)
        self.node.decorator_list = []
        for arguments in (self.node.args.defaults, self.node.args.kw_defaults):
            arguments[:] = [kept_default(d) for d in arguments]  # type: ignore[misc]
        self.asked = self.defaults()
        self.free = self.original.__code__.co_freevars
        self.tree = ast.parse(
            f"def shell({', '.join([*self.free, TICK, HELD])}):\n    pass\n    return {self.node.name}"
        )
        self.unchanged: Callable[..., types.FunctionType] | None = None

    def defaults(self) -> list[str]:
        """Return the defaults of its parameters as text."""
        return [ast.dump(d) for d in (*self.node.args.defaults, *self.node.args.kw_defaults) if d]

    def guard(self) -> None:
        """Put a call into each loop that counts its rounds, and one around each value that is given a name."""
        for node in list(ast.walk(self.node)):
            if isinstance(node, (ast.Assign, ast.AugAssign)):
                hook = ast.Name(id=HELD, ctx=ast.Load())
                node.value = ast.copy_location(ast.Call(func=hook, args=[node.value], keywords=[]), node.value)
            elif isinstance(node, (ast.For, ast.While)):
                node.body.insert(0, ast.copy_location(ast.Expr(value=ast.parse(f"{TICK}()", mode="eval").body), node))
        ast.fix_missing_locations(self.node)

    def shell(self, changed: bool) -> Callable[..., types.FunctionType]:
        """Return what makes the function when it is given its closure; raises SyntaxError for a tree that is none."""
        if not changed and self.unchanged:
            return self.unchanged
        self.tree.body[0].body[0] = self.node  # type: ignore[attr-defined]
        namespace: dict[str, Any] = {}
        exec(compile(self.tree, self.original.__code__.co_filename, "exec"), namespace)
        if not changed:
            self.unchanged = namespace["shell"]
        return namespace["shell"]

    def made(self, hooks: Hooks, changed: bool, globals_: dict[str, Any], cells: dict[str, Any]) -> types.FunctionType:
        """Return the function as its tree stands; `cells` is what its closure holds."""
        made = self.shell(changed)(*[None] * len(self.free), *hooks)
        own = dict(zip(made.__code__.co_freevars, made.__closure__ or (), strict=True))
        closure = tuple(cells.get(name) or own[name] for name in made.__code__.co_freevars)
        defaults, named = self.original.__defaults__, self.original.__kwdefaults__
        if changed and self.defaults() != self.asked:
            defaults, named = self.merged(made)
        function = types.FunctionType(made.__code__, globals_, self.original.__name__, defaults, closure or None)
        function.__kwdefaults__ = named
        return function

    def merged(self, made: types.FunctionType) -> tuple[tuple | None, dict[str, Any] | None]:
        """Return the defaults: those that were changed as they are now, the others as they were."""
        now, before = made.__defaults__ or (), self.original.__defaults__ or ()
        if len(now) != len(before):
            return before or None, self.original.__kwdefaults__
        texts = [ast.dump(d) for d in self.node.args.defaults]
        both = zip(now, before, texts, self.asked, strict=False)
        changed = tuple(new if text != asked else old for new, old, text, asked in both)
        named = {**(self.original.__kwdefaults__ or {})}
        kept = zip(self.node.args.kwonlyargs, self.node.args.kw_defaults, strict=True)
        pairs = [(argument.arg, node) for argument, node in kept if node]
        for (name, node), asked in zip(pairs, self.asked[len(texts) :], strict=True):
            if ast.dump(node) != asked:
                named[name] = (made.__kwdefaults__ or {})[name]
        return changed or None, named or None


def as_definition(source: Source) -> ast.FunctionDef | None:
    """Return the `def` of a function; a lambda is made one where it is the only one of its source."""
    node = definition(source.tree, source.function.__name__)
    lambdas = [n for n in ast.walk(source.tree) if isinstance(n, ast.Lambda)]
    if node is not None or source.function.__name__ != "<lambda>" or len(lambdas) != 1:
        return node
    [one] = lambdas
    body = ast.copy_location(ast.Return(value=one.body), one.body)
    made = ast.parse("def shortly(): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.args, made.body = one.args, [body]
    return ast.fix_missing_locations(ast.copy_location(made, one))


def kept_default(node: ast.expr | None) -> ast.expr | None:
    """Return a default that is a plain value; None, the constant, for one that is computed."""
    if node is None:
        return None
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return ast.copy_location(ast.Constant(None), node)
    return node


class Workshop:
    """The learner's function with those that it calls, as units, and what makes a subject of them as they stand."""

    def __init__(self, source: Source, subject: Subject, guarded: bool = True, doubt: Doubt | None = None):
        self.subject = subject
        self.units = [Unit(source), *(helpers(source, subject.owner, doubt) if doubt else [])]
        self.changed_: set[int] = set()
        for unit in self.units if guarded else []:
            unit.guard()
        self.mutable = {name: value for name, value in reached(self.units).items() if is_mutable(value)}
        self.rounds, self.limit, self.largest, self.most = 0, 100_000, 0, 0

    def tick(self, *_: Any) -> None:
        """Count one round of a loop."""
        self.rounds += 1
        if self.rounds > self.limit:
            raise Endless

    def held(self, value: Any, *_: Any) -> Any:
        """Return a value, if it is not too large."""
        size = value.nbytes if is_array(value) else 0
        if size > self.largest:
            if self.most and size > self.most:
                raise Large
            self.largest = size
        return value

    def made(self, hooks: Hooks | None = None) -> Subject | None:
        """Return the subject that the trees make as they stand; None where one of them makes no function."""
        hooks = hooks or (self.tick, self.held)
        again = {id(value): copy.deepcopy(value) for value in self.mutable.values()}
        main = self.units[0].original
        globals_ = {**main.__globals__, **{n: again[id(v)] for n, v in self.mutable.items() if n in main.__globals__}}
        functions: dict[str, types.FunctionType] = {}
        try:
            for k, unit in reversed([*enumerate(self.units)]):
                cells = renewed(unit.original, again, functions)
                functions[unit.name] = unit.made(hooks, k in self.changed_, globals_, cells)
                if unit.name and not unit.method and unit.name not in main.__code__.co_freevars:
                    globals_[unit.name] = functions[unit.name]
        except (SyntaxError, ValueError, TypeError, RecursionError):
            return None
        return Candidate(functions[""], self.owner(functions), self.subject.returns, self.subject.companions)

    def owner(self, functions: dict[str, types.FunctionType]) -> Any:
        """Return a class derived from the learner's with the methods made anew, and with copies of what it holds."""
        owner = self.subject.owner
        if owner is None:
            return None
        own = {self.units[0].original.__name__: functions[""]}
        own |= {unit.name: functions[unit.name] for unit in self.units[1:] if unit.method}
        held = {name: copy.deepcopy(value) for name, value in vars(owner).items() if is_mutable(value)}
        return type(owner.__name__, (owner,), {**{n: v for n, v in held.items() if n[:2] != "__"}, **own})

    @contextlib.contextmanager
    def changed(self, edit: Edit) -> Iterator[Subject | None]:
        """Apply an edit, give the subject, and put the tree back."""
        before = set(self.changed_)
        self.apply(edit)
        try:
            yield self.made()
        finally:
            edit.undo()
            self.changed_ = before

    def apply(self, edit: Edit) -> None:
        """Change a tree, to stay."""
        edit.apply()
        self.changed_.add(edit.unit)


def renewed(function: types.FunctionType, again: dict[int, Any], functions: dict[str, Any]) -> dict[str, Any]:
    """Return the cells of a function's closure: its own copies of what may be changed, and the functions made anew."""
    cells: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        value = content(cell)
        if value is function:
            continue  # it calls itself
        if name in functions:
            cells[name] = types.CellType(functions[name])
        else:
            cells[name] = types.CellType(again[id(value)]) if id(value) in again else cell
    return cells


def content(cell: types.CellType) -> Any:
    """Return what a cell holds; None for an empty one."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def is_mutable(value: Any) -> bool:
    """Return whether a value is one that a candidate might change for the next."""
    return isinstance(value, (list, dict, set)) or is_array(value)


def reached(units: list[Unit]) -> dict[str, Any]:
    """Return what the globals and closures hold under the names that units use."""
    found: dict[str, Any] = {}
    for unit in units:
        used = {n.id for n in ast.walk(unit.node) if isinstance(n, ast.Name)}
        found |= {n: v for n, v in unit.original.__globals__.items() if n in used}
        cells = zip(unit.original.__code__.co_freevars, unit.original.__closure__ or (), strict=True)
        found |= {name: content(cell) for name, cell in cells}
    return found


def helpers(source: Source, owner: Any, doubt: Doubt) -> list[Unit]:
    """Return the functions of the learner's own that a function calls: of its file or cell, its closure, its class."""
    main, node = source.function, as_definition(source)
    assert node is not None
    names = {n.id: False for n in ast.walk(node) if isinstance(n, ast.Name)}
    mine = owner if isinstance(owner, type) else object
    names |= {
        n.attr: True
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
    }
    cells = zip(main.__code__.co_freevars, main.__closure__ or (), strict=True)
    known = {**main.__globals__, **{name: content(cell) for name, cell in cells}}
    found: list[Unit] = []
    for name, method in sorted(names.items()):
        given = getattr(mine, name, None) if method else known.get(name)
        one = helper(given, main)
        if one is not None and (method or doubt(name, given)):
            found.append(Unit(one, name, method))
    return found[:MOST]


def helper(given: Any, main: types.FunctionType) -> Source | None:
    """Return the source of a function that stands where the learner's does; None for any other thing."""
    function = plain_function(given) if callable(given) and not isinstance(given, type) else None
    if function is None or function is main or function.__module__ != main.__module__ or given is not function:
        return None
    if function.__globals__ is not main.__globals__:
        return None
    source = read(function)
    return source if source and as_definition(source) is not None else None
