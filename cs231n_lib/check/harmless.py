"""Whether changed copies of a function may be run: not where it reaches files, processes, input or the network."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import types
from typing import Any

from .run import Subject

WORDS = {
    *("open", "input", "exec", "eval", "compile", "__import__", "breakpoint", "exit", "quit", "globals", "setattr"),
    *("os", "sys", "subprocess", "shutil", "pathlib", "Path", "socket", "requests", "urllib", "pickle", "tempfile"),
    *("threading", "multiprocessing", "signal", "time", "ctypes", "builtins", "importlib", "__builtins__"),
    *("save", "savez", "savez_compressed", "savetxt", "tofile", "memmap", "dump", "load", "loadtxt", "fromfile"),
    *("write", "writelines", "unlink", "remove_file", "system", "savefig", "imsave", "imwrite", "fork", "kill"),
}
MODULES = {"numpy", "torch", "math", "itertools", "functools", "random", "collections", "cs231n_lib", "cs231n"}


def harmless(subject: Subject) -> bool:
    """Return whether a function, its class and the functions they call reach nothing outside themselves."""
    given = [subject.fn]
    if isinstance(subject.owner, type):
        given += [v for v in vars(subject.owner).values() if isinstance(v, types.FunctionType)]
    seen: set[int] = set()
    return all(is_harmless(fn, seen) for fn in given)


def is_harmless(given: Any, seen: set[int]) -> bool:
    """Return whether one function is harmless, and every function that it calls by name."""
    fn = inspect.unwrap(getattr(given, "__func__", given)) if callable(given) else given
    if id(fn) in seen or not isinstance(fn, types.FunctionType) or is_ours(fn):
        return True
    seen.add(id(fn))
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(fn)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    used = set(words(tree))
    if used & WORDS or any(isinstance(n, ast.Global) or brings_in(n) for n in ast.walk(tree)):
        return False
    cells = {
        n: c.cell_contents for n, c in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True) if filled(c)
    }
    values = [{**fn.__globals__, **cells}.get(word) for word in used]
    return all(is_plain(value, seen) for value in values)


def brings_in(node: ast.AST) -> bool:
    """Return whether a line imports more than modules that only compute."""
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").partition(".")[0] not in MODULES
    return isinstance(node, ast.Import) and any(one.name.partition(".")[0] not in MODULES for one in node.names)


def words(tree: ast.AST) -> list[str]:
    """Return all attributes in a tree, and all names but those that it gives values itself."""
    nodes = list(ast.walk(tree))
    own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    free = [n.id for n in nodes if isinstance(n, ast.Name) and n.id not in own]
    return free + [n.attr for n in nodes if isinstance(n, ast.Attribute)]


def is_plain(value: Any, seen: set[int]) -> bool:
    """Return whether a global may be used: a module that only computes, a value, or a harmless function or class."""
    if isinstance(value, types.ModuleType):
        return value.__name__.partition(".")[0] in MODULES
    if isinstance(value, type):
        own = [v for v in vars(value).values() if isinstance(v, types.FunctionType)] if not is_ours(value) else []
        return all(is_harmless(fn, seen) for fn in own)
    return is_harmless(value, seen)


def is_ours(thing: Any) -> bool:
    """Return whether a function or class belongs to a library that only computes."""
    name = getattr(thing, "__module__", None) or ""
    return name.partition(".")[0] in MODULES - {"cs231n"} or name in sys.builtin_module_names


def filled(cell: Any) -> bool:
    """Return whether a closure's cell holds anything yet."""
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
