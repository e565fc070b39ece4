"""`check`: play a learner's function on all cases, judge it, and say what was found."""

from __future__ import annotations

import ast
import collections
import difflib
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import compare
from .beside import beside
from .hints import idea, place
from .messages import LANGUAGES, say, translate
from .model import Exercise, Mistake, Remark, find
from .puzzles import Puzzle, Shown
from .registry import exercise, exercises, items
from .report import Diagnosis, Report
from .run import Outcome, Subject, TimeUp, count_lines, play, quiet, time_limit
from .variants import Book, book, reference

SECONDS = 10  # time limit of one check
_asked: collections.Counter = collections.Counter()  # how often each mistake was met: hints grow


def check(name: str, fn=None, *, language: str = "en", seconds: float = SECONDS, **own) -> Report:
    """Judge fn, the learner's version of exercise `name`, and return a report that displays itself.

    fn: a function, a class that holds it as a method, or the answer of a puzzle.
    language: "en" or "zh".  seconds: time limit, default 10.
    own: the learner's own companion functions, such as forward=my_forward for a backward function.
    Returns: a Report; nothing is ever raised.
    """
    language = language if language in LANGUAGES else "en"
    item = items().get(name) if isinstance(name, str) else None
    if item is None:
        return _unknown(str(name), language)
    try:
        if isinstance(item, Puzzle):
            return item.judge(fn, language, _put_together)
        return Judge(item, fn, language, seconds, own).report()
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return Report(name, "error", say(language, "stumbled", error=text))


def _put_together(name: str, fn, language: str, shown: Shown) -> Report:
    """Judge a function made of the lines of a puzzle; the hints show these lines."""
    return Judge(exercise(name), fn, language, SECONDS, {}, shown).report()


def _unknown(name: str, language: str) -> Report:
    near = difflib.get_close_matches(name, exercises(), n=3, cutoff=0.5)
    near += [e for e in exercises() if name and name.lower() in e.lower() and e not in near][: 3 - len(near)]
    more = [say(language, "unknown_near", near=", ".join(near))] if near else []
    return Report(name, "error", say(language, "unknown"), [*more, say(language, "unknown_list")])


