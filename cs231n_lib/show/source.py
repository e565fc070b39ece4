"""Show the code of the library in a lesson, so that text and code cannot drift apart."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable

from IPython.display import Markdown


def show_source(fn: Callable, docstring: bool = False) -> Markdown:
    """Return the source of `fn` as a highlighted block, without its docstring unless asked for."""
    source = textwrap.dedent(inspect.getsource(fn))
    if not docstring:
        source = without_docstring(source)
    return Markdown(f"```python\n{source.rstrip()}\n```")


def without_docstring(source: str) -> str:
    """Cut the docstring of the one function or class that `source` defines; comments stay."""
    definition = ast.parse(source).body[0]
    if not isinstance(definition, ast.FunctionDef | ast.ClassDef) or ast.get_docstring(definition) is None:
        return source
    first = definition.body[0]
    lines = source.splitlines(keepends=True)
    return "".join(lines[: first.lineno - 1] + lines[first.end_lineno :])
