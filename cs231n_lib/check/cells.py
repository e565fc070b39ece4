"""The functions that a learner wrote in a notebook, as a file: the cells' other statements are left out, never run."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .loading import AT_LINE
from .model import Exercise
from .registry import exercise, items
from .sources import definitions, has_room, tree_of, uses

SIMPLE = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp, ast.Name, ast.Attribute),
    *(ast.operator, ast.unaryop, ast.expr_context),
)


@dataclass(frozen=True)
class Statement:
    """A statement of a cell that may be kept: its text and its first line, the names it binds, and those it uses."""

    text: str
    line: int
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]


@dataclass(frozen=True)
class Version:
    """A learner's version of an exercise: the symbol that stands for it, and what the notebook hands over with it.

    own: companions by part, as in `check("relu_backward", mine, forward=my_forward)`; None where no call says.
    """

    symbol: str
    own: dict[str, str] | None = None


@dataclass
class Cells:
    """What was found in a notebook: statements; versions of exercises by name; cells that cannot be parsed."""

    statements: list[Statement] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)
    troubles: list[tuple[int, SyntaxError]] = field(default_factory=list)

    def text(self) -> str:
        """Return the statements that the exercises need, in the notebook's order."""
        needed = {name for v in self.versions.values() for name in (v.symbol, *(v.own or {}).values())}
        before = -1
        while len(needed) > before:
            before = len(needed)
            needed |= {name for s in self.statements if s.binds & needed for name in s.uses}
        kept = (s for s in self.statements if s.binds & needed or "*" in s.binds)
        return "".join(f"{AT_LINE}{s.line}\n{s.text}\n\n" for s in kept)


def read_notebook(path: Path) -> Cells:
    """Return what stands in a notebook's code cells.

    Raises: ValueError where the file is no notebook.
    """
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # of JSON, of the schema, of the encoding
        raise ValueError(str(error)) from None
    found, trees = Cells(), []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        try:
            text, tree = parse_cell(cell.source)
        except SyntaxError as error:
            found.troubles.append((number, error))
            continue
        trees.append(tree)
        found.statements += statements(text, tree)
    found.versions = versions(found.statements, trees)
    return found


def parse_cell(text: str) -> tuple[str, ast.Module]:
    """Return a cell's text and tree; where it is not Python, its lines of magic and help are emptied."""
    try:
        return text, ast.parse(text)
    except (SyntaxError, ValueError):
        text = re.sub(r"^\s*[%!?].*$|^\s*[\w.]+\?+\s*$", "", text, flags=re.MULTILINE)
        return text, ast.parse(text)


def statements(text: str, tree: ast.Module) -> Iterator[Statement]:
    """Give a cell's imports, definitions and assignments of constants."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            segment = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
            yield Statement(segment, first, node, frozenset([node.name]), frozenset(uses(node)))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            binds = frozenset((a.asname or a.name).split(".")[0] for a in node.names)
            yield Statement(ast.get_source_segment(text, node) or "", node.lineno, node, binds, frozenset())
        elif isinstance(node, ast.Assign) and all(isinstance(n, SIMPLE) for n in ast.walk(node.value)):
            targets = (n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name))
            plain = all(isinstance(t, (ast.Name, ast.Tuple)) for t in node.targets)
            binds = frozenset(targets if plain else ())
            yield Statement(
                ast.get_source_segment(text, node) or "", node.lineno, node, binds, frozenset(uses(node.value))
            )


def versions(found: list[Statement], trees: list[ast.Module]) -> dict[str, Version]:
    """Return the versions that a notebook holds, by exercise.

    What it hands to `check` as `my_...`, then `my_affine_forward`, then whatever it hands to `check`, then
    `affine_forward` where it takes as many arguments as the exercise.
    """
    nodes = {s.node.name: s.node for s in found if isinstance(s.node, (ast.FunctionDef, ast.ClassDef))}
    calls = sorted(checked(trees, set(nodes)), key=lambda call: call[1].symbol.startswith("my_"))
    handed = dict(calls)  # of several calls for one exercise the last one counts
    taken = {version.symbol for version in handed.values()}
    chosen: dict[str, Version] = {}
    for name in (name for name, item in items().items() if isinstance(item, Exercise)):
        base, _, method = name.split(" ")[0].partition(".")
        named = [n for n in (f"my_{base}", base) if n not in taken and holds(nodes.get(n), method, name)]
        mine = [Version(n) for n in named if n != base]
        plain = [Version(n) for n in named if n == base and fits(nodes[n], name)]
        given = [handed[name]] if name in handed else []
        best = [*(v for v in given if v.symbol.startswith("my_")), *mine, *given, *plain]
        chosen |= {name: best[0]} if best else {}
    return chosen


def holds(node: ast.AST | None, method: str, name: str) -> bool:
    """Return whether a definition is there, with the method and the room that an exercise asks for."""
    if node is None or not method:
        return node is not None
    methods = [getattr(m, "name", "") for m in node.body] if isinstance(node, ast.ClassDef) else []
    return method in methods and has_room(name, node)


def fits(node: ast.AST, name: str) -> bool:
    """Return whether a function takes as many arguments as the exercise's own: another may bear the name by chance."""
    module, _, symbol = exercise(name).truth.partition(":")
    spec = importlib.util.find_spec(module)
    right = dict(definitions(tree_of(Path(spec.origin)))).get(symbol) if spec and spec.origin else None
    if not (isinstance(node, ast.FunctionDef) and isinstance(right, ast.FunctionDef)):
        return True
    counts = [(len(f.args.args) - len(f.args.defaults), len(f.args.args)) for f in (node, right)]
    return max(least for least, _ in counts) <= min(most for _, most in counts) or bool(node.args.vararg)


def checked(trees: list[ast.Module], defined: set[str]) -> Iterator[tuple[str, Version]]:
    """Give exercise and version of each call such as `check("affine_forward", mine)`; solutions left out."""
    for node in (n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call) and len(n.args) > 1):
        name, given = node.args[:2]
        if not (isinstance(name, ast.Constant) and isinstance(given, ast.Name) and given.id in defined):
            continue
        if ast.unparse(node.func).endswith("check") and not given.id.endswith("_solution"):
            words = {k.arg: k.value.id for k in node.keywords if k.arg and isinstance(k.value, ast.Name)}
            yield str(name.value), Version(given.id, {part: n for part, n in words.items() if n in defined})