class Judge:
    """One check: the exercise, what the learner handed in, and the questions asked of it in turn."""

    def __init__(
        self,
        exercise: Exercise,
        given,
        language: str,
        seconds: float,
        own: dict[str, Any],
        shown: Shown | None = None,
    ):
        self.exercise, self.given, self.language = exercise, given, language
        self.seconds, self.own, self.shown = seconds, own, shown

    def say(self, key: str, **fields) -> str:
        """Return a sentence in the learner's language."""
        return say(self.language, key, **fields)

    def translate(self, text: str) -> str:
        """Return a text of the topic file in the learner's language."""
        return translate(self.language, text)

    def make(self, status: str, key: str, lines=(), found: tuple[Mistake, ...] = (), **fields) -> Report:
        """Return a report with a headline, lines, and the mistakes that were recognised."""
        diagnosis = [self.diagnosis(m) for m in found]
        return Report(self.exercise.name, status, self.say(key, **fields), [*lines, *self.hints(found)], diagnosis)

    def diagnosis(self, mistake: Mistake) -> Diagnosis:
        """Return what is said of a mistake."""
        return Diagnosis(mistake.id, self.translate(mistake.title), self.translate(mistake.hint))

    def report(self) -> Report:
        """Return the verdict."""
        if self.given is None or self.given is Ellipsis:
            return self.make("blank", "blank")
        if not callable(self.given):
            return self.make("error", "not_callable", kind=type(self.given).__name__)
        subject = self.subject()
        if subject is None:
            method = self.exercise.name.rpartition(".")[2]
            return self.make("error", "no_method", cls=self.given.__name__, method=method)
        known = book(self.exercise.name)
        try:
            with time_limit(self.seconds):
                outcomes = self.outcomes(known, subject)
        except TimeUp:
            return self.make("error", "too_long", seconds=f"{self.seconds:g}")
        return self.verdict(known, subject, outcomes)

    def outcomes(self, known: Book, subject: Subject) -> list[Outcome]:
        """Play all cases; a backward that stops on the documented cache may have been written for the library's."""
        runs = []
        for helpers in known.helpers():
            subject.companions = {**helpers, **self.own}
            runs.append(known.run(subject))
            if self.own or not any(o.failure for o in runs[-1]):
                return runs[-1]
        return runs[0]

    def subject(self) -> Subject | None:
        """Return what was handed in, ready to be called; None for a class without the method."""
        _, owner, truth = find(self.exercise.truth)
        if isinstance(self.given, type) and owner is not None:
            method = getattr(self.given, truth.__name__, None)
            return method and Subject(method, self.given, self.exercise.returns, {})
        return Subject(self.given, owner, self.exercise.returns, {})

    def verdict(self, known: Book, subject: Subject, outcomes: list[Outcome]) -> Report:
        """Judge the outcomes; the first hit wins."""
        if is_blank(outcomes, known.truth, subject):
            return self.make("blank", "no_return" if lacks_return(subject.fn) else "blank")
        if compare.same_all(outcomes, known.truth):
            return self.passed(subject)
        found = recognise(known, outcomes)
        if compare.same_all(known.core(outcomes), known.core(known.truth)):
            return self.edged(known, subject, outcomes, found)
        stopped = next(((o, c) for o, c in zip(outcomes, known.cases, strict=True) if o.failure), None)
        if stopped:
            return self.stopped(*stopped, found)
        report = self.make("failed", "wrong", self.finding(known, outcomes, bool(found)), found)
        self.point(report, known, subject, outcomes)
        return report

    def point(self, report: Report, known: Book, subject: Subject, outcomes: list[Outcome]) -> None:
        """Point to the step of the learner's call that makes the first wrong cell.

        From the second time on a right version stands beside it: that gives the answer away, so the hint comes first.
        """
        wrong = zip(outcomes, known.truth, known.cases, strict=True)
        one = next(c for got, want, c in wrong if not compare.same(got, want))
        found = beside(self.exercise, subject, one, (self.say("yours"), self.say("ours")), self.seconds)
        if not found:
            return
        number, both = found
        _asked[self.exercise.name, "step"] += 1
        again = _asked[self.exercise.name, "step"] > 1
        report.pointer = self.say("see_step_beside" if again else "see_step", number=number)
        report.fold = self.say("open_step_beside" if again else "open_step", number=number)
        report.step = both if again else both.left

    def finding(self, known: Book, outcomes: list[Outcome], recognised: bool) -> list[str]:
        """Say what is wrong with the outcomes; the first hit wins."""
        for question in (self.form, self.missing, self.shape, self.nan, self.changed):
            found = next(question(known, outcomes), None)
            if found:
                return found
        return self.values(known, outcomes, recognised)

    def passed(self, subject: Subject) -> Report:
        """Return the report of a right answer, with a remark where it loops too much."""
        proof, why = self.translate(self.exercise.proof), self.translate(self.exercise.why)
        lines = [proof, why]
        if self.exercise.long_case:
            with quiet(), time_limit(self.seconds):
                if count_lines(self.exercise, subject, self.exercise.long_case()) > self.exercise.max_lines:
                    lines = [proof, self.say("loops")]
        lines += [self.remark(r) for r in self.exercise.remarks if not sound(self.exercise, subject, r)]
        if "_cache" in self.exercise.returns:
            lines.append(self.say("cache_unseen"))
        return self.make("passed", "right", lines)

    def edged(self, known: Book, subject: Subject, outcomes: list[Outcome], found: tuple[Mistake, ...]) -> Report:
        """Return the report of an answer that is right but for cases that no official test plays."""
        report = self.passed(subject)
        report.headline = self.say("right_edge")
        wrong = (
            c for c, got, want in zip(known.cases, outcomes, known.truth, strict=True) if not compare.same(got, want)
        )
        report.lines.append(self.say("edge", cases="; ".join(dict.fromkeys(self.label(c) for c in wrong))))
        report.lines += self.hints(found)
        report.diagnosis = [self.diagnosis(m) for m in found]
        return report

    def remark(self, remark: Remark) -> str:
        """Return what is said of a case beyond the exercise."""
        return self.say("remark", text=self.translate(remark.text))

    def stopped(self, outcome: Outcome, one, found) -> Report:
        """Report an error that was raised: what it says, where, and what was passed."""
        failure = outcome.failure
        assert failure is not None
        lines = [self.say("stopped_said", message=failure.message)] if failure.message else []
        if failure.line:
            lines.append(self.say("stopped_line", line=failure.line))
        if self.exercise.cache and "forward" not in self.own:
            lines.append(self.say("stopped_cache", cache=self.exercise.cache))
        lines.append(self.say("stopped_given", given=", ".join(describe(n, v) for n, v in one.args.items())))
        return self.make("error", "stopped", lines, found, error=failure.error)

    def form(self, known: Book, outcomes) -> Iterator[list[str]]:
        """Find a return value of the wrong kind, or a call that returned nothing."""
        for outcome, one in zip(outcomes, known.cases, strict=True):
            if outcome.blank:
                yield [self.say("nothing", case=self.label(one))]
            if outcome.form:
                key, fields = outcome.form
                yield [self.say(key, **fields)]

    def missing(self, known: Book, outcomes) -> Iterator[list[str]]:
        """Find a value that is None, or no array of numbers."""
        for got, want in zip(outcomes, known.truth, strict=True):
            for name in want.values:
                if not isinstance(got.values.get(name), np.ndarray):
                    key = "missing" if got.values.get(name) is None else "not_numbers"
                    yield [self.say(key, name=name)]

    def shape(self, known: Book, outcomes) -> Iterator[list[str]]:
        """Find a value of the wrong shape, with a guess why."""
        for got, want in zip(outcomes, known.truth, strict=True):
            for name, right in want.values.items():
                g, w = got.values[name].shape, right.shape
                if g != w:
                    guess = shape_guess(g, w)
                    yield [self.say("shape", name=name, got=g, want=w), *([self.say(guess)] if guess else [])]

    def nan(self, known: Book, outcomes) -> Iterator[list[str]]:
        """Find nan or inf in the first wrong value where the right one is finite; in later ones they may follow."""
        name = next(iter(compare.wrong_names(outcomes, known.truth)), None)
        for got, want, one in zip(outcomes, known.truth, known.cases, strict=True):
            if name in want.values and np.any(np.isfinite(want.values[name]) & ~np.isfinite(got.values[name])):
                yield [self.say("nan", name=name, case=self.label(one))]

    def changed(self, known: Book, outcomes) -> Iterator[list[str]]:
        """Find an argument that was written to."""
        for outcome in outcomes:
            for name in outcome.changed:
                yield [self.say("changed", name=name)]

    def label(self, one) -> str:
        """Return the label of a case in the learner's language."""
        return self.translate(one.label)

    def values(self, known: Book, outcomes, recognised: bool) -> list[str]:
        """Say where a value first differs; where no mistake was recognised, how it is related to the right one."""
        wrong = compare.wrong_names(outcomes, known.truth)
        lines = []
        for name in wrong[:1] if recognised else wrong[:2]:
            relation = None if recognised else self.relation(known, outcomes, name)
            lines.append(relation or self.difference(known, outcomes, name))
        right = [n for n in known.truth[0].values if n not in wrong]
        if right:
            lines.append(self.say("also_right", names=", ".join(f"`{n}`" for n in right)))
        if not recognised:
            lines += self.some_cases(known, outcomes)
        return lines

    def difference(self, known: Book, outcomes, name: str) -> str:
        """Say where a value first differs."""
        for got, want, one in zip(outcomes, known.truth, known.cases, strict=True):
            if name in want.values and not compare.close(got.values[name], want.values[name]):
                index, g, w = compare.first_difference(got.values[name], want.values[name])
                return self.say("differs", name=name, index=index, got=g, want=w, case=self.label(one))
        return ""

    def relation(self, known: Book, outcomes, name: str) -> str | None:
        """Say how a wrong value is related to the right one, if it is simple."""
        rows = [
            (g.values[name], w.values[name], c)
            for g, w, c in zip(outcomes, known.truth, known.cases, strict=True)
            if name in w.values and w.values[name].any()
        ]
        got, want = [g for g, _, _ in rows], [w for _, w, _ in rows]
        by = compare.factor(got, want, [sizes(c.args) for _, _, c in rows])
        if by:
            return self.say("factor", name=name, factor=by)
        if all(w.ndim == 2 and compare.close(g, w.T) for g, w in zip(got, want, strict=True)):
            return self.say("swapped", name=name)
        return self.term(rows, name)

    def term(self, rows, name: str) -> str | None:
        """Say which term was added once too often, or not at all, if that is the whole difference."""
        if self.exercise.terms is None:
            return None
        known = [self.exercise.terms(**one.args) for _, _, one in rows]
        for term in known[0]:
            active = [(g - w, k[term]) for (g, w, _), k in zip(rows, known, strict=True) if np.any(k[term])]
            ratios = [compare.ratio(np.asarray(d), np.asarray(t)) for d, t in active]
            if ratios and ratios[0] is not None and all(r is not None and abs(r - ratios[0]) < 1e-5 for r in ratios):
                factor = {1.0: "", -1.0: "-"}.get(round(ratios[0], 5), f"{ratios[0]:.3g} * ")
                return self.say("term", name=name, factor=factor, term=term)
        return None

    def some_cases(self, known: Book, outcomes) -> list[str]:
        """Say in which cases the answer is right, where it is right in some and wrong in others."""
        good = [compare.same(g, w) for g, w in zip(outcomes, known.truth, strict=True)]
        labels = {
            flag: list(dict.fromkeys(self.label(c) for c, ok in zip(known.cases, good, strict=True) if ok is flag))
            for flag in (True, False)
        }
        right = [text for text in labels[True] if text not in labels[False]]
        if not right:
            return []
        return [self.say("some_cases", right=", ".join(right), wrong=", ".join(labels[False]))]

    def hints(self, found: tuple[Mistake, ...]) -> list[str]:
        """Return what is said of the mistakes: their names and a hint; more each time they are met again."""
        if not found:
            return []
        key = (self.exercise.name, tuple(m.id for m in found))
        _asked[key] += 1
        notes = [self.diagnosis(m) for m in found]
        lines = [self.say("looks_like", title=self.say("and").join(n.title for n in notes))]
        lines += [self.say("hint", hint=n.hint) for n in notes]
        if _asked[key] > 1:
            places = [place(self.exercise, m, self.shown) for m in found]
            lines += [self.say("place", line=line) for line in places if line]
        if _asked[key] > 2:
            ideas = [idea(self.exercise, m, self.shown) for m in found]
            lines += [self.say(one[0], **one[1]) for one in ideas if one]
        return lines


