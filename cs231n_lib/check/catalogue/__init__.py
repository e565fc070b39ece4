"""The mistakes that the checker recognises: a TOML file a topic, a table a list of mistakes, a row a mistake.

    ["norm.batchnorm_forward"]     # a textbook function; "linear.svm_loss in loops" is a second list of linear.svm_loss
    "07.a" = [["the variance divides by N - 1", "方差除以了 N - 1"],
              ["A mean over N or over N - 1?", "对 N 取平均还是对 N - 1？"],
              ["x.var(axis=0)", "x.var(axis=0, ddof=1)"]]
    "08.c" = ["07.a", ["x.var(axis=1)", "x.var(axis=1, ddof=1)"]]

A row holds what the mistake is called and one friendly question, each in English and Chinese, or in place of both the
id of the row whose words it shares; then the patch, one or more pairs of old and new text. Last may stand the editions
in which this was right, `{edition = "2016"}`. `where = "Net.__init__"` above the rows of a table says which function
they patch, if it is not the exercise's own.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...language import LANGUAGES
from ..model import Mistake

FOLDER = Path(__file__).parent
HEADER = re.compile(r"""^ *\[ *["']([^"'\n]+)["'] *\]""", re.MULTILINE)
FORM = "[[title, 标题], [question, 问题], [old, new], ...] or [an id, [old, new], ...], and {edition = ...} last"


class Words(NamedTuple):
    """What a mistake is called and a question about it, in each of LANGUAGES."""

    title: tuple[str, ...]
    hint: tuple[str, ...]


class Rows(Sequence[Mistake]):
    """The mistakes of some tables, read when they are first looked at."""

    def __init__(self, tables: Sequence[str]):
        self.tables = tables

    @functools.cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Return all mistakes, table by table."""
        return tuple(mistake for name in self.tables for mistake in _mistakes(_file_of(name))[name])

    def __getitem__(self, index):
        return self.mistakes[index]

    def __len__(self) -> int:
        return len(self.mistakes)


def rows(*tables: str) -> Rows:
    """Return the mistakes of tables such as "norm.batchnorm_forward"; no file is read before they are looked at."""
    return Rows(tables)


def translation(language: str, text: str) -> str | None:
    """Return a row's title or question in another language; None where no row has this text."""
    number = LANGUAGES.index(language)
    for file in sorted(files(), key=lambda file: file not in _read):
        said = _sentences(file).get(text)
        if said:
            return said[number]
    return None


@functools.cache
def files() -> tuple[str, ...]:
    """Return the names of the catalogue's files, in the order of the course."""
    return tuple(sorted(file.name for file in FOLDER.glob("*.toml")))


@functools.cache
def _places() -> dict[str, str]:
    """Return the file of each table, seen from the headers alone."""
    found: dict[str, str] = {}
    for file in files():
        for name in HEADER.findall((FOLDER / file).read_text(encoding="utf-8")):
            if found.setdefault(name, file) != file:
                raise ValueError(f"catalogue: the table {name!r} stands in {found[name]} and in {file}; give it one")
    return found


def _file_of(table: str) -> str:
    if table not in _places():
        raise ValueError(f'catalogue: no file has a table ["{table}"]; there are {", ".join(_places())}')
    return _places()[table]


_read: dict[str, dict[str, dict[str, Any]]] = {}


def _tables(file: str) -> dict[str, dict[str, Any]]:
    """Return what a file holds: its tables by name, each checked to be one."""
    if file not in _read:
        try:
            found = tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{file}: {error}") from error
        for name, table in found.items():
            _check(isinstance(table, dict), file, name, table, 'a table ["module.function"] with rows below it')
        _read[file] = found
    return _read[file]


def _rows(file: str) -> Iterator[tuple[str, str, Any]]:
    """Give table, id and row of all rows of a file."""
    for name, table in _tables(file).items():
        yield from ((name, id, row) for id, row in table.items() if id != "where")


@functools.cache
def _mistakes(file: str) -> dict[str, list[Mistake]]:
    """Return the mistakes of a file, table by table."""
    found: dict[str, list[Mistake]] = {name: [] for name in _tables(file)}
    for name, id, row in _rows(file):
        where = _tables(file)[name].get("where", "")
        _check(isinstance(where, str), file, f"where of {name}", where, "the name of a function")
        found[name].append(_mistake(file, id, row, where))
    return found


def _mistake(file: str, id: str, row: Any, where: str) -> Mistake:
    """Return the mistake that a row tells of."""
    _check(isinstance(row, list) and len(row) > 1, file, id, row, FORM)
    title, hint = (words[0] for words in _words_of(file, id, row))
    rest = row[1:] if isinstance(row[0], str) else row[2:]
    more = rest.pop() if rest and isinstance(rest[-1], dict) else {}
    _check(
        more.keys() <= {"edition"}, file, id, more, '{edition = "the years in which this was right"} and no other key'
    )
    _check(bool(rest), file, id, row, f"{FORM}; the patch is missing")
    for pair in rest:
        _check(_texts(pair, 2) and pair[0] != "", file, id, pair, "[old text, new text], the old one not empty")
    (old, new), *others = map(tuple, rest)
    edition = more.get("edition", "")
    _check(isinstance(edition, str), file, id, edition, 'an edition in quotes, such as "2016 and 2017"')
    return Mistake(id, title, hint, old, new, tuple(others), where, edition)


def _words_of(file: str, id: str, row: list) -> Words:
    """Return the words of a row: those that stand in it, or those of the row it names."""
    if not isinstance(row[0], str):
        return _stated(file)[id]
    topic = row[0][:2]
    for other in sorted(files(), key=lambda name: (name != file, not name.startswith(topic))):
        if row[0] in _stated(other):
            return _stated(other)[row[0]]
    raise ValueError(f"{file}, {id}: its words are those of {row[0]!r}; allowed is the id of a row that has words")


@functools.cache
def _stated(file: str) -> dict[str, Words]:
    """Return the words of the rows of a file that have some of their own, by id."""
    found = {}
    for _, id, row in _rows(file):
        _check(isinstance(row, list) and len(row) > 1, file, id, row, FORM)
        if not isinstance(row[0], str):
            for given, what in zip(row, ("title", "question"), strict=False):
                _check(
                    _texts(given, len(LANGUAGES)) and all(given), file, id, given, f"a {what} in English and Chinese"
                )
            found[id] = Words(*map(tuple, row[:2]))
    return found


@functools.cache
def _sentences(file: str) -> dict[str, tuple[str, ...]]:
    """Return each title and question of a file with what it is in each language."""
    return {said[0]: said for words in _stated(file).values() for said in words}


def _texts(given: Any, count: int) -> bool:
    """Return whether something is a list of so many texts."""
    return isinstance(given, list) and len(given) == count and all(isinstance(text, str) for text in given)


def _check(right: bool, file: str, id: str, given: Any, allowed: str) -> None:
    """Raise ValueError where a row is not as it should be, with what is given and what is allowed."""
    if not right:
        raise ValueError(f"{file}, {id}: given is {given!r}; allowed is {allowed}")
