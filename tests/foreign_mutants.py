"""Wrong functions of another origin than the checker's operators: a mutation library's, and grafts of right versions.

`library`: mutmut changes one place of a right version, as it would to try somebody's tests. `graft`: an expression or a
statement of one right version stands in place of one of another version of the same exercise, where its names exist.
The right versions are those by other roads (right_versions.py, right_torch.py) and the textbook's.

What a mutant gives decides whether it is wrong: one that is right on all cases and on three fresh draws is dropped, and
so is one that takes too long. Those that stop with an error tell their line by themselves: they are one in four at
most, and counted apart. None in place of a value is how official files mark a blank, no mistake. What is left stands as
text that `inspect` finds, as a notebook's cell does, so that the checker can read it and say its lines. Draws are
seeded, and each exercise has the same share.
"""

import ast
import builtins
import difflib
import functools
import inspect
import itertools
import linecache
import re
import sys
import textwrap
import time
import types
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import libcst
import numpy as np
from mutmut.mutation import mutators

from cs231n_lib.check import check, memory, registry, variants
from cs231n_lib.check.judge import Judge
from cs231n_lib.check.model import find
from cs231n_lib.check.report import Report
from cs231n_lib.check.run import TimeUp, time_limit
from cs231n_lib.check.variants import is_right, redrawn
from tests import grafts
from tests.right_versions import RIGHT

SEED = 20261201
DRAWS = (1, 2, 3)  # fresh draws on which a mutant that is right is right
SECONDS = 2  # a mutant that takes longer on all cases is dropped
TRIES = 8  # candidates looked at for each mutant that is wanted
USELESS = 10  # an exercise gives no more mutants once so many were right, or took too long
KINDS = ("library", "graft")
NO_GRAFTS = {"ThreeLayerConvNet"}  # some make a convolution so large that no alarm ends it
LEFT_OUT = {  # mutations of texts and names, which no learner's mistake resembles
    "operator_assignment",  # always to None
    "operator_string",
    "operator_dict_arguments",
    "operator_symmetric_string_methods_swap",
    "operator_unsymmetrical_string_methods_swap",
}
UNTOUCHED = (libcst.Annotation, libcst.Decorator, libcst.Param, libcst.Raise, libcst.Assert, libcst.BaseString)


Text = Callable[[], str]  # made when it is drawn


# --- right versions to change ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Host:
    """A right version: where it comes from, the function or class, and its own companions."""

    exercise: str
    origin: str
    fn: Any
    companions: dict[str, Any] = field(default_factory=dict, hash=False)

    @functools.cached_property
    def text(self) -> str:
        """Its source, as it would stand in a cell."""
        return textwrap.dedent(inspect.getsource(self.fn))

    @functools.cached_property
    def namespace(self) -> dict[str, Any]:
        """What its module holds."""
        return {k: v for k, v in vars(sys.modules[self.fn.__module__]).items() if not k.startswith("__")}

    def made(self, text: str) -> Any:
        """Return the function or class that a text makes in place of this one; `inspect` finds the text."""
        name = f"<learner {zlib.crc32(text.encode()):08x}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        module = types.ModuleType("learner")
        vars(module).update(self.namespace, __file__=name)
        sys.modules["learner"] = module
        exec(compile(text, name, "exec"), vars(module))
        return getattr(module, self.fn.__name__)


def versions(exercise_name: str) -> list[Host]:
    """Return an exercise's right versions that can be read: those by other roads, the textbook's, the library's."""
    exercise = registry.exercise(exercise_name)
    found = [Host(name, "other road", fn, own) for name, fn, own in RIGHT if name == exercise_name]
    found.append(Host(exercise_name, "textbook", find(exercise.source)[2]))
    if exercise.truth != exercise.source:
        found.append(Host(exercise_name, "library", find(exercise.truth)[2]))
    return [host for host in found if is_plain(host.fn)]


def is_plain(fn) -> bool:
    """Return whether a version is a function or class at the top of its module, or a method that stands alone."""
    if isinstance(fn, type):
        return fn.__module__.startswith("tests.")
    return isinstance(fn, types.FunctionType) and not fn.__code__.co_freevars and not hasattr(fn, "__wrapped__")