def sound(exercise: Exercise, subject: Subject, remark: Remark) -> bool:
    """Return whether a function does in a case beyond the exercise what the remark asks for."""
    one = remark.case()
    with quiet(), time_limit(SECONDS):
        outcome = play(exercise, subject, one)
    if remark.exact:
        return compare.same(outcome, play(exercise, reference(exercise), one))
    return bool(outcome.values) and all(v is not None and np.isfinite(v).all() for v in outcome.values.values())


def recognise(known: Book, outcomes: list[Outcome]) -> tuple[Mistake, ...]:
    """Return the known mistakes that give just these outcomes: one, else two, else one for each wrong value."""
    if not compare.seen(outcomes, known.truth):
        return ()
    for count in (1, 2):
        for mistakes, expected in known.known(count):
            if compare.same_all(outcomes, expected):
                return mistakes
    return by_value(known, outcomes)


def by_value(known: Book, outcomes: list[Outcome]) -> tuple[Mistake, ...]:
    """Return, for each wrong value, the one mistake that explains it; nothing unless every one is explained."""
    if any(o.failure or o.form or o.changed for o in outcomes):
        return ()
    found: list[Mistake] = []
    for name in compare.wrong_names(outcomes, known.truth):
        match = next((m[0] for m, expected in known.known(1) if compare.agree(outcomes, expected, name)), None)
        if match is None:
            return ()
        found += [] if match in found else [match]
    return tuple(found[:3])


