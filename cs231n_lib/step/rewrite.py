"""Turn a function into a twin that reports its subscripts: same names, same line numbers, same closure."""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

RECORDER = "__step__"  # the name under which the twin finds the recorder; Python mangles no name that ends in __
SHAPE_ONLY = {"shape", "ndim", "dtype", "size", "device", "requires_grad"}  # attributes that read no cell
NO_CELLS = {"len", "zeros_like", "ones_like", "empty_like", "full_like", "isinstance", "type", "id"}  # nor do these
ELEMENTWISE: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Mod: "%",
    ast.FloorDiv: "//",
}
ELEMENTWISE |= {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@dataclass
class Program:
    """A function ready to be recorded: its twin, its shown source and what each line is."""

    name: str
    original: types.FunctionType
    function: types.FunctionType  # the twin
    source: list[tuple[int, str]]  # shown line number, text
    shown: dict[int, int]  # line in the compiled twin -> line as shown
    last_line: dict[int, int] = field(default_factory=dict)  # statement -> its last line, both as shown
    headers: set[int] = field(default_factory=set)  # lines of `for` and `try`, which join the line after them
    loops: dict[int, list[tuple[int, list[str]]]] = field(default_factory=dict)  # line -> enclosing (header, names)
    attributes: list[str] = field(default_factory=list)  # such as "self.X_train", in the order of the source
    globals: list[str] = field(default_factory=list)  # arrays outside that the function names
    returns: dict[int, list[str]] = field(default_factory=dict)  # line of a `return` -> the text of each value
    made: dict[int, dict[str, set[str]]] = field(default_factory=dict)  # line that makes several -> each and its names
    named: dict[int, list[str]] = field(default_factory=dict)  # line of a plain statement -> all names it uses


class Hooks(Protocol):
    """What a twin calls, all by the name `__step__`: each returns what the line goes on with, and notes what it saw."""

    def get(self, owner: Any, index: Any, text: str) -> Any:
        """owner[index], where `text` is the source of owner"""

    def at(self, owner: Any, index: Any, text: str, in_place: bool) -> Any:
        """the index of an assignment to owner[index], or of owner[index] += ..."""

    def see(self, value: Any, text: str) -> Any:
        """a variable or attribute, used as a whole"""

    def test(self, value: Any) -> Any:
        """the condition of an `if` or `while`"""

    def enter(self, function: Any) -> Any:
        """a function that is about to be called"""

    def operand(self, value: Any, text: str) -> Any:
        """an operand of an elementwise expression"""

    def broadcast(self, value: Any, text: str, count: int) -> Any:
        """the value of an elementwise expression of the last `count` operands"""

    def in_place(self, target: Any, value: Any, text: str, sign: str) -> Any:
        """the right side of target += value"""

    def span(self, start: Any, stop: Any, step: Any) -> slice:
        """start:stop:step within an index"""


def instrument(function: Any) -> tuple[Program, tuple]:
    """Return the Program of a function, method or callable object, and the bound object as a tuple of arguments.

    Raises: ValueError where there is no Python source to step through.
    """
    function, bound = _plain(function)
    tree, lines = _parse(function)
    node = _definition(tree, function)
    name = function.__qualname__.split("<locals>.")[-1] if node.name != "function" else "lambda"
    source, shown = _shown_source(node, lines)
    outside = _arrays_outside(function)
    twin = _twin(node, function, name, outside, lines)
    program = Program(name, function, twin, source, shown, attributes=_attributes(node), globals=outside)
    _describe(node.body, program, [])
    return program, bound


def _arrays_outside(function: types.FunctionType) -> list[str]:
    """Name the arrays among the globals that a function uses."""
    used = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return [name for name, value in used.items() if hasattr(value, "dtype") and hasattr(value, "shape")]


def _plain(function: Any) -> tuple[types.FunctionType, tuple]:
    """Unwrap decorators, bound methods and callable objects down to a function written in Python."""
    bound: tuple = ()
    if not isinstance(function, types.FunctionType | types.MethodType) and hasattr(type(function), "forward"):
        function = function.forward  # a PyTorch module
    elif not inspect.isroutine(function) and not isinstance(function, type) and callable(function):
        function = function.__call__
    if isinstance(function, types.MethodType):
        function, bound = function.__func__, (function.__self__,)
    function = inspect.unwrap(function)
    if not isinstance(function, types.FunctionType):
        raise ValueError(f"step: {function!r} has no Python lines to step through; give a function written in Python")
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        raise ValueError(f"step: {function.__name__} is a generator; give a function that returns its value")
    return function, bound


def _parse(function: types.FunctionType) -> tuple[ast.Module, list[str]]:
    try:
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
        return ast.parse("\n".join(lines)), lines
    except (OSError, SyntaxError):
        raise ValueError(
            f"step: the source of {function.__name__} cannot be found; define it in a cell or in a file"
        ) from None


def _definition(tree: ast.Module, function: types.FunctionType) -> ast.FunctionDef:
    """Return the `def` of the function; a lambda becomes a `def` of one line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            return node
    lambdas = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    if len(lambdas) != 1:
        raise ValueError(f"step: {len(lambdas)} lambdas share a line; give each a line or a def of its own")
    body = ast.copy_location(ast.Return(lambdas[0].body), lambdas[0])
    node = ast.FunctionDef("function", lambdas[0].args, [body], [])
    return ast.copy_location(node, lambdas[0])


def _shown_source(node: ast.FunctionDef, lines: list[str]) -> tuple[list[tuple[int, str]], dict[int, int]]:
    """Number the lines from `def`, leaving the docstring out: return (number, text) of each, and line -> number."""
    if node.body[0].lineno == node.lineno:  # a lambda, or a def of one line
        text = ast.get_source_segment("\n".join(lines), node) or lines[node.lineno - 1]
        shown = {node.lineno + k: k + 1 for k in range(text.count("\n") + 1)}
        return list(enumerate(text.splitlines(), 1)), shown
    keep = list(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    if ast.get_docstring(node, clean=False) is not None and len(node.body) > 1:
        doc = node.body[0]
        keep = [n for n in keep if not doc.lineno <= n <= (doc.end_lineno or doc.lineno)]
    shown = {n: k for k, n in enumerate(keep, 1)}
    texts = textwrap.dedent("\n".join(lines[n - 1] for n in keep)).splitlines()
    return list(enumerate(texts, 1)), shown


def _describe(body: list, program: Program, loops: list) -> None:
    """Note for each statement its last line, the loops around it, and whether it heads a loop or a branch."""
    for node in body:
        line = program.shown.get(node.lineno)
        if line is None:  # the docstring
            continue
        inner = getattr(node, "body", None)
        end = inner[0].lineno - 1 if isinstance(inner, list) and inner else node.end_lineno
        program.last_line[line] = max(line, program.shown.get(_last_code_line(node, end), line))
        program.loops[line] = loops
        below = loops
        if not hasattr(node, "body"):
            program.named[line] = sorted(_names(node))
        if isinstance(node, ast.For):
            below = [*loops, (line, [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)])]
            if node.body[0].lineno > node.lineno:
                program.headers.add(line)
        if isinstance(node, ast.Try):
            program.headers.add(line)
        if isinstance(node, ast.Return) and node.value is not None:
            items = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            program.returns[line] = [ast.unparse(item) for item in items]
            program.made[line] = _names_by_target(items, items)
        match node:
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)):
                program.made[line] = _names_by_target(targets, values)
        for part in ("body", "orelse", "finalbody"):
            _describe(getattr(node, part, []), program, below)
        for handler in getattr(node, "handlers", []):
            _describe(handler.body, program, below)


def _names_by_target(targets: list, values: list) -> dict[str, set[str]]:
    """Return for each target of a tuple the names in its own value."""
    return {ast.unparse(target): _names(value) for target, value in zip(targets, values, strict=False)}


def _names(node: ast.AST) -> set[str]:
    """Return the names, attributes and subscripts in a piece of source."""
    return {ast.unparse(n) for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute | ast.Subscript)}


def _last_code_line(node: Any, end: int) -> int:
    """Return the last line of a statement, for one with a body the last line of its header."""
    parts = [getattr(node, name) for name in ("test", "iter", "target") if hasattr(node, name)]
    if isinstance(node, ast.For | ast.While | ast.If):
        return max(part.end_lineno for part in parts)
    return end


def _attributes(node: ast.FunctionDef) -> list[str]:
    """List the plain attributes the source names, such as self.X_train, in order."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
    calls = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    found = [n for n in found if id(n) not in calls and n.attr not in SHAPE_ONLY]
    return list(dict.fromkeys(ast.unparse(n) for n in sorted(found, key=lambda n: (n.lineno, n.col_offset))))


def _twin(
    node: ast.FunctionDef, function: types.FunctionType, name: str, outside: list[str], lines: list[str]
) -> types.FunctionType:
    """Compile the rewritten function with the closure, defaults and globals of the original."""
    code = function.__code__
    local_names = {*code.co_varnames, *code.co_freevars, *code.co_cellvars, *outside}
    node = _bare(node)
    _pin(node)
    node.body = [_Reporter(local_names).visit(statement) for statement in node.body]
    filename = f"<step {name}>"
    linecache.cache[filename] = (0, None, [line + "\n" for line in lines], filename)
    module = ast.Module([_factory(node, [RECORDER, *code.co_freevars])], type_ignores=[])
    outer = _code_in(compile(ast.fix_missing_locations(module), filename, "exec"), "factory")
    inner = _code_in(outer, node.name)
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True)) | {RECORDER: types.CellType()}
    closure = tuple(cells[name] for name in inner.co_freevars)
    twin = types.FunctionType(inner, function.__globals__, function.__name__, function.__defaults__, closure)
    twin.__kwdefaults__ = function.__kwdefaults__
    return twin


