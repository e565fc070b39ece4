"""What stands in a learner's files: exercises, uses, imports, the marks of an edition. Nothing of them is run."""

from __future__ import annotations

import ast
import functools
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import resolve_name
from pathlib import Path

from .model import Exercise
from .registry import items

NOTEBOOK = {"ThreeLayerConvNet"}  # written in the PyTorch notebook; cnn.py has a NumPy class of that name


@dataclass(frozen=True)
class Part:
    """A part of a net that a learner may add later: where its row waits, and what shows that it was begun.

    waits: the function the row waits for.  word: a pattern of a name or text in a class that has room for the part.
    begun: a pattern of the names that a method uses once the part is written in it.
    """

    waits: str
    word: str
    begun: str


PARTS = {
    "batchnorm": Part("batchnorm_forward", r"norm(?!al\b)", r"norm(?!al\b)|(^|_)bn|gamma"),
    "layernorm": Part("layernorm_forward", r"norm(?!al\b)", r"norm(?!al\b)|(^|_)ln|gamma"),
    "dropout": Part("dropout_forward", "dropout", "drop"),
    "lstm": Part("lstm_forward", "lstm", "lstm"),
}


def part_of(name: str) -> Part | None:
    """Return the part that `Net.loss with batchnorm` is judged with; None for an exercise of no such kind."""
    return PARTS.get(name.partition(" with ")[2])


# --- trees -----------------------------------------------------------------------------------------------------------


def parse(path: Path) -> ast.Module | SyntaxError | ValueError:
    """Return a file's tree, or what keeps it from being parsed."""
    return _parsed(path.read_bytes())


@functools.lru_cache(256)
def _parsed(text: bytes) -> ast.Module | SyntaxError | ValueError:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError) as error:
            return error
        except (RecursionError, MemoryError):
            return ValueError("too deeply nested")


def tree_of(path: Path) -> ast.Module:
    """Return a file's tree, an empty one where it cannot be parsed."""
    tree = parse(path) if path.is_file() else None
    return tree if isinstance(tree, ast.Module) else ast.Module([], [])


def definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Give functions, classes and methods by name."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{m.name}", m) for m in node.body if isinstance(m, ast.FunctionDef))


def names_in(path: Path) -> list[str]:
    """Return the exercises that a file holds, in the order of the course."""
    defined = dict(definitions(tree_of(path)))
    written = [name for name, item in items().items() if isinstance(item, Exercise) and name not in NOTEBOOK]
    return [
        name for name in written if name.split(" ")[0] in defined and has_room(name, defined[name.partition(".")[0]])
    ]


def has_room(name: str, cls: ast.AST) -> bool:
    """Return whether a class speaks of the part that an exercise is about: `FullyConnectedNet.loss with dropout`."""
    part = part_of(name)
    return part is None or any(re.search(part.word, word.lower()) for word in words(cls))


