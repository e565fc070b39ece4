"""Joins JavaScript modules into one text: each once, after those it imports, without `import` and `export`."""

from __future__ import annotations

import re
from collections.abc import Callable

# What a module may write, at the start of a line; anything else that begins with one of the two words is refused.
_IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|let|class|function|async function) )", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_TOP = re.compile(r"^(export )?(?:const|let|class|function|async function) (\w+)", re.MULTILINE)
_LITERAL = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`"""  # strings and templates
    r"""|/(?! )(?:\\.|\[(?:\\.|[^\]])*\]|[^/\\\[\n])+/\w*)"""  # regular expressions
)
_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)


def join(read: Callable[[str], str], entry: str) -> str:
    """Return the module `entry` and all it imports as one text, which may become the body of a function.

    read: name of a module -> its text.
    Raises: ValueError for imports in a circle, for a name that is not exported or that two modules use at their top,
        and for forms of `import` and `export` other than `import { a, b } from "./c.js";` and `export function a`.
    """
    order: dict[str, str] = {}
    _add(entry, read, order, ())
    owners: dict[str, str] = {}
    for name, text in order.items():
        for top in top_names(text):
            if owners.setdefault(top, name) != name:
                raise ValueError(f"{name}: {top!r} is taken by {owners[top]}; joined modules share one scope")
    return "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in order.values())


def _add(name: str, read: Callable[[str], str], order: dict[str, str], above: tuple[str, ...]) -> None:
    """Add a module to `order`, after those it imports."""
    if name in above:
        raise ValueError(f"{name} imports itself by way of {' and '.join(above[above.index(name) + 1 :]) or name}")
    if name in order:
        return
    text = read(name)
    if other := _OTHER.search(_EXPORT.sub("", _IMPORT.sub("", text))):
        raise ValueError(f"{name}: {other[0]!r} cannot be joined")
    for names, source in imports(text):
        _add(source, read, order, (*above, name))
        if missing := sorted(names - exports(order[source])):
            raise ValueError(f"{name}: {source} exports no {', '.join(missing)}")
    order[name] = text


def imports(text: str) -> list[tuple[set[str], str]]:
    """Return what a module imports: names, and the module they come from."""
    return [(set(re.findall(r"\w+", names)), source) for names, source in _IMPORT.findall(text)]


def exports(text: str) -> set[str]:
    """Return the names that a module exports."""
    return set(top_names(text, exported=True))


def top_names(text: str, exported: bool = False) -> list[str]:
    """Return the names that a module declares at its top, one a line, or only those that it exports."""
    return [name for export, name in _TOP.findall(text) if export or not exported]


def squeeze(code: str) -> str:
    """Leave out comments, indentation and needless spaces of a script. It keeps to the style of the player's modules:

    every statement ends with `;` or `}`, a comment has a line of its own or stands behind ` // `, a division has spaces
    around it and a regular expression none at its start, no template stands within the text of another.
    """
    parts = _LITERAL.split(without_comments(code))
    parts[::2] = [_squeezed(part) for part in parts[::2]]
    return "".join(parts)


def _squeezed(code: str) -> str:
    """Leave out the spaces and line ends of code without strings; `a - -b` keeps its own."""
    code = re.sub(r"(?<![-+]) ([-+]=?) (?![-+])", r"\1", code)
    code = re.sub(r" ?([=?:;,(){}\[\]<>*/%&|!]+) ?", r"\1", code)
    return re.sub(r"(?<=[;,{(\[])\n|\n(?=[})\]])", "", code)


def squeeze_style(sheet: str) -> str:
    """Leave out comments, indentation and needless spaces of a style sheet, whose strings hold none of `{};,:`."""
    return re.sub(r" ?([{};,]) ?\n?|(?<=:) ", r"\1", without_comments(sheet))


def without_comments(text: str) -> str:
    """Leave out indentation, comments of whole lines and those at the end of a line."""
    lines = (re.sub(r"\s+// .*$", "", line).strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("// "))