def _bare(node: ast.FunctionDef) -> ast.FunctionDef:
    """Copy a definition without decorators, annotations and defaults, which are not to be evaluated again."""
    node = copy.deepcopy(node)
    node.decorator_list, node.returns = [], None
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    node.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
    node.args.kw_defaults = [d and ast.Constant(None) for d in node.args.kw_defaults]
    return node


def _factory(node: ast.FunctionDef, free: list[str]) -> ast.FunctionDef:
    """Wrap a definition in a function whose arguments are its free variables."""
    names = [ast.arg(name) for name in free]
    arguments = ast.arguments(posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[])
    factory = ast.FunctionDef(name="factory", args=arguments, body=[node], decorator_list=[])
    if "type_params" in ast.FunctionDef._fields:  # since Python 3.12
        factory.type_params = []  # type: ignore[attr-defined,unused-ignore]
    return factory


def _code_in(outer: types.CodeType, name: str) -> types.CodeType:
    return next(c for c in outer.co_consts if isinstance(c, types.CodeType) and c.co_name == name)


def connect(program: Program, hooks: Hooks) -> None:
    """Let the twin report to these hooks."""
    names = program.function.__code__.co_freevars
    if RECORDER in names:
        program.function.__closure__[names.index(RECORDER)].cell_contents = hooks  # type: ignore[index]


