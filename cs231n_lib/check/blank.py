"""What of an exercise is not begun, decided from the source of what was handed in: nothing is run.

Three witnesses: the canonical text of the official handouts (stubs.json), the marks of the gaps in the comments,
and what the returned values are made of.
"""

from __future__ import annotations

import ast
import functools
import inspect
import io
import json
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .canonical import FUNCTION, Source, canonical, fingerprint, is_filler, source_of
from .flow import Flow, Return
from .kinds import Kind

__all__ = ["Block", "State", "blocks", "canonical", "fingerprint", "is_stub", "state", "unbegun"]

STUBS = Path(__file__).parent / "stubs.json"
BEGIN, END = re.compile(r"TODO|START OF YOUR CODE"), re.compile(r"END OF YOUR CODE")
GIVEN = {  # what a handout brings finished; it is believed where the marks of the gaps still stand, and none is begun
    "svm_loss_naive": ("loss",),
    "softmax_loss_naive": ("loss",),
    "TransformerDecoderLayer": ("module",),
}
GIVEN_INIT = {"MultiHeadAttention", "PositionalEncoding", "TransformerDecoderLayer", "CaptioningTransformer"}


@dataclass(frozen=True)
class Block:
    """A gap of a handout: its first and last line in the file or cell, and whether anything stands in it."""

    first: int
    last: int
    begun: bool


@dataclass(frozen=True)
class State:
    """How far an exercise was taken.

    untouched: nothing was begun.  open_blocks: lines of the gaps that are still empty.
    placeholders: indices of the returned values that are not begun.
    dead: something is reckoned or printed, but no returned value depends on it.
    no_return: something is reckoned, and nothing is returned.
    """

    untouched: bool = False
    open_blocks: tuple[tuple[int, int], ...] = ()
    placeholders: tuple[int, ...] = ()
    dead: bool = False
    no_return: bool = False


@dataclass
class Handed:
    """What was handed in for an exercise: the function asked for, and the other methods of its class."""

    function: Source | None
    others: list[Source] = field(default_factory=list)
    empty: bool = False  # a class without a method

    @property
    def parts(self) -> list[Source]:
        """Return all sources, the function asked for first."""
        return [self.function, *self.others] if self.function else []


def handed(name: str, given) -> Handed:
    """Return the source of what exercise `name` asks for: of a class the method, `forward` where none is named."""
    base, owner, method = name.split(" ")[0], "", "forward"
    if "." in base:
        owner, _, method = base.rpartition(".")
    parts = methods(given)
    if parts is None:
        return Handed(source_of(given))
    others = [parts[key] for key in parts if key != method] if not owner else []
    return Handed(parts.get(method), others, empty=not parts and not has_functions(given))


def has_functions(given) -> bool:
    """Return whether a class has any function, with or without a source."""
    return isinstance(given, type) and any(inspect.isfunction(plain(value)) for value in vars(given).values())


def methods(given) -> dict[str, Source] | None:
    """Return the sources of the methods of a class; those of its bases too, but for PyTorch's.  None: no class."""
    if isinstance(given, type):
        if given.__module__ == "builtins":
            return None
        bases = [c for c in given.__mro__[::-1] if c is not object and c.__module__.partition(".")[0] != "torch"]
        found = {key: value for c in bases for key, value in vars(c).items()}
        sources = {key: source_of(v) for key, v in found.items() if inspect.isfunction(plain(v))}
        return {key: source for key, source in sources.items() if source is not None}
    source = source_of(given) if isinstance(given, str) else None
    if source is None or not isinstance(source.tree, ast.ClassDef):
        return None
    return {n.name: part for n in source.tree.body if isinstance(n, FUNCTION) if (part := _cut(source, n))}