@functools.cache
def hosts(exercise_name: str) -> list[Host]:
    """Return the versions that are right as well when they are made of their text alone."""
    outsiders = [host for host in versions(exercise_name) if host.origin != "library"]
    return [host for host in outsiders if comes_out(host, host.text) == "right"]


def comes_out(host: Host, text: str) -> str:
    """Return what a text gives in a host's place: "right" on cases and fresh draws, "wrong", "stops", "" for no end."""
    try:
        judge = Judge(registry.exercise(host.exercise), host.made(text), "en", 60, host.companions)
        subject = judge.subject()
        assert subject is not None
        for book in books(host.exercise):
            with time_limit(SECONDS):
                outcomes = judge.outcomes(book, subject)
            if not is_right(book, outcomes):
                return "stops" if any(o.failure for o in outcomes) else "wrong"
        return "right"
    except TimeUp:
        return ""
    except Exception:  # such as a class that cannot even be made
        return "stops"


@functools.lru_cache(4)
def books(exercise_name: str) -> list[variants.Book]:
    """Return an exercise's cases and its fresh draws."""
    exercise = registry.exercise(exercise_name)
    return [variants.book(exercise_name), *(redrawn(exercise, draw) for draw in DRAWS)]


# --- mutants --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """A wrong function: the right version it was made of, how, its text, and whether it stops."""

    host: Host
    kind: str
    how: str
    text: str
    stops: bool = False

    @property
    def lines(self) -> list[int]:
        """The lines of the text that differ from the right version's, counted from 1."""
        return sorted({line for _, _, a, b in self._changes() for line in range(a + 1, max(b, a + 1) + 1)})

    @functools.cached_property
    def body(self) -> list[int]:
        """The lines of its statements."""
        nodes = [node for node in ast.walk(ast.parse(self.text)) if isinstance(node, ast.stmt)]
        nodes = [node for node in nodes if not isinstance(getattr(node, "value", None), ast.Constant)]  # docstrings
        lines = {line for node in nodes for line in range(node.lineno, (node.end_lineno or 0) + 1)}
        return sorted(lines - {node.lineno for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))})

    @property
    def blind(self) -> int:
        """A line of the body, drawn blindly: what the lines that are told must be better than."""
        return int(np.random.default_rng(zlib.crc32(self.text.encode())).choice(self.body))

    @property
    def difference(self) -> str:
        """The lines before and after, as a diff prints them."""
        old, new = self.host.text.splitlines(), self.text.splitlines()
        rows = []
        for i1, i2, j1, j2 in self._changes():
            rows += [f"-      {line}" for line in old[i1:i2]]
            rows += [f"+ {number:3}  {new[number - 1]}" for number in range(j1 + 1, j2 + 1)]
        return "\n".join(rows)

    @property
    def numbered(self) -> str:
        """The whole text, each line with its number."""
        return "\n".join(f"  {number:3}  {line}" for number, line in enumerate(self.text.splitlines(), 1))

    def _changes(self) -> list[tuple[int, int, int, int]]:
        lines = difflib.SequenceMatcher(None, self.host.text.splitlines(), self.text.splitlines(), autojunk=False)
        return [tuple(rest) for tag, *rest in lines.get_opcodes() if tag != "equal"]  # type: ignore[misc]

    def load(self) -> Any:
        """Return the function or class."""
        return self.host.made(self.text)


def of_the_library(host: Host) -> Iterator[tuple[str, Text]]:
    """Give (operator, text) of all that mutmut makes of a version's code; texts, names and types stay."""
    module = libcst.parse_module(host.text)
    for node in walk(module):
        for kind, operator in mutators.mutation_operators:
            if isinstance(node, kind) and operator.__name__ not in LEFT_OUT:
                for new in operator(node):
                    yield operator.__name__.removeprefix("operator_"), partial(replaced, module, node, new)


def replaced(module: libcst.Module, node: libcst.CSTNode, new: libcst.CSTNode) -> str:
    """Return a module's text with a new node in place of one of its own."""
    changed: Any = module.deep_replace(node, new)
    return changed.code


def walk(node: libcst.CSTNode) -> Iterator[libcst.CSTNode]:
    """Give a node and all below it that a mutation may touch."""
    yield node
    for child in node.children:
        if not isinstance(child, UNTOUCHED):
            yield from walk(child)


