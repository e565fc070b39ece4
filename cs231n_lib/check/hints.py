"""What hints say of known mistakes, and how much: more with each attempt that differs."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .beside import Place
from .messages import say, translate
from .model import Exercise, Mistake, find
from .puzzles import Shown
from .recognise import Found
from .report import Report
from .variants import source


@dataclass(frozen=True)
class Hints:
    """What is said of one wrong attempt.

    level: 0 the verdict alone; 1 what is wrong and the mistake's name; 2 the place; 3 the idea and the mended line;
        4 a right version beside one's own.
    """

    exercise: Exercise
    found: Found
    level: int
    language: str
    shown: Shown | None = None

    def say(self, key: str, **fields) -> str:
        """Return a sentence in the learner's language."""
        return say(self.language, key, **fields)

    def lines(self) -> list[str]:
        """Return the names of the mistakes and a question each, then their places, then the ideas."""
        mistakes = self.found.mistakes
        if not mistakes or self.level < 1:
            return []
        title = self.say("and").join(translate(self.language, m.title) for m in mistakes)
        lines = [self.say("looks_like", title=title)]
        lines += [
            self.say("hint", hint=text) for text in dict.fromkeys(translate(self.language, m.hint) for m in mistakes)
        ]
        lines += [self.edition()] if self.edition() else []
        lines += [self.say(self.found.more)] if self.found.more else []
        if self.level >= 2:
            places = [place(self.exercise, m, self.shown) for m in mistakes]
            lines += [self.say("place", line=line) for line in places if line]
        if self.level >= 3:
            ideas = [idea(self.exercise, m, self.shown) for m in mistakes]
            lines += [self.say(one[0], **one[1]) for one in ideas if one]
        return lines

    def edition(self) -> str:
        """Return in which editions all of the mistakes were right; "" where there is none."""
        editions = {m.edition for m in self.found.mistakes}
        return self.say("edition", edition=editions.pop()) if len(editions) == 1 and "" not in editions else ""

    def point(self, report: Report, found: Place | None, told: bool = False) -> None:
        """Point to the line that makes the first wrong cell; a right version stands beside it last: a solution.

        told: whether a line has been named already.
        """
        if found is None or self.level < 1:
            return
        if found.line and not told:
            report.lines.append(self.say("wrong_line", line=found.line, text=found.text))
        last = self.level >= 4
        report.pointer = self.say("see_step_beside" if last else "see_step", number=found.step)
        report.fold = self.say("open_step_beside" if last else "open_step", number=found.step)
        report.step = found.both if last else found.both.left


def place(exercise: Exercise, mistake: Mistake, shown: Shown | None) -> str | None:
    """Return the line a mistake stands in, what it computes and not how; None where a puzzle has no such line."""
    line = line_of(exercise, mistake, shown)
    target, equals, _ = (line or "").partition(" = ")
    if equals:
        return f"{target} = …"
    return "return …" if target.startswith("return ") else line


def idea(exercise: Exercise, mistake: Mistake, shown: Shown | None) -> tuple[str, dict[str, str]] | None:
    """Return the key and the fields of the sentence on the right line; None where a puzzle has no such line."""
    old, new = one_line(mistake.old), one_line(mistake.new)
    line = line_of(exercise, mistake, shown)
    if line is None:
        return None
    if shown is None or (old in line and (not new or line.replace(old, new) in shown.wrong)):
        return ("idea", {"old": old, "new": new}) if new else ("idea_without", {"old": old})
    if not new and old.partition(" = ")[2] == line.partition(" = ")[2] != "":
        return "idea_without", {"old": line}  # the puzzle gives the same value another name
    return "idea_order" if line in shown.used else "idea_line", {"line": line}


def line_of(exercise: Exercise, mistake: Mistake, shown: Shown | None) -> str | None:
    """Return the line a patch begins in: of the plain version, or the one of a puzzle that does the same work."""
    line = whole_line(exercise, mistake)
    if shown is None or line in shown.right:
        return line
    same_work = [other for other in shown.right if work(other) & work(line)]
    same_text = [other for other in shown.right if one_line(mistake.old) in other]
    return next((found[0] for found in (same_work, same_text) if len(found) == 1), None)


def work(line: str) -> set[str]:
    """Return what a line makes: `margins[]` for a cell, `margins` for the whole."""
    try:
        (statement,) = ast.parse(f"def f():\n    {line}{' pass' if line.endswith(':') else ''}").body[0].body  # type: ignore[attr-defined]
    except SyntaxError:
        return set()
    nodes = [n for n in ast.walk(statement) if isinstance(getattr(n, "ctx", None), ast.Store)]
    cells = {f"{ast.unparse(n.value)}[]" for n in nodes if isinstance(n, ast.Subscript)}
    return cells | {n.id for n in nodes if isinstance(n, ast.Name)}


def one_line(text: str) -> str:
    """Return a piece of source text on one line."""
    return " ".join(text.split())


def whole_line(exercise: Exercise, mistake: Mistake) -> str:
    """Return the line of the plain version that a patch begins in."""
    module, _, _ = find(exercise.source)
    _, body = source(module, mistake.where or exercise.source.partition(":")[2])
    at = body.index(mistake.old) + len(mistake.old) - len(mistake.old.lstrip())
    return body[body.rfind("\n", 0, at) + 1 : body.find("\n", at)].strip()
