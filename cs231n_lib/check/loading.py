"""Import a learner's file as its own course would: as part of `cs231n`, of any edition; on the CPU."""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.machinery
import importlib.util
import inspect
import linecache
import re
import sys
import types
from pathlib import Path

from .stand_ins import StandIns

PARTS = ("classifiers", "simclr")  # the folders inside an official cs231n
AT_LINE = "# of a cell's line "  # stands above each statement of a notebook
CUDA = re.compile(r"cuda(:\d*)?")


def load(package: Path, file: Path, notebook: bool = False) -> types.ModuleType:
    """Import a file as a module of `cs231n`, which is the folder `package` whatever it is called.

    The packages' own `__init__` files are passed over: they import every file, the broken ones as well.
    notebook: whether the file holds a notebook's cells; a statement that fails is then passed over as well.
    """
    sys.dont_write_bytecode = True  # leave the folder as it is
    sys.path_hooks.insert(0, functools.partial(find_below, package))
    sys.path.insert(0, str(package.parent))
    sys.path.append(str(package))  # for files that lie side by side, without a package
    for place in (package.parent, package):
        sys.path_importer_cache.pop(str(place), None)
    sys.meta_path.append(StandIns())
    top = make_package("cs231n", [package])
    for name in PARTS:
        setattr(top, name, make_package(f"cs231n.{name}", [package / name, package]))
    if notebook:
        return load_as("cs231n_notebook", file, StatementByStatement)
    return importlib.import_module("cs231n." + ".".join(file.relative_to(package).with_suffix("").parts))


def make_package(name: str, folders: list[Path]) -> types.ModuleType:
    """Return an empty package whose modules lie in these folders."""
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder) for folder in folders]
    sys.modules[name] = importlib.util.module_from_spec(spec)
    return sys.modules[name]


def find_below(package: Path, folder: str) -> importlib.machinery.FileFinder:
    """Return the finder of a folder of the learner's; a hook for `sys.path_hooks`."""
    if Path(folder) != package.parent and not Path(folder).is_relative_to(package):
        raise ImportError(f"{folder} is no folder of the learner's")
    extensions = (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES)
    return importlib.machinery.FileFinder(folder, extensions, (OnCpu, [".py"]))


def load_as(name: str, file: Path, loader: type[OnCpu]) -> types.ModuleType:
    """Import a file by its path."""
    spec = importlib.util.spec_from_file_location(name, file, loader=loader(name, str(file)))
    assert spec is not None and spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


class OnCpu(importlib.machinery.SourceFileLoader):
    """A loader that reads "cuda" as "cpu"; lines keep their numbers, and the file its text."""

    def get_code(self, fullname):
        """Return the code of a file, never of its stored bytecode."""
        return self.source_to_code(self.get_data(self.path), self.path)

    def source_to_code(self, data, path, *, _optimize=-1):
        """Compile a file."""
        tree = CudaToCpu().visit(ast.parse(data, path))
        return compile(tree, path, "exec", dont_inherit=True, optimize=_optimize)


class StatementByStatement(OnCpu):
    """A loader that runs the statements of a notebook one by one; one that fails leaves its names undefined.

    Above each stands the line of its cell: by it the lines of errors and reports are numbered.
    """

    def exec_module(self, module):
        """Run the statements."""
        _, *parts = re.split(rf"^{AT_LINE}(\d+)\n", self.get_data(self.path).decode(), flags=re.MULTILINE)
        for number, (line, text) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
            name, text = f"<cell {number}>", "\n" * (int(line) - 1) + text
            linecache.cache[name] = (len(text), None, text.splitlines(True), name)
            for statement in CudaToCpu().visit(ast.parse(text, name)).body:
                run_statement(statement, name, module)


def run_statement(statement: ast.stmt, name: str, module: types.ModuleType) -> None:
    """Run a statement in a module; a definition that fails becomes a function that says so."""
    try:
        exec(compile(ast.Module([statement], []), name, "exec", dont_inherit=True), vars(module))
    except Exception as error:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            vars(module)[statement.name] = failing(error)


def failing(error: Exception):
    """Return a function that stops with the error that kept its definition from being run."""

    def stop(*args, **kwargs):
        raise error

    return stop


class CudaToCpu(ast.NodeTransformer):
    """Read the device "cuda" as "cpu", and `x.cuda()` as `x.cpu()`: the checker judges on the CPU."""

    def visit_Constant(self, node):
        """Replace the text "cuda" or "cuda:0"."""
        is_device = isinstance(node.value, str) and CUDA.fullmatch(node.value)
        return ast.copy_location(ast.Constant("cpu"), node) if is_device else node

    def visit_JoinedStr(self, node):
        """Replace a text such as f"cuda:{number}"."""
        first = node.values[0] if node.values else None
        if isinstance(first, ast.Constant) and CUDA.fullmatch(str(first.value)):
            return ast.copy_location(ast.Constant("cpu"), node)
        return self.generic_visit(node)

    def visit_Call(self, node):
        """Replace the call of a method `cuda`."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "cuda":
            node.func.attr, node.args, node.keywords = "cpu", [], []
        return node


def adapt(given):
    """Return a function or class of any edition as the exercises call it: with `dropout_keep_ratio`."""
    if isinstance(given, type):
        names = inspect.signature(given.__init__).parameters
        if "dropout" in names and "hidden_dims" in names:
            return renamed(given)
    return given


def renamed(cls: type) -> type:
    """Return a class of 2018 to 2020, which called it `dropout`, that takes `dropout_keep_ratio`."""

    @functools.wraps(cls.__init__)  # type: ignore[misc]
    def init(self, *args, dropout_keep_ratio=1, **settings):
        cls.__init__(self, *args, dropout=dropout_keep_ratio, **settings)

    kept = {"__module__": cls.__module__, "__qualname__": cls.__qualname__}  # by these its source is found
    return type(cls.__name__, (cls,), {"__init__": init, **kept})
