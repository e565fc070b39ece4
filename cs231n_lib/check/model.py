"""What the checker knows is made of: cases to try, mistakes to recognise, exercises that join the two."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One call to try: a label in words and the named arguments.

    edge: whether no official test plays a call of this kind: who fails here alone is right, with a word on it.
    """

    label: str
    args: dict[str, Any]
    edge: bool = False


def case(label: str, **args) -> Case:
    """Return a Case; `case("ties", dists=d, k=2)` reads like the call it stands for."""
    return Case(label, args)


def edge(label: str, **args) -> Case:
    """Return a Case that no official test plays, such as `edge("scores near 1000", x=x)`."""
    return Case(label, args, edge=True)


@dataclass(frozen=True)
class Mistake:
    """One known mistake: what to call it, one friendly question, and the patch that makes it.

    Old text is replaced by new text in the plain version of the exercise's function, or of the function named
    by `where` in the same file. `more` holds further (old, new) pairs of the same mistake.
    """

    id: str
    title: str
    hint: str
    old: str
    new: str
    more: tuple[tuple[str, str], ...] = ()
    where: str = ""
    edition: str = ""  # the editions in which this was right, such as "2016 and 2017"

    @property
    def patches(self) -> tuple[tuple[str, str], ...]:
        """Return all (old text, new text) pairs of this mistake."""
        return ((self.old, self.new), *self.more)


@dataclass(frozen=True)
class Also:
    """Another answer that is right as well: its path "module:name", and what to say with the pass."""

    path: str
    text: str


@dataclass(frozen=True)
class Remark:
    """A case beyond the exercise, and what to say with the pass where a right answer gives nan or stops there."""

    id: str
    text: str
    case: Callable[[], Case]
    exact: bool = False  # whether the library's values are asked for, not only finite ones


def call(fn, **args):
    """Play a case the usual way: one call with all arguments in order."""
    return fn(*args.values())


def backward(fn, dout, **args):
    """Play a backward: its forward's cache of all arguments, then dout through it."""
    return fn(dout, fn.companions["forward"](*args.values())[-1])


@dataclass(frozen=True)
class Exercise:
    """One function a learner writes.

    truth: "module:name" or "module:Class.method" in the library, the judge of right and wrong.
    returns: a name for each value returned; a name that begins with "_" is not compared.
    cases: builds the cases, hostile ones included.
    proof, why: the two lines of a pass.
    mistakes: `catalogue.rows(...)`, or in a teacher's own file a list of Mistake(...).
    plain: "module:name" of a textbook version with the same results, which the mistakes are patches of; default truth.
    play: how a case is played, `play(fn, **case.args)`; returns what the function returned, or a dict of named values.
    may_change: arguments the function may write to.
    companions: functions play needs besides, such as {"forward": "affine_forward"}, found in the modules of truth and
        plain; a learner may hand in their own.
    cache: what the cache of a backward holds, in words.
    terms: named arrays of a case that a learner may add too often or not at all.
    long_case, max_lines: a case and the number of Python lines a version without loops stays under.
    remarks: cases beyond the exercise, of which a right answer is told.
    given: values that an official file hands out finished: whoever has written nothing else has not begun.
    defaults: what an argument leaves to the function where it is silent, such as {"config": {"momentum": 0.9}}.
    also: other answers that are right as well.
    """

    name: str
    truth: str
    returns: tuple[str, ...]
    cases: Callable[[], list[Case]]
    proof: str
    why: str
    mistakes: Sequence[Mistake] = ()
    plain: str = ""
    play: Callable[..., Any] = call
    may_change: tuple[str, ...] = ()
    companions: dict[str, str] = field(default_factory=dict)
    cache: str = ""
    terms: Callable[..., dict[str, Any]] | None = None
    long_case: Callable[[], Case] | None = None
    max_lines: int = 100
    remarks: Sequence[Remark] = ()
    given: tuple[str, ...] = ()
    defaults: dict[str, dict[str, Any]] = field(default_factory=dict)
    also: Sequence[Also] = ()

    @property
    def source(self) -> str:
        """Return "module:name" of the version that the mistakes are patches of."""
        return self.plain or self.truth


def find(path: str):
    """Return (module, owner class or None, function) for "module:name" or "module:Class.method"."""
    module_name, _, qualname = path.partition(":")
    module = importlib.import_module(module_name)
    owner_name, _, name = qualname.rpartition(".")
    owner = getattr(module, owner_name) if owner_name else None
    return module, owner, getattr(owner or module, name)
