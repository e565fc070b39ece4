"""The order of the questions: play a learner's function on all cases, judge it, and say what was found."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import blank, compare, located, memory, mended
from .beside import Place, beside
from .copies import only_calls
from .defaults import other_default
from .explain import explain
from .guards import without_guards
from .habits import as_meant, habit, old_world
from .half import has_dots, nothing_there, parts
from .hints import Hints
from .locate import locate
from .mend import mend
from .messages import say, translate
from .model import Exercise, Mistake, Remark, find
from .played import Played
from .puzzles import Shown
from .questions import changed, finding, form, is_probe, nothing
from .recognise import Found, recognise
from .report import Diagnosis, Report
from .run import Outcome, Subject, TimeUp, count_lines, describe, play, quiet, time_limit
from .source import attempt_text, handed_back, plain_function
from .variants import Book, book, reference

SECONDS = 10  # time limit of one check


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
        answer: tuple[str, list[int]] | None = None,
        cap: int = memory.MOST,
        mending: bool = True,
    ):
        self.exercise, self.given, self.language = exercise, given, language
        self.other_cache = False  # whether it reads the library's own cache in place of the documented one
        self.seconds, self.own, self.shown, self.answer, self.cap = seconds, own, shown, answer, cap
        self.mending = mending

    def say(self, key: str, **fields) -> str:
        """Return a sentence in the learner's language."""
        return say(self.language, key, **fields)

    def translate(self, text: str) -> str:
        """Return a text of the topic file in the learner's language."""
        return translate(self.language, text)

    def make(self, status: str, key: str, lines=(), **fields) -> Report:
        """Return a report with a headline and lines."""
        return Report(self.exercise.name, status, self.say(key, **fields), [line for line in lines if line])

    def diagnosis(self, mistake: Mistake) -> Diagnosis:
        """Return what is said of a mistake."""
        return Diagnosis(mistake.id, self.translate(mistake.title), self.translate(mistake.hint))

    # --- the order of the questions ----------------------------------------------------------------------------------

    def report(self) -> Report:
        """Return the verdict."""
        if self.given is None or self.given is Ellipsis:
            return self.make("blank", "blank")
        if not callable(self.given):
            return self.make("error", "not_callable", kind=type(self.given).__name__)
        subject = self.subject()
        if subject is None:
            method = self.exercise.name.split(" ")[0].rpartition(".")[2]
            return self.make("error", "no_method", cls=self.given.__name__, method=method)
        borrowed = only_calls(subject.fn, self.exercise)
        if borrowed:
            return self.make("blank", "borrowed", name=borrowed)
        known = book(self.exercise.name)
        try:
            with time_limit(self.seconds):
                outcomes = self.outcomes(known, subject)
        except TimeUp:
            return self.make("error", "too_long", seconds=f"{self.seconds:g}")
        state = blank.state(self.exercise.name, self.given, self.exercise.given, self.exercise.returns)
        return self.verdict(Played(self.exercise, known, subject, outcomes, state, self.language))

    def subject(self) -> Subject | None:
        """Return what was handed in, ready to be called; None for a class without the method."""
        _, owner, truth = find(self.exercise.truth)
        if isinstance(self.given, type) and owner is not None:
            method = getattr(self.given, truth.__name__, None)
            return method and Subject(method, self.given, self.exercise.returns, {})
        return Subject(self.given, owner, self.exercise.returns, {})

    def outcomes(self, known: Book, subject: Subject) -> list[Outcome]:
        """Play all cases; a backward that stops on the documented cache may have been written for the library's."""
        runs = []
        for helpers in known.helpers():
            subject.companions = {**helpers, **self.own}
            runs.append(known.run(subject))
            if self.own or not any(o.failure for o in runs[-1]):
                self.other_cache = len(runs) > 1
                return runs[-1]
        subject.companions = {**next(known.helpers()), **self.own}
        return runs[0]

    def verdict(self, played: Played) -> Report:
        """Judge the outcomes; the first hit wins."""
        right = self.right(played)
        if right:
            memory.settle(self.series)
            return right
        if (played.state.untouched and not self.at_work(played)) or nothing_there(played):
            return self.blank(played)
        if has_dots(played) and any(o.failure for o in played.outcomes):
            return self.make("half", "dots_left")
        old = self.as_of_old(played)
        if old:
            return old
        done = parts(played)
        if done.half:
            return self.half(played, done)
        if any(got.failure for got, _, one in played.rows() if not one.edge):
            return self.stopped(played, recognise(played.known, played.outcomes))
        return self.failed(played, done.open)

    def at_work(self, played: Played) -> bool:
        """Return whether a function that looks untouched stops in a line of its own, not over a part that is None."""
        if has_dots(played) or blank.is_stub(self.exercise.name, self.given) or blank.blocks(self.given):
            return False
        failures = [got.failure for got, _, _ in played.rows() if got.failure and got.failure.line]
        return any("None" not in f.message and f.error not in ("KeyError", "NotImplementedError") for f in failures)

    def right(self, played: Played) -> Report | None:
        """Return the report of a right answer, however it was written; None for another."""
        if compare.same_all(played.outcomes, played.truth):
            return self.passed(played)
        edge = self.on_edges(played)
        if edge:
            return edge
        for text, outcomes in played.known.also:
            if all(compare.same(played.outcomes[i], outcomes[i]) for i in played.known.ordinary):
                return self.passed(played, [self.say("remark", text=self.translate(text))])
        return self.guarded(played)

    # --- right -------------------------------------------------------------------------------------------------------

    def passed(self, played: Played, more: list[str] | None = None) -> Report:
        """Return the report of a right answer, with a remark where it loops too much."""
        subject, proof = played.subject, self.translate(self.exercise.proof)
        lines = [proof, self.translate(self.exercise.why)]
        if self.exercise.long_case:
            with quiet(), time_limit(self.seconds):
                if count_lines(self.exercise, subject, self.exercise.long_case()) > self.exercise.max_lines:
                    lines = [proof, self.say("loops")]
        lines += [self.remark(r) for r in self.exercise.remarks if not sound(self.exercise, subject, r)]
        if "_cache" in self.exercise.returns:
            lines.append(self.say("cache_unseen"))
        if self.other_cache and self.exercise.cache:
            lines.append(self.say("cache_other", cache=self.exercise.cache))
        report = self.make("passed", "right", lines + (more or []))
        report.note = (more or [""])[0]
        return report

    def remark(self, remark: Remark) -> str:
        """Return what is said of a case beyond the exercise."""
        return self.say("remark", text=self.translate(remark.text))

    def on_edges(self, played: Played) -> Report | None:
        """Return the report of an answer that is right in all that official tests ask; None for another."""
        lenient = played.with_outcomes(
            [compare.relaxed(g, w) for g, w in zip(played.outcomes, played.truth, strict=True)]
        )
        if lenient.wrong(edges=False) or not played.known.ordinary:
            return None
        found = recognise(played.known, played.outcomes)
        report = self.passed(played)
        report.headline, report.edge = self.say("right_edge"), True
        report.lines = self.edge_lines(played, lenient) + self.named(found) + report.lines
        report.diagnosis = [self.diagnosis(m) for m in found.mistakes]
        return report

    def edge_lines(self, played: Played, lenient: Played) -> list[str]:
        """Say which edges are wrong, and in what way."""
        cases = lenient.wrong()
        lines = [self.say("edge", cases=played.labels(cases))] if cases else []
        sized = any(
            got.values.keys() == want.values.keys() and compare.one_number(got, want) for got, want, _ in played.rows()
        )
        return lines + (changed(played) or []) + ([self.say("one_number")] if sized else [])

    def guarded(self, played: Played) -> Report | None:
        """Return the report of an answer that is right but for a tiny number that guards a division or a logarithm."""
        without = without_guards(played.subject)
        if without is None or any(o.failure or o.form or o.blank for o in played.outcomes):
            return None
        subject, line, text = without
        try:
            with time_limit(self.seconds):
                outcomes = played.known.run(subject)
        except TimeUp:
            return None
        if any(not compare.same(outcomes[i], played.truth[i]) for i in played.known.ordinary):
            return None
        return self.passed(played, [self.say("guard", line=line, text=text)])

    def as_of_old(self, played: Played) -> Report | None:
        """Return the report of an answer that only an old NumPy or Python runs; None where nothing in it is old."""
        words = habit(played.outcomes)
        if words is None:
            return None
        old, new, failure = words
        subject = as_meant(played.subject) if old == "/" else played.subject
        try:
            with time_limit(self.seconds), old_world():
                again = played.with_outcomes(self.outcomes(played.known, subject))
        except TimeUp:
            return None
        if habit(again.outcomes):
            return None
        key = "old_division" if old == "/" else "old_word"
        told = self.say(key, old=old, new=new, number=failure.number, text=failure.line)
        report = self.right(again) or self.verdict(again)
        report.lines.append(told)
        report.note = told
        return report

    # --- not begun, half done ----------------------------------------------------------------------------------------

    def blank(self, played: Played) -> Report:
        """Say that nothing is there yet, and what keeps it from being seen if something was written."""
        names = [n for k, n in enumerate(self.exercise.returns) if k in played.state.placeholders]
        known = blank.is_stub(self.exercise.name, self.given)
        if played.state.no_return:
            return self.make("blank", "no_return")
        if played.state.dead and names:
            return self.make("blank", "dead", name=names[0])
        argument = handed_back(played.subject.fn)
        if argument and played.state.untouched and not known:
            return self.make("blank", "handed_back", name=argument)
        if self.exercise.given and names:
            return self.make("blank", "blank_part", names=", ".join(f"`{n}`" for n in names))
        return self.make("blank", "blank")

    def half(self, played: Played, done) -> Report:
        """Say what is right and what is not begun."""
        mine = [n for n in done.right if not is_probe(played, n)] or done.right
        right = ", ".join(f"`{n}`" for n in mine)
        open_ = ", ".join(f"`{n}`" for n in done.open) or played.labels(done.open_cases)
        blocks = played.state.open_blocks
        lines = [self.say("open_line" if a == b else "open_block", first=a, last=b) for a, b in blocks]
        return self.make("half", "half", lines, right=right, open=open_)

    # --- wrong -------------------------------------------------------------------------------------------------------

    def failed(self, played: Played, not_begun: list[str]) -> Report:
        """Return the report of a wrong answer."""
        found = recognise(played.known, played.outcomes)
        hints = self.hints(played, found)
        default = None if found else other_default(played, self.outcomes)
        lines = [default] if default else finding(played.without(not_begun), bool(found))
        if not_begun:
            lines.append(self.say("not_begun", names=", ".join(f"`{n}`" for n in not_begun)))
        told = [] if not_begun or default else self.own_lines(played, hints, known=bool(found))
        report = self.make("failed", "wrong", [*lines, *hints.lines(), *told] if hints.level else [])
        report.mended = [] if found else told
        report.diagnosis = [self.diagnosis(m) for m in found.mistakes] if hints.level else []
        report.note = hints.edition() if hints.level else ""
        hints.point(report, self.place(played), bool(told))
        return report

    def own_lines(self, played: Played, hints: Hints, known: bool) -> list[str]:
        """Return what is said of the learner's own lines: the change that mends them, else where they go wrong.

        known: whether the mistake is known; then no change is sought.
        """
        if not self.mending or hints.level < 1 or self.shown is not None:
            return []
        change = None if known else mend(played)
        if change is not None and change.parts:
            return mended.lines(change, hints.level, self.say)
        place = located.lines(locate(played), hints.level, self.say)
        return place or mended.lines(change, hints.level, self.say)

    def stopped(self, played: Played, found: Found) -> Report:
        """Report an error that was raised: what it says, where, and what was passed."""
        failure, one = next((got.failure, one) for got, _, one in played.rows() if got.failure)
        hints = self.hints(played, found)
        lines = [self.say("stopped_said", message=failure.message)] if failure.message else []
        if failure.line:
            lines.append(self.say("stopped_line", line=failure.line, number=failure.number))
        if failure.error == "AttributeError" and played.subject.unmade:
            lines.append(self.say("init", cls=played.subject.owner.__name__, error=played.subject.unmade))
        meant = explain(failure)
        lines += [self.say(meant[0], **meant[1])] if meant and not found else []
        if self.exercise.cache and "forward" not in self.own:
            lines.append(self.say("stopped_cache", cache=self.exercise.cache))
        given = failure.given or ", ".join(describe(n, v) for n, v in one.args.items())
        lines.append(self.say("stopped_given", given=given))
        told = [] if found else self.own_lines(played, hints, known=False)
        report = self.make("error", "stopped", [*lines, *told, *hints.lines()], error=failure.error)
        report.mended = told
        report.diagnosis = [self.diagnosis(m) for m in found.mistakes] if hints.level else []
        return report

    def place(self, played: Played) -> Place | None:
        """Return where the learner's call makes the first wrong cell."""
        one = next((c for got, want, c in played.rows() if not compare.same(got, want)), None)
        if one is None or any(question(played) for question in (nothing, form)):
            return None
        name = next(iter(played.wrong_names()), "")
        first = name.split("[")[0].split(" ")[0]
        if first not in (*self.exercise.returns, "scores") and not (" " in name and first in one.args):
            return None  # a value that the check makes itself, or that the function leaves somewhere
        return beside(
            self.exercise, played.subject, one, (self.say("yours"), self.say("ours")), self.seconds, self.language
        )

    # --- hints -------------------------------------------------------------------------------------------------------

    @property
    def series(self) -> str:
        """Return the name under which the attempts at this exercise are remembered: a demonstration has its own."""
        if self.answer:
            return f"{self.answer[0]}:"
        return f"{self.exercise.name}:{getattr(plain_function(self.given) or self.given, '__name__', '')}"

    def hints(self, played: Played, found: Found) -> Hints:
        """Return how much is said of this attempt."""
        given = self.answer[1] if self.answer else self.given
        level = min(memory.note(self.series, attempt_text(given)), self.cap)
        memory.of(self.series).last = (given, self.language, self.seconds, self.cap, self.own, self.mending)
        return Hints(self.exercise, found, level, self.language, self.shown)

    def named(self, found: Found) -> list[str]:
        """Return the names of the mistakes behind an edge."""
        return Hints(self.exercise, found, min(1, self.cap), self.language, self.shown).lines()


# --- small judgements ------------------------------------------------------------------------------------------------


def sound(exercise: Exercise, subject: Subject, remark: Remark) -> bool:
    """Return whether a function does in a case beyond the exercise what the remark asks for."""
    one = remark.case()
    with quiet(), time_limit(SECONDS):
        outcome = play(exercise, subject, one)
    if remark.exact:
        return compare.same(outcome, play(exercise, reference(exercise), one))
    return bool(outcome.values) and all(v is not None and np.isfinite(v).all() for v in outcome.values.values())
