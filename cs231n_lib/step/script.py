"""The player's script in the language spoken: its words stand as marks, which the table of sentences fills."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from string import Formatter

from ..language import table

TEXT = re.compile(r"«(\w+)»")  # within a string of the script
JOINED = re.compile(r"«(\w+) \| ([^«»]*)»")  # in place of a string, with a script's expression for each field


@cache
def script(language: str) -> str:
    """Return the player's function."""
    return worded(asset("step.js").replace("GRAPH", asset("graph.js")), table(__package__, language))


@cache
def asset(name: str) -> str:
    """Read a file of this package without its indentation and comments."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = (re.sub(r"\s+// .*$", "", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("// "))


def worded(text: str, words: dict[str, str]) -> str:
    """Put sentences in the place of their marks, «key» and «key | field: expression | ...»."""
    text = TEXT.sub(lambda mark: words[mark[1]], text)
    while JOINED.search(text):  # one mark may stand in an expression of another
        text = JOINED.sub(lambda mark: joined(words[mark[1]], mark[2]), text)
    return text


def joined(sentence: str, fields: str) -> str:
    """Return the script's expression that puts a sentence together, such as "line " + n + " of 9"."""
    given = dict(field.split(": ", 1) for field in fields.split(" | "))
    parts: list[str] = []
    for text, name, _, _ in Formatter().parse(sentence):
        parts += [f'"{text}"'] if text else []
        parts += [as_text(given[name], not parts)] if name else []
    return " + ".join(parts)


def as_text(expression: str, first: bool) -> str:
    """Return an expression that may stand in a sum of strings: a sum of its own is added up before."""
    closed = first or " " not in expression or (expression[0], expression[-1]) == ("(", ")")
    return expression if closed else f"({expression})"