def _cut(source: Source, method) -> Source | None:
    """Return the source of a method alone, with the comments below it, out of the source of its class."""
    starts = [min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", []))]) for n in source.tree.body]
    last = min((line - 1 for line in starts if line > method.lineno), default=_end(source.tree) + 9)
    part = source_of("".join(source.text.splitlines(True)[method.lineno - 1 : last]))
    return part and replace(part, offset=part.offset + source.offset + method.lineno - 1)


def plain(value):
    """Return the function of a static or class method."""
    return getattr(value, "__func__", value)


# --- the official handouts -------------------------------------------------------------------------------------------


@functools.cache
def stubs() -> dict[str, list[str]]:
    """Return the fingerprints of the untouched official handouts, by exercise."""
    return json.loads(STUBS.read_text(encoding="utf-8"))


def is_stub(name: str, given) -> bool:
    """Return whether what was handed in equals an official handout."""
    return _is_known(name, handed(name, given).function)


def _is_known(name: str, source: Source | None) -> bool:
    """Return whether a function is the one of an official handout."""
    return source is not None and fingerprint(canonical(source)) in stubs().get(name.split(" ")[0], [])


# --- the marks -------------------------------------------------------------------------------------------------------


def blocks(given) -> list[Block]:
    """Return the gaps that comments with TODO, START OF YOUR CODE and END OF YOUR CODE mark in a function or class."""
    parts = methods(given)
    sources = [source_of(given)] if parts is None else parts.values()
    return sorted((b for s in sources if s for b in _blocks(s)), key=lambda b: b.first)


def _blocks(source: Source) -> list[Block]:
    """Return the marked gaps of a function in the order of its lines."""
    found, flow = [], Flow(source)
    for first, last, closed in _marked(source):
        inside = [n for n in _statements(source.tree) if first <= n.lineno <= last]
        if closed or any(is_filler(n) for n in inside):
            begun = not all(_keeps_place(flow, n) for n in inside) or bool(_loose(source, first, last))
            found.append(Block(first + source.offset, last + source.offset, begun))
    return found


def _marked(source: Source) -> Iterator[tuple[int, int, bool]]:
    """Give first and last line of each marked gap, and whether its end is marked."""
    starts = {n.lineno for n in _statements(source.tree)}
    open_at, last = 0, _end(source.tree)
    for line, text in _comments(source):
        if END.search(text) and open_at:
            yield open_at, line, True
            open_at = 0
        elif BEGIN.search(text) and not END.search(text):
            if open_at and starts & set(range(open_at, line)):
                yield open_at, line - 1, True
                open_at = 0
            open_at = open_at or line
    if open_at:
        yield open_at, last, False


def _end(tree) -> int:
    """Return the last line of a function."""
    return tree.end_lineno or tree.lineno


def _comments(source: Source) -> list[tuple[int, str]]:
    """Return the comments of a function with their lines."""
    return [(t.start[0], t.string) for t in _tokens(source.text) if t.type == tokenize.COMMENT and _inside(source, t)]


def _inside(source: Source, token) -> bool:
    """Return whether a token stands in a function, or right below it at its depth."""
    line, column = token.start
    return source.tree.lineno <= line <= _end(source.tree) or (
        line > _end(source.tree) and column > source.tree.col_offset
    )


@functools.lru_cache(64)
def _tokens(text: str) -> tuple[tokenize.TokenInfo, ...]:
    """Return the tokens of a text, as far as they can be read."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            found.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return tuple(found)


def _statements(tree) -> list[ast.stmt]:
    """Return all statements of a function, those inside others as well, without its docstring."""
    inside = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and n is not tree]
    first = tree.body[0]
    return [n for n in inside if not (n is first and isinstance(n, ast.Expr) and is_filler(n))]


def _keeps_place(flow: Flow, node: ast.stmt) -> bool:
    """Return whether a statement is `pass`, `...`, a placeholder, or hands back what stands elsewhere."""
    if isinstance(node, ast.Assign):
        return flow.kind(node.value) <= Kind.ZERO or flow.gapped(node.value)
    if isinstance(node, ast.Return):
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        return all(p is None or isinstance(p, (ast.Name, ast.Attribute)) or flow.kind(p) <= Kind.READ for p in parts)
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, (ast.Name, ast.Call)) and "NotImplemented" in ast.dump(node.exc)
    return is_filler(node)


def _loose(source: Source, first: int, last: int) -> list[str]:
    """Return the words between two lines that belong to no statement that begins there: the inside of a call."""
    inside = [n for n in _statements(source.tree) if first <= n.lineno <= last]
    covered = {line for n in inside for line in range(n.lineno, (n.end_lineno or n.lineno) + 1)}
    quiet = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    rows = [t for t in _tokens(source.text) if first <= t.start[0] <= last and t.type not in quiet]
    return [t.string for t in rows if t.start[0] not in covered and t.string not in ("else", ":", ")", "]", "}")]


# --- all together ----------------------------------------------------------------------------------------------------


def unbegun(given) -> tuple[Return, ...]:
    """Return for each return statement of a function which of its values are still placeholders."""
    source = source_of(given)
    return () if source is None or isinstance(source.tree, ast.ClassDef) else Flow(source).placeholders()


def state(name: str, fn, given: Sequence[str] = (), values: Sequence[str] = ()) -> State:
    """Return how far an exercise was taken.

    fn: the function or class that was handed in.
    given: those of the returned values that the handout brings finished.
    values: the names of what it returns; one that begins with "_" is not asked for.  Default: of the exercise.
    """
    what = handed(name, fn)
    if what.function is None:
        return State(untouched=what.empty)
    source, values = what.function, tuple(values) or _values(name)
    found = [b for part in what.parts for b in _blocks(part)]
    flow = Flow(source)
    gaps = tuple(sorted((b.first, b.last) for b in found if not b.begun)) or _bare(flow)
    begun = any(b.begun for b in found)
    done = {*given, *(GIVEN.get(name, ()) if found and not begun else ())}
    asked = [i for i, value in enumerate(values) if value[0] != "_" and value not in done]
    returns = flow.placeholders()
    open_values = _open_values(returns, asked, len(values))
    if _is_known(name, source):
        return State(not _builds(name, what, found), gaps, open_values)
    every = _all_open(returns, asked, len(values))
    dead = bool(open_values) and flow.dead()
    silent = not returns and flow.works()
    no_return = silent and not any(map(_is_dots, flow.own))  # else the `...` is what is missing
    untouched = not begun and not dead and (every if returns else not silent)
    return State(untouched and not _builds(name, what, found), gaps, open_values, dead, no_return)


@functools.cache
def _values(name: str) -> tuple[str, ...]:
    """Return the names of what an exercise returns."""
    from .registry import items

    return tuple(getattr(items().get(name), "returns", ()))


def _open_values(returns: Sequence[Return], asked: Sequence[int], count: int) -> tuple[int, ...]:
    """Return the asked values that no return statement has begun."""
    rows = [_spread(r.unbegun, count) for r in returns]
    fitting = [row for row in rows if len(row) == count] or rows[-1:]
    indices = asked if count else range(len(fitting[0]) if fitting else 0)
    return tuple(i for i in indices if fitting and all(i < len(row) and row[i] for row in fitting))


def _all_open(returns: Sequence[Return], asked: Sequence[int], count: int) -> bool:
    """Return whether all values of all return statements are placeholders; those not asked for may be anything."""
    rows = [_spread(r.unbegun, count) for r in returns]
    whole = [[row[i] for i in asked] if len(row) == count else list(row) for row in rows]
    return all(all(row) for row in whole)


def _spread(row: tuple[bool, ...], count: int) -> tuple[bool, ...]:
    """Return one placeholder as so many values as are asked for."""
    return row * count if row == (True,) and count > 1 else row


def _builds(name: str, what: Handed, found: Sequence[Block]) -> bool:
    """Return whether the `__init__` of a class was begun, where only its `forward` is still empty."""
    init = next((part for part in what.others if part.tree.name == "__init__"), None)
    if init is None:
        return False
    if found:
        return any(b.begun for b in found)
    flow = Flow(init)
    if any(flow.kind(v) <= Kind.ZERO < flow.kinds[key] for key in flow.kinds for v in flow.bound[key]):
        return True  # zeros that something was written into
    return name not in GIVEN_INIT and flow.works()


def _bare(flow: Flow) -> tuple[tuple[int, int], ...]:
    """Return the lines of each `...`, and of branches and loops that hold only `pass`, where no comment marks a gap."""
    found = {(n.lineno, n.lineno) for n in flow.own if isinstance(n, ast.stmt) and _is_dots(n)}
    for node in [flow.tree, *flow.own]:
        for part in ("body", "orelse"):
            inside = getattr(node, part, None) if isinstance(node, (ast.If, ast.For, ast.While, *FUNCTION)) else None
            if inside and all(map(is_filler, inside)) and any(isinstance(n, ast.Pass) for n in inside):
                found.add((inside[0].lineno, inside[-1].end_lineno or 0))
    return tuple(sorted((first + flow.offset, last + flow.offset) for first, last in found))


def _is_dots(node: ast.AST) -> bool:
    """Return whether a statement is `...`."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...
