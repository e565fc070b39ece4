"""The mistakes that the checker recognises: a TOML file a topic, a table a list of mistakes, a row a mistake.

    ["norm.batchnorm_forward"]     # a textbook function; "linear.svm_loss in loops" is a second list of linear.svm_loss
    "07.a" = [["the variance divides by N - 1", "方差除以了 N - 1"],
              ["A mean over N or over N - 1?", "对 N 取平均还是对 N - 1？"],
              ["x.var(axis=0)", "x.var(axis=0, ddof=1)"]]
    ["norm.layernorm_backward"]
    "08.of_e" = ["07.e", ["dout * xhat", "dout * x"]]

A row holds what the mistake is called and one friendly question, each in English and Chinese, or in place of both the
id of the row whose words it shares; then the patch, one or more pairs of old and new text. Last may stand the editions
in which this was right, `{edition = "2016"}`. `where = "Net.__init__"` above the rows of a table says which function
they patch, if it is not the exercise's own.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...language import LANGUAGES
from ..model import Mistake

HEADER = re.compile(r"""^ *\[ *["']([^"'\n]+)["'] *\]""", re.MULTILINE)
TABLE = 'a table ["module.function"], its name in quotes, with rows below it'
ROW = '[[title, 标题], [question, 问题], [old, new], ...] or ["id of another row", [old, new], ...]'
TEXTS = "a text in English and one in Chinese, first for the title, then for the question"
PAIR = "[old text, new text], and the old one is not empty"
EDITION = '{edition = "2016"} alone, the editions in which this was right'
WHERE = 'the name of a function, such as "Net.__init__"'


class Rows(Sequence[Mistake]):
    """The mistakes of some tables, read when they are first looked at."""

    def __init__(self, tables: Sequence[str]):
        self.tables = tables

    @functools.cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Return all mistakes, table by table."""
        return tuple(mistake for table in self.tables for mistake in COURSE.mistakes(table))

    def __getitem__(self, index):
        return self.mistakes[index]

    def __len__(self) -> int:
        return len(self.mistakes)


def rows(*tables: str) -> Rows:
    """Return the mistakes of tables such as "norm.batchnorm_forward"; no file is read before they are looked at."""
    return Rows(tables)


def translation(language: str, text: str) -> str | None:
    """Return a mistake's title or question in a language; None where no row has this text."""
    return COURSE.translation(language, text)


class Words(NamedTuple):
    """What a mistake is called and the question about it, each in all LANGUAGES."""

    title: tuple[str, ...]
    hint: tuple[str, ...]


class File:
    """One file of a catalogue, read and checked."""

    def __init__(self, path: Path):
        self.name = path.name
        try:
            self.tables: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{self.name}: {error}") from error
        self.words: dict[str, Words] = {}
        for name, table in self.tables.items():
            self.check(isinstance(table, dict), name, table, TABLE)
            self.check(isinstance(table.get("where", ""), str), f"where of {name}", table.get("where"), WHERE)
            for id, row in table.items():
                if id != "where":
                    self.read(id, row)
        self.sentences = {said[0]: said for words in self.words.values() for said in words}

    def check(self, right: bool, id: str, given: Any, allowed: str) -> None:
        """Raise ValueError where a row is not as it should be: the file, the row, what is given and what is allowed."""
        if not right:
            raise ValueError(f"{self.name}, {id}: given is {given!r}; allowed is {allowed}")

    def read(self, id: str, row: Any) -> None:
        """Check the form of a row, and keep its words where it has some of its own."""
        self.check(isinstance(row, list) and len(row) > 1, id, row, ROW)
        head, patches, more = parts(row)
        for said in head:
            self.check(are_texts(said, len(LANGUAGES)) and all(said), id, said, TEXTS)
        self.check(bool(patches), id, row, ROW)
        for pair in patches:
            self.check(are_texts(pair, 2) and pair[0] != "", id, pair, PAIR)
        self.check(more.keys() <= {"edition"} and all(isinstance(v, str) for v in more.values()), id, more, EDITION)
        if head:
            self.words[id] = Words(*map(tuple, head))


def parts(row: list) -> tuple[list, list, dict[str, Any]]:
    """Return the words that stand in a row (none where it names another row), its patches, and what stands last."""
    row, more = (row[:-1], row[-1]) if isinstance(row[-1], dict) else (row, {})
    words = 0 if isinstance(row[0], str) else 2
    return row[:words], row[words or 1 :], more


def are_texts(given: Any, count: int) -> bool:
    """Return whether something is a list of so many texts."""
    return isinstance(given, list) and len(given) == count and all(isinstance(text, str) for text in given)


class Catalogue:
    """The files of a folder, each read when one of its tables is first asked for."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.files: dict[str, File] = {}

    def file(self, name: str) -> File:
        """Return a file by its name."""
        if name not in self.files:
            self.files[name] = File(self.folder / name)
        return self.files[name]

    @functools.cached_property
    def names(self) -> list[str]:
        """Return the names of all files, in the order of the course."""
        return sorted(path.name for path in self.folder.glob("*.toml"))

    @functools.cached_property
    def places(self) -> dict[str, str]:
        """Return the name of the file that each table stands in; the headers alone tell."""
        found: dict[str, str] = {}
        for name in self.names:
            for table in HEADER.findall((self.folder / name).read_text(encoding="utf-8")):
                if found.setdefault(table, name) != name:
                    raise ValueError(f'["{table}"] stands in {found[table]} and in {name}; allowed is one of them')
        return found

    def mistakes(self, table: str) -> list[Mistake]:
        """Return the mistakes of a table.

        Raises: ValueError if there is no such table, or a row of its file is not as it should be.
        """
        if table not in self.places:
            raise ValueError(f"no file of the catalogue has a table {table!r}; there are {', '.join(self.places)}")
        file = self.file(self.places[table])
        found = dict(file.tables[table])
        where = found.pop("where", "")
        return [self.mistake(file, id, row, where) for id, row in found.items()]

    def mistake(self, file: File, id: str, row: list, where: str) -> Mistake:
        """Return the mistake that a row tells of."""
        head, patches, more = parts(row)
        title, hint = (said[0] for said in head or self.words(file, id, row[0]))
        (old, new), *others = patches
        return Mistake(id, title, hint, old, new, tuple(map(tuple, others)), where, more.get("edition", ""))

    def words(self, file: File, id: str, other: str) -> Words:
        """Return the words of another row, which stands in the same file or else, most likely, in that of its topic."""
        for name in sorted(self.names, key=lambda name: (name != file.name, name[:2] != other[:2])):
            if other in self.file(name).words:
                return self.file(name).words[other]
        raise ValueError(f"{file.name}, {id}: given is {other!r}; allowed is the id of a row that has words of its own")

    def translation(self, language: str, text: str) -> str | None:
        """Return a title or a question in a language; None where no row has this text."""
        number = LANGUAGES.index(language)
        for name in sorted(self.names, key=lambda name: name not in self.files):
            if text in self.file(name).sentences:
                return self.file(name).sentences[text][number]
        return None


COURSE = Catalogue(Path(__file__).parent)