def of_other_versions(host: Host) -> Iterator[tuple[str, Text]]:
    """Give (how, text) of all fragments of other versions in place of one of this."""
    known = {*host.namespace, *vars(builtins)}
    for donor in versions(host.exercise) if host.exercise not in NO_GRAFTS else []:
        if donor.fn is not host.fn:
            yield from grafts.grafts(host.text, donor.text, known)


CANDIDATES: dict[str, Callable[[Host], Iterator[tuple[str, Text]]]] = {
    "library": of_the_library,
    "graft": of_other_versions,
}


def candidates(exercise_name: str, kind: str) -> Iterator[Mutant]:
    """Give an exercise's mutants in a drawn order, each way to make one in turn."""
    rng = np.random.default_rng([SEED, zlib.crc32(exercise_name.encode()), KINDS.index(kind)])
    heaps: dict[str, list[tuple[Host, Text]]] = {}
    for host in hosts(exercise_name):
        for how, text in CANDIDATES[kind](host):
            heaps.setdefault(how, []).append((host, text))
    ways, seen = [sorted(heaps)[i] for i in rng.permutation(len(heaps))], set[str]()
    for how in ways:
        heaps[how] = [heaps[how][i] for i in rng.permutation(len(heaps[how]))]
    for how in itertools.chain.from_iterable(ways for _ in range(max(map(len, heaps.values()), default=0))):
        while heaps[how]:
            host, text = heaps[how].pop()
            mutant = Mutant(host, kind, how, text())
            if mutant.text not in seen and differs(host.text, mutant.text):
                seen.add(mutant.text)
                yield mutant
                break


def differs(before: str, after: str) -> bool:
    """Return whether a text can be compiled, means something else, and has no None that was not there."""
    try:
        compile(after, "", "exec")
    except (SyntaxError, ValueError):
        return False
    old, new = ast.dump(ast.parse(before)), ast.dump(ast.parse(after))
    return old != new and new.count("value=None)") <= old.count("value=None)")


def mutants(exercise_name: str, kind: str, count: int) -> Iterator[Mutant]:
    """Give up to `count` mutants of an exercise that are wrong, one of four of them such that stop."""
    left, useless = {"wrong": count - count // 4, "stops": count // 4}, 0
    for mutant in itertools.islice(candidates(exercise_name, kind), TRIES * count):
        outcome = comes_out(mutant.host, mutant.text)
        if left.get(outcome):
            left[outcome] -= 1
            yield replace(mutant, stops=outcome == "stops")
        useless += outcome not in left
        if useless == USELESS or not any(left.values()):
            return


# --- what is told of them -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a check says of a mutant at the first attempt, and the seconds of computing that it took."""

    report: Report
    changed: list[int]
    seconds: float

    @property
    def said(self) -> set[int]:
        """The lines that are said."""
        return {int(n) for n in re.findall(r"\bline (\d+)", "\n".join([self.report.headline, *self.report.lines]))}

    @property
    def named(self) -> bool:
        """Whether a known mistake is named."""
        return bool(self.report.diagnosis)

    @property
    def placed(self) -> bool:
        """Whether a line is said that differs, or one beside it."""
        return near(self.said, self.changed)

    @property
    def exact(self) -> bool:
        """Whether a line is said that differs."""
        return bool(self.said & set(self.changed))

    @property
    def untold(self) -> str:
        """What is said in place of the mistake and its line; "" where one of these is told."""
        if self.named or self.placed:
            return ""
        said = {"passed": "called right", "blank": "called untouched", "half": "called untouched"}
        return said.get(self.report.status) or ("a wrong line only" if self.said else "a number only")


def near(said: Iterable[int], changed: Iterable[int]) -> bool:
    """Return whether a line is one of those that differ, or beside it."""
    return any(abs(a - b) <= 1 for a in said for b in changed)


def told(mutant: Mutant) -> Told:
    """Check a mutant as a learner's first attempt."""
    memory.forget()
    fn = mutant.load()
    start = time.process_time()
    report = check(mutant.host.exercise, fn, language="en", **mutant.host.companions)
    return Told(report, mutant.lines, time.process_time() - start)