def words(tree: ast.AST) -> Iterator[str]:
    """Give all names and texts of a piece of code, its docstrings left out."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name"):
            if isinstance(getattr(node, field, None), str):
                yield getattr(node, field)
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        held = [] if docstring else ast.iter_child_nodes(node)
        yield from (n.value for n in held if isinstance(n, ast.Constant) and isinstance(n.value, str))


# --- what uses what --------------------------------------------------------------------------------------------------


def used_names(files: Iterable[Path]) -> dict[str, set[str]]:
    """Return for each function of the files the names that it takes from elsewhere, and the keys it writes."""
    found: dict[str, set[str]] = {}
    for path in files:
        for name, node in definitions(tree_of(path)):
            found[name] = uses(node)
    return found


def uses(node: ast.AST) -> set[str]:
    """Return the names that a piece of code uses and does not bind, attributes it calls, and texts in subscripts."""
    parts = list(ast.walk(node))
    bound = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in parts if isinstance(n, ast.arg)}
    free = {n.id for n in parts if isinstance(n, ast.Name)} - bound
    called = {n.func.attr for n in parts if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    keys = [t.value for n in parts if isinstance(n, ast.Subscript) for t in ast.walk(n) if isinstance(t, ast.Constant)]
    return free | called | {key for key in keys if isinstance(key, str)}


def reach(names: Iterable[str], used: dict[str, set[str]]) -> set[str]:
    """Return names and all that they use, at first or second hand."""
    seen: set[str] = set()
    ahead = set(names)
    while ahead:
        seen |= ahead
        ahead = {n for name in ahead for n in used.get(name, ())} - seen
    return seen


def begun(name: str, used: dict[str, set[str]]) -> bool:
    """Return whether a method, or a helper of its class, uses anything for the part that an exercise is about."""
    part = part_of(name)
    method = name.partition(" ")[0]
    owner = method.partition(".")[0] + "."
    helpers = [n for n in used if n.startswith(owner) and n not in items() and n != owner + "__init__"]
    return part is None or any(
        re.search(part.begun, word.lower()) for word in reach([method, *helpers], used) - {method}
    )


# --- imports ---------------------------------------------------------------------------------------------------------


def needs_torch(path: Path, package: Path, seen: frozenset[Path] = frozenset()) -> bool:
    """Return whether a file, or a file of the package that it imports, has an import statement for PyTorch."""
    if path in seen:
        return False
    for module in imported(tree_of(path), path, package):
        if module.split(".")[0] in ("torch", "torchvision"):
            return True
        file = file_of(module, package)
        if file.is_file() and needs_torch(file, package, seen | {path}):
            return True
    return False


def file_of(module: str, package: Path) -> Path:
    """Return where a module of the package would stand: under `cs231n.`, under the folder's name, or by itself."""
    first, *rest = module.split(".")
    return package.joinpath(*(rest if first in ("cs231n", package.name) and rest else [first, *rest])).with_suffix(
        ".py"
    )


def imported(tree: ast.Module, path: Path, package: Path) -> Iterator[str]:
    """Give the modules that a file imports; those of the package begin with `cs231n.`."""
    folders = path.parent.relative_to(package).parts if path.is_relative_to(package) else ()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            try:
                origin = resolve_name("." * node.level + (node.module or ""), ".".join(("cs231n", *folders)))
            except ImportError:
                continue  # it leaves the package
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


# --- editions --------------------------------------------------------------------------------------------------------

PYTHON2 = re.compile(r"\s*(print\s+[^\s(=]|print$|exec\s+['\"]|raise\s+\w+\s*,|except\s+[\w.]+\s*,)|.*(<>|`)")


def trouble(path: Path) -> tuple[str, dict] | None:
    """Return the key and the fields of the sentence on a file that cannot be parsed; None for one that can."""
    error = parse(path)
    if isinstance(error, ast.Module):
        return None
    if isinstance(error, ValueError) or not error.lineno:
        return "not_read", {"error": str(error)}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    text = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
    fields = {"line": error.lineno, "text": text.strip()[:80], "error": error.msg}
    if isinstance(error, TabError):
        return "tabs", fields
    if PYTHON2.match(text):
        return "python2", fields
    return ("empty_block" if error.msg.startswith("expected an indented block") else "not_parsed"), fields


def edition(files: list[Path]) -> str | None:
    """Return the key of the sentence on an edition whose conventions were others; None for the editions since 2018."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]

    def marked(pattern: str) -> bool:
        return any(re.search(pattern, text, re.MULTILINE) for text in texts)

    later = marked(r"\bnormalization\s*=")
    new_python = marked(r"^\s*from (builtins|past\.builtins) import")
    python2 = any((trouble(path) or [""])[0] in ("python2", "tabs") for path in files) or marked(r"\bxrange\(")
    if marked(r"\buse_batchnorm\b") and not later:
        return "edition_2017" if new_python else "edition_2016"
    half = marked(r"0\.5\s*\*\s*reg\s*\*\s*np\.sum\(\s*W\s*\*\s*W\s*\)") and marked(r"^def svm_loss_naive")
    old = (python2 or half) and marked(r"^from random import shuffle")
    return "edition_2016" if old and not later and not new_python else None