def is_blank(outcomes: list[Outcome], truth: list[Outcome], subject: Subject) -> bool:
    """Return whether nothing was filled in: nothing returned, zeros only, or a `...` that the error came from."""
    if not subject.answers and any(o.blank for o in outcomes):
        return True
    if all(o.values and all(v is None for v in o.values.values()) for o in outcomes):
        return True
    if any(o.failure for o in outcomes) and has_ellipsis(subject.fn):
        return True
    if any(o.failure or o.form or o.blank for o in outcomes):
        return False
    silent = all(v is None or not np.any(v) for o in outcomes for v in o.values.values())
    return silent and any(np.any(v) for o in truth for v in o.values.values())


def nodes(given) -> list[ast.AST]:
    """Return all parts of the source of a function; none where there is no source."""
    try:
        return list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(given)))))
    except (OSError, TypeError, SyntaxError):
        return []


def has_ellipsis(given) -> bool:
    """Return whether the source of a function still has a line that is only `...`."""
    return any(
        isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) and n.value.value is ... for n in nodes(given)
    )


def lacks_return(given) -> bool:
    """Return whether a function was written out, with no `...` or `pass` left, but without a `return`."""
    parts = nodes(given)
    work = any(isinstance(n, (ast.Assign, ast.AugAssign, ast.AnnAssign)) for n in parts)
    open_end = any(isinstance(n, (ast.Pass, ast.Return, ast.Raise)) for n in parts)
    return work and not open_end and not has_ellipsis(given)


def sizes(args: dict[str, Any]) -> dict[str, int]:
    """Return the sizes a forgotten or doubled mean may bring in: N, the rows of the first matrix."""
    first = next((v for v in args.values() if isinstance(v, np.ndarray) and v.ndim > 1), None)
    return {} if first is None else {"N": first.shape[0]}


def shape_guess(got: tuple, want: tuple) -> str | None:
    """Return the key of the sentence that explains a wrong shape, if there is one."""
    if got == want[::-1]:
        return "transposed"
    if [n for n in got if n != 1] == [n for n in want if n != 1]:
        return "extra_axis"
    return "reshaped" if np.prod(got) == np.prod(want) else None


def describe(name: str, value) -> str:
    """Return an argument in short: an array by its shape, a number by its value."""
    if isinstance(getattr(value, "shape", None), tuple):
        return f"{name} {tuple(value.shape)} {value.dtype}"
    plain = int, float, str, bool, type(None)
    held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
    told = all(isinstance(v, plain) for v in held)
    return f"{name}={value!r}" if told else name
