"""Exercises that are not written but answered: put the lines in order, find the wrong line."""

from __future__ import annotations

import ast
import html
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .messages import say, translate
from .report import Diagnosis, Report


class Listing(tuple):
    """Lines of source that show themselves numbered from 1."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(f"{i:2}  {line}" for i, line in enumerate(self, 1))

    def _repr_html_(self) -> str:
        return f'<pre style="line-height:1.5;color:inherit;background:transparent">{html.escape(repr(self))}</pre>'


@dataclass(frozen=True)
class Shown:
    """The lines of a puzzle: those of its right order, those that belong to none, and those that were used."""

    right: Sequence[str]
    wrong: Sequence[str]
    used: Sequence[str] = ()


class Puzzle:
    """An exercise whose answer is line numbers."""

    name: str

    def listing(self) -> Listing:
        """Return the lines as the learner sees them."""
        raise NotImplementedError

    def judge(self, answer, language: str, judged: Callable[..., Report]) -> Report:
        """Return the report on an answer; judged makes the one on the function put together from it."""
        raise NotImplementedError


@dataclass(frozen=True)
class LineOrder(Puzzle):
    """Put the lines in order; lines that do not belong are left out.

    exercise: the exercise that the put-together function must pass.  header: its `def` line.
    shown: the lines in the order shown, wrong ones among them.  order: one right order, numbered from 1.
    imports: the line that stands above the function.
    Any other order of the same lines that passes the exercise is right as well.
    """

    name: str
    exercise: str
    header: str
    shown: Sequence[str]
    order: Sequence[int]
    why: str
    imports: str = "import numpy as np"

    def listing(self) -> Listing:
        """Return the lines as the learner sees them."""
        return Listing(self.shown)

    def judge(self, answer, language: str, judged: Callable[..., Report]) -> Report:
        """Put the lines together in the given order, run them, and report."""
        if answer is None or answer is Ellipsis or (hasattr(answer, "__len__") and len(answer) == 0):
            return Report(self.name, "blank", say(language, "blank_lines"))
        try:
            order = [int(n) for n in answer]
        except (TypeError, ValueError):
            return Report(self.name, "error", say(language, "order_type", kind=type(answer).__name__))
        problem = self.problem(order, language)
        return Report(self.name, "failed", problem) if problem else self.run(order, language, judged)

    def problem(self, order: list[int], language: str) -> str | None:
        """Return what is wrong with the numbers themselves."""
        for position, number in enumerate(order):
            if not 1 <= number <= len(self.shown):
                return say(language, "line_unknown", number=number, count=len(self.shown))
            if number in order[:position]:
                return say(language, "line_twice", number=number)
        return None

    def build(self, order: Sequence[int]):
        """Return the function that these lines make."""
        source = self.header + "\n" + textwrap.indent("\n".join(self.shown[n - 1] for n in order), "    ")
        namespace: dict[str, Any] = {}
        exec(f"{self.imports}\n{source}", namespace)
        return namespace[self.header.split()[1].split("(")[0]]

    def not_nested(self, order: list[int]) -> int:
        """Return the first line that cannot stand where it does, such as the inside of a loop before it; 0 for none."""
        for count in range(1, len(order) + 1):
            lines = [self.shown[n - 1] for n in order[:count]]
            indent = len(lines[-1]) - len(lines[-1].lstrip())
            filler = [" " * (indent + 4) + "pass"] if lines[-1].rstrip().endswith(":") else []
            text = self.header + "\n" + textwrap.indent("\n".join(lines + filler), "    ")
            try:
                ast.parse(text)
            except SyntaxError:
                return order[count - 1]
        return 0

    def run(self, order: list[int], language: str, judged: Callable[..., Report]) -> Report:
        """Report on the function that these lines make."""
        early = self.too_early(order)
        if early:
            return Report(self.name, "failed", say(language, "wrong"), [say(language, "lines_early", **early)])
        number = self.not_nested(order)
        if number:
            told = say(language, "lines_nest", number=number, line=self.shown[number - 1].strip())
            return Report(self.name, "failed", say(language, "wrong"), [told])
        inner = judged(self.exercise, self.build(order), language, self.shown_by_kind(order), (self.name, order))
        if inner.status == "passed":
            return self.passed(order, language)
        if inner.status == "error" and not inner.diagnosis:
            return Report(self.name, "failed", inner.headline, inner.lines)
        key = "lines_few" if inner.status == "blank" else "lines_wrong"
        hints = [line for line in inner.lines if inner.diagnosis and line not in inner.lines[:1]]
        return Report(self.name, "failed", say(language, "wrong"), [say(language, key), *hints], inner.diagnosis)

    def passed(self, order: list[int], language: str) -> Report:
        """Report on lines whose result is right: a line that belongs to no right order may have done no harm."""
        spare = [n for n in order if n not in self.order]
        if not spare:
            lines = [say(language, "lines_right"), translate(language, self.why)]
            return Report(self.name, "passed", say(language, "right"), lines)
        lines = [say(language, "line_spare", number=spare[0])]
        if len(order) > len(self.order):
            lines.append(say(language, "lines_count", given=len(order), needed=len(self.order)))
        return Report(self.name, "failed", say(language, "wrong"), lines)

    def shown_by_kind(self, order: Sequence[int] = ()) -> Shown:
        """Return the lines that a right order holds, the others, and those that an answer uses."""
        numbered = [(n, line.strip()) for n, line in enumerate(self.shown, 1)]
        right = [line for n, line in numbered if n in self.order]
        others = [line for n, line in numbered if n not in self.order]
        return Shown(right, others, [self.shown[n - 1].strip() for n in order])

    def too_early(self, order: list[int]) -> dict | None:
        """Return the first line that uses a name which a shown line makes, but none before it has."""
        made, used = zip(*(_names(line) for line in self.shown), strict=True)
        arguments = {a.arg for a in ast.walk(ast.parse(f"{self.header} pass")) if isinstance(a, ast.arg)}
        missing = set().union(*made) - arguments
        for number in order:
            early = sorted(used[number - 1] & missing)
            if early:
                return {"number": number, "name": early[0]}
            missing -= made[number - 1]
        return None


def _names(line: str) -> tuple[set[str], set[str]]:
    """Return the names that a line makes, and those it uses."""
    body = " pass" if line.endswith(":") else ""
    nodes = list(ast.walk(ast.parse(f"def f():\n    {line.strip()}{body}")))
    loops = [n.target for n in nodes if isinstance(n, ast.comprehension)]
    inner = {n.id for target in loops for n in ast.walk(target) if isinstance(n, ast.Name)}
    names = [n for n in nodes if isinstance(n, ast.Name) and n.id not in inner]
    made = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return made, {n.id for n in names if isinstance(n.ctx, ast.Load)}


@dataclass(frozen=True)
class FindMistake(Puzzle):
    """Find the one wrong line of a function.

    source: the text shown, its line `old` replaced by `new`; hints: one for each wrong number, grown by one a try.
    """

    name: str
    source: str
    old: str
    new: str
    title: str
    hint: str
    why: str

    @property
    def right_lines(self) -> list[str]:
        """Return the lines without the mistake."""
        return textwrap.dedent(self.source).strip("\n").splitlines()

    def listing(self) -> Listing:
        """Return the lines with the mistake in them."""
        return Listing(line.replace(self.old, self.new) for line in self.right_lines)

    @property
    def answer(self) -> int:
        """Return the number of the wrong line."""
        return next(i for i, line in enumerate(self.right_lines, 1) if self.old in line)

    def judge(self, answer, language: str, judged: Callable[..., Report]) -> Report:
        """Report on a line number."""
        if answer is None or answer is Ellipsis or answer == 0:
            return Report(self.name, "blank", say(language, "blank_number"))
        if isinstance(answer, (list, tuple)) and len(answer) == 1:
            answer = answer[0]
        if isinstance(answer, bool) or not hasattr(answer, "__index__"):
            return Report(self.name, "error", say(language, "number_type", kind=type(answer).__name__))
        title, hint = translate(language, self.title), translate(language, self.hint)
        if answer == self.answer:
            why = translate(language, self.why)
            return Report(self.name, "passed", say(language, "right"), [why])
        if not 1 <= answer <= len(self.right_lines):
            return Report(
                self.name, "failed", say(language, "line_unknown", number=answer, count=len(self.right_lines))
            )
        diagnosis = [Diagnosis(self.name, title, hint)]
        return Report(
            self.name,
            "failed",
            say(language, "number_wrong", number=answer),
            [say(language, "hint", hint=hint)],
            diagnosis,
        )
