"""Exercises at every level of help, made from one blank and one solution."""

from __future__ import annotations

import ast
import re
import textwrap

LEVELS = ("as set", "worked", "last", "body", "free")
HELP = (
    "what stands in each blank: as set: what the lesson gives (default); worked: the whole solution, for students too; "
    "last: all but the last step; body: first line and docstring; free: a comment with the name. Classes and puzzles "
    "are as set, or worked"
)
SAID = {
    "worked": "worked through",
    "last": "the last step is blank",
    "body": "the body is blank",
    "free": "free",
}


def at_level(level: str, blank: str, solution: str, mine: str) -> str:
    """Return the source of an exercise's first cell at a level of help.

    "as set": as the lesson has it; "worked": solved; "last": the last step blank; "body": only the signature and the
    docstring; "free": not even the signature. Puzzles and classes know only "as set" and "worked".

    blank, solution: sources of the two cells.  mine: the name that the blank defines.
    """
    if level == "as set":
        return blank
    solved = worked(solution, mine)
    function, authored = _function(solved, mine), _function(blank, mine)
    if level == "worked":
        return solved
    if function is None or authored is None:
        return blank
    docstring = _lines(blank, authored.body[0]) if ast.get_docstring(authored) else ""
    if level == "free":
        return _comment(f"{mine}({ast.unparse(function.args)})", docstring) + f"\n{mine} = ..."
    before = "\n".join(solved.splitlines()[: function.lineno - 1])
    head = _signature(solved, function)
    kept = "" if level == "body" else _all_but_the_last(solved, function)
    return "\n".join(part for part in (before, head, docstring, kept, "    ...") if part.strip())


def heading_at_level(level: str, heading: str, made: str, mine: str) -> str:
    """Return the heading of an exercise, "### Your turn 1.2 (free)", with a parenthesis that is true at a level.

    made: source of the exercise's first cell at this level.  Headings without a parenthesis say nothing to mend.
    """
    found = re.fullmatch(r"(### Your turn \S+) \((.+)\)", heading)
    said = _said(level, made, mine)
    if not found or not said:
        return heading
    puzzle = f"{found[2]}, " if found[2].startswith("find") else ""
    return f"{found[1]} ({puzzle}{said})"


def _said(level: str, made: str, mine: str) -> str:
    """Return what an exercise leaves blank at a level; nothing where it is as the lesson set it."""
    function = _function(made, mine)
    if level == "free":
        return SAID[level] if made.startswith("# Write ") else ""
    if level == "as set" or (function is None and level != "worked"):
        return ""
    blank = function is not None and not any(map(_is_step, function.body))
    return SAID["body" if blank else level]


def _is_step(node: ast.stmt) -> bool:
    return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def worked(solution: str, mine: str) -> str:
    """Return a solution under the learner's name, without the check that follows it."""
    tree = ast.parse(solution)
    kept = [node for node in tree.body if not _is_check(node)]
    end = kept[-1].end_lineno or 0
    source = "\n".join(solution.splitlines()[:end])
    theirs = next(name for name in _names(kept) if name.endswith("_solution"))
    return re.sub(rf"\b{theirs}\b", mine, source)


def _is_check(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "check"


def _names(nodes: list[ast.stmt]) -> list[str]:
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return names + [ast.unparse(target) for node in nodes if isinstance(node, ast.Assign) for target in node.targets]


def _function(source: str, name: str) -> ast.FunctionDef | None:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    return None


def _lines(source: str, node: ast.stmt) -> str:
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])


def _signature(source: str, function: ast.FunctionDef) -> str:
    """Return the lines of `def ...:`, without comments that stand between it and the body."""
    lines = source.splitlines()[function.lineno - 1 : function.body[0].lineno - 1] or [
        f"def {function.name}({ast.unparse(function.args)}):"
    ]
    end = next(i for i, line in enumerate(lines) if line.rstrip().endswith(":"))
    return "\n".join(lines[: end + 1])


def _all_but_the_last(source: str, function: ast.FunctionDef) -> str:
    """Return the body up to its last step, without a docstring; comments stay. `return x` alone is no step."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    last = -2 if len(body) > 1 and _returns_names(body[-1]) else -1
    return "\n".join(source.splitlines()[body[0].lineno - 1 : body[last].lineno - 1])


def _returns_names(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    return not any(isinstance(part, ast.operator | ast.Call | ast.Subscript) for part in ast.walk(node.value))


def _comment(signature: str, docstring: str) -> str:
    words = textwrap.dedent(docstring).replace('"""', "").strip()
    return textwrap.indent(f"Write {signature}\n{words}".rstrip(), "# ", lambda line: True)