def _pin(node: ast.AST, line: int | None = None) -> None:
    """Put every part of a statement on its first line, so that a statement of three lines is one step."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler):
            child.end_lineno, child.end_col_offset = child.lineno, child.col_offset
            _pin(child, child.lineno)
        else:
            if hasattr(child, "lineno") and line is not None:
                child.lineno = child.end_lineno = line  # type: ignore[attr-defined]
                child.col_offset = child.end_col_offset = 0  # type: ignore[attr-defined]
            _pin(child, line)


class _Reporter(ast.NodeTransformer):
    """Wrap what reads or writes cells in a call of the recorder."""

    def __init__(self, local_names: set[str]):
        self.local_names = local_names
        self.augmented: ast.AST | None = None  # the target of the += at work

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        text = ast.unparse(node.value)
        in_place = node is self.augmented
        node.value = self._base(node.value)
        node.slice = self.visit(node.slice)
        if isinstance(node.ctx, ast.Load):
            return ast.copy_location(_call(Hooks.get, node.value, _index(node.slice), ast.Constant(text)), node)
        if isinstance(node.ctx, ast.Store) and _is_chain(node.value):
            arguments = [copy.deepcopy(node.value), _index(node.slice), ast.Constant(text), ast.Constant(in_place)]
            node.slice = ast.copy_location(_call(Hooks.at, *arguments), node.slice)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        target = node.target
        self.augmented = target
        node.target = self.visit(target)
        node.value = self.visit(node.value)
        if isinstance(target, ast.Name) and type(node.op) in ELEMENTWISE:
            read = ast.copy_location(ast.Name(target.id, ast.Load()), target)
            sign = ast.Constant(ELEMENTWISE[type(node.op)])
            node.value = _call(Hooks.in_place, read, node.value, ast.Constant(target.id), sign)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id in self.local_names:
            return ast.copy_location(_call(Hooks.see, node, ast.Constant(node.id)), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        text = ast.unparse(node)
        whole = _is_name(node.value) or node.attr in SHAPE_ONLY
        node.value = self._base(node.value) if whole else self.visit(node.value)
        if isinstance(node.ctx, ast.Load) and node.attr not in SHAPE_ONLY and text.split(".")[0] in self.local_names:
            return ast.copy_location(_call(Hooks.see, node, ast.Constant(text)), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        node.args = [a if name in NO_CELLS and _is_name(a) else self.visit(a) for a in node.args]
        node.keywords = [self.visit(k) for k in node.keywords]
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            known = isinstance(owner, ast.Name) and owner.id not in self.local_names  # such as np.sum
            node.func.value = owner if known else self.visit(owner)
        elif not isinstance(node.func, ast.Name):
            node.func = self.visit(node.func)
        if not (isinstance(node.func, ast.Name) and hasattr(builtins, node.func.id)):
            node.func = ast.copy_location(_call(Hooks.enter, node.func), node.func)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self._expression(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return self._expression(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._branch(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._branch(node)

    def _branch(self, node: ast.If | ast.While) -> ast.AST:
        node.test = _call(Hooks.test, self.visit(node.test))
        node.body = [self.visit(n) for n in node.body]
        node.orelse = [self.visit(n) for n in node.orelse]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node  # a function defined inside is stepped over as it stands

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def _base(self, node: ast.expr) -> ast.expr:
        """Visit what is subscripted, without counting it as read as a whole."""
        if _is_name(node):
            return node
        if isinstance(node, ast.Attribute) and _is_chain(node):
            node.value = self._base(node.value)
            return node
        return self.visit(node)

    def _expression(self, node: ast.expr) -> ast.expr:
        """Report the operands of an elementwise expression, so that broadcasting can be shown."""
        if not _is_elementwise(node):
            return cast(ast.expr, self.generic_visit(node))
        text = ast.unparse(node)
        tree, count = self._operands(node)
        return ast.copy_location(_call(Hooks.broadcast, tree, ast.Constant(text), ast.Constant(count)), node)

    def _operands(self, node: Any) -> tuple[ast.expr, int]:
        """Report each operand of the tree of + - * / and comparisons; return the tree and their number."""
        if not _is_elementwise(node):
            text = ast.Constant(ast.unparse(node))
            return ast.copy_location(_call(Hooks.operand, self.visit(node), text), node), 1
        node.left, before = self._operands(node.left)
        if isinstance(node, ast.Compare):
            node.comparators[0], after = self._operands(node.comparators[0])
        else:
            node.right, after = self._operands(node.right)
        return node, before + after


def _is_elementwise(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return len(node.ops) == 1 and type(node.ops[0]) in ELEMENTWISE
    return isinstance(node, ast.BinOp) and type(node.op) in ELEMENTWISE


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _is_chain(node: ast.AST) -> bool:
    """Whether looking it up twice is harmless: names, attributes and subscripts, no calls of the user's."""
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call))
    return all(isinstance(c.func, ast.Attribute) and getattr(c.func.value, "id", None) == RECORDER for c in calls)


def _index(node: ast.expr) -> ast.expr:
    """Write an index as an expression: i, 1:3 becomes (i, __step__.span(1, 3, None)).

    Not `slice(1, 3, None)`, a name that may mean something else where the function stands.
    """
    if isinstance(node, ast.Slice):
        bounds = [part or ast.Constant(None) for part in (node.lower, node.upper, node.step)]
        return _call(Hooks.span, *bounds)
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_index(part) for part in node.elts], ast.Load())
    return node


def _call(hook: Callable, *arguments: ast.expr) -> ast.Call:
    """Write the call of one of the `Hooks`."""
    return ast.Call(ast.Attribute(ast.Name(RECORDER, ast.Load()), hook.__name__, ast.Load()), list(arguments), [])
