"""What a folder's check prints: a row for each function, headed by its file, readable at any width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .fence import MEMORY_LIMIT
from .messages import say
from .report import Report

VERDICTS = {
    "passed": "row_right",
    "failed": "row_wrong",
    "half": "row_half",
    "blank": "row_blank",
    "error": "row_stopped",
}
LONGEST = 240  # columns that one remark may take in all
INDENT = 6


@dataclass
class Row:
    """One row of the table: a function of a file, or a file that cannot be imported, and what was found."""

    file: str
    report: Report
    look_first: tuple[str, ...] = ()  # functions it uses that are not right

    def verdict(self, language: str) -> str:
        """Return the verdict in a word or two."""
        return say(language, VERDICTS.get(self.report.status, "row_stopped"))

    def remarks(self, language: str) -> Iterator[str]:
        """Give what is said below the verdict, the most telling first."""
        report = self.report
        usual = {say(language, key) for key in ("right", "wrong", "blank")}
        if report.headline and report.headline not in usual:
            yield report.headline
        titles = say(language, "and").join(d.title for d in report.diagnosis)
        hints = [d.hint for d in report.diagnosis]
        if report.status == "passed":
            yield from [report.lines[0], *([titles] if titles else [])] if report.edge else []
            yield from [report.note] if report.note else []
        elif report.status != "blank":
            lines = [line for line in report.lines if line]
            nothing = [say(language, "not_recognised")] if report.status == "failed" else []
            shown = [*lines[:1], *report.mended] if report.mended else lines[:2]
            yield from [titles, *hints] if titles else shown or nothing
            yield from [report.note] if report.note and report.note not in lines[:2] else []
        if self.look_first:
            yield say(language, "look_first", names=", ".join(self.look_first))


def rows_in_lines(row: Row, language: str, width: int, headed: bool) -> list[str]:
    """Return a row as lines: its file where that is another than before, the verdict and the name, then remarks."""
    column = max(size(say(language, key)) for key in VERDICTS.values()) + 2
    verdict = row.verdict(language)
    lines = ["", f"[{row.file}]"] if headed and row.report.name != row.file else []
    lines.append("  " + verdict + " " * (column - size(verdict)) + row.report.name)
    for remark in row.remarks(language):
        lines += [" " * INDENT + line for line in wrap(shortened(remark), width - INDENT)]
    return lines


def told(rows: Sequence[Row], language: str = "en", width: int = 80) -> str:
    """Return all rows as one text."""
    files = [None, *(row.file for row in rows)]
    parts = (rows_in_lines(row, language, width, row.file != file) for row, file in zip(rows, files, strict=False))
    return "\n".join(line for lines in parts for line in lines)


def summary(rows: Sequence[Row], language: str = "en") -> str:
    """Return how many are right, and where the memory is not limited."""
    count = {status: sum(r.report.status == status for r in rows) for status in VERDICTS}
    attempted = len(rows) - count["blank"] - count["half"]
    text = [say(language, "summary", right=count["passed"], attempted=attempted, blank=count["blank"])]
    text += [say(language, "summary_half", count=count["half"])] if count["half"] else []
    text += [] if MEMORY_LIMIT else [say(language, "no_memory_limit")]
    return "\n".join(text)


def shortened(text: str) -> str:
    """Return a remark on one line, the middle of a long one left out."""
    text = " ".join(text.split())
    if size(text) <= LONGEST:
        return text
    half = LONGEST // (2 * max(1, round(size(text) / len(text))))
    return f"{text[: half - 2].rstrip()} … {text[2 - half :].lstrip()}"


def wrap(text: str, width: int) -> list[str]:
    """Return text in lines of a width: broken at spaces and between Chinese characters, long words anywhere."""
    pieces = re.split(r"(?<=\s)|(?<=[\u2e80-\uffef])", text)
    lines = [""]
    for piece in (p[i : i + width] for p in pieces for i in range(0, len(p), width)):
        if lines[-1] and size(lines[-1]) + size(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def size(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
