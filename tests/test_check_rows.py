"""The rows of the catalogue: what they say, what is refused, and that none is read before it is needed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cs231n_lib.check import catalogue, messages, registry
from cs231n_lib.check.catalogue import COURSE, Catalogue, Rows
from cs231n_lib.check.model import Exercise, Mistake

GOOD = """
["one.f"]
"01.a" = [["a is wrong", "a 错了"],
          ["Which a?", "哪个 a？"],
          ["a + 1", "a"], ["b", ""]]
"01.b" = [["b is wrong", "b 错了"], ["Which b?", "哪个 b？"], ["b", "2 * b"], {edition = "2016"}]

["one.Net.__init__"]
where = "Net.__init__"
"01.c" = ["01.a", ["zeros", "ones"]]
"""
OTHER = """
["two.g"]
"02.a" = ["01.b", ["x", "y"]]
"""


def written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return Catalogue(folder)


def test_a_row_tells_a_mistake(tmp_path):
    read = written(tmp_path, **{"01_one": GOOD, "02_two": OTHER})
    assert read.mistakes("one.f") == [
        Mistake("01.a", "a is wrong", "Which a?", "a + 1", "a", more=(("b", ""),)),
        Mistake("01.b", "b is wrong", "Which b?", "b", "2 * b", edition="2016"),
    ]
    made = Mistake("01.c", "a is wrong", "Which a?", "zeros", "ones", where="Net.__init__")
    assert read.mistakes("one.Net.__init__") == [made]
    assert read.mistakes("two.g") == [Mistake("02.a", "b is wrong", "Which b?", "x", "y")]
    assert read.translation("zh", "Which b?") == "哪个 b？"
    assert read.translation("zh", "Which c?") is None


def test_a_file_is_read_when_one_of_its_tables_is_asked_for(tmp_path):
    read = written(tmp_path, **{"01_one": GOOD, "02_two": OTHER, "03_three": '["three.h"]\nx = 1'})
    read.mistakes("two.g")
    assert list(read.files) == ["02_two.toml", "01_one.toml"]  # and the one whose words it shares


def test_the_names_of_the_exercises_need_no_file():
    code = "from cs231n_lib.check import catalogue, exercises; exercises(); print(catalogue.COURSE.files)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "{}"


TITLE, HINT, PATCH = '["t", "题"]', '["h", "问"]', '["old", "new"]'


@pytest.mark.parametrize(
    ("row", "given", "allowed"),
    [
        (f'"01.a" = [["t"], {HINT}, {PATCH}]', "['t']", "a text in English and one in Chinese"),
        (f'"01.a" = [{TITLE}, ["h", ""], {PATCH}]', "['h', '']", "a text in English and one in Chinese"),
        (f'"01.a" = [{TITLE}, {HINT}]', "[['t', '题'], ['h', '问']]", "[old, new]"),
        (f'"01.a" = [{TITLE}, {HINT}, ["old"]]', "['old']", "[old text, new text]"),
        (f'"01.a" = [{TITLE}, {HINT}, ["", "new"]]', "['', 'new']", "the old one is not empty"),
        (f'"01.a" = [{TITLE}, {HINT}, {PATCH}, ["old", 3]]', "['old', 3]", "[old text, new text]"),
        (f'"01.a" = [{TITLE}, {HINT}, {PATCH}, {{year = "2016"}}]', "{'year': '2016'}", "{edition ="),
        (f'"01.a" = [{TITLE}, {HINT}, {PATCH}, {{edition = 2016}}]', "{'edition': 2016}", "{edition ="),
        (f'"01.a" = ["01.b", {PATCH}]', "'01.b'", "the id of a row that has words of its own"),
        ('"01.a" = ["01.b"]', "['01.b']", '["id of another row", [old, new], ...]'),
        ('"01.a" = "01.b"', "'01.b'", '["id of another row", [old, new], ...]'),
        (f"01.a = [{TITLE}, {HINT}, {PATCH}]", "{'a': [", "[question, 问题]"),
        ("where = 3", "3", "the name of a function"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_refused(tmp_path, row, given, allowed):
    with pytest.raises(ValueError) as error:
        written(tmp_path, **{"01_one": f'["one.f"]\n{row}\n'}).mistakes("one.f")
    place, said = str(error.value).split(": given is ", 1)
    where = "where of one.f" if "where" in row else "01" if row.startswith("01") else "01.a"
    assert place == f"01_one.toml, {where}"
    assert said.startswith(given) and allowed in said.split("; allowed is ")[1]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"01_one": GOOD, "02_two": GOOD}, "stands in 01_one.toml and in 02_two.toml"),
        ({"01_one": OTHER}, "no file of the catalogue has a table 'one.f'; there are two.g"),
        ({"01_one": '["one.f"]\n"01.a" = ['}, "01_one.toml: "),
        (
            {"01_one": f'x = 1\n["one.f"]\n"01.a" = [{TITLE}, {HINT}, {PATCH}]'},
            "01_one.toml, x: given is 1; allowed is a t",
        ),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(tmp_path, files, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        written(tmp_path, **files).mistakes("one.f")


def test_every_table_belongs_to_an_exercise():
    rows = [item.mistakes for item in registry._course().values() if isinstance(item, Exercise)]
    used = {table for mistakes in rows if isinstance(mistakes, Rows) for table in mistakes.tables}
    assert used == set(COURSE.places)


def test_the_words_of_a_mistake_stand_once():
    ids = [id for name in COURSE.names for id in COURSE.file(name).words]
    rows = [row[0] for name in COURSE.names for table in COURSE.file(name).tables.values() for row in table.items()]
    assert len(ids) == len(set(ids)) and len(rows) > 1.1 * len(ids)


def test_a_sentence_is_the_same_in_chinese_wherever_it_stands():
    stored = json.loads((Path(messages.__file__).parent / "zh_topics.json").read_text("utf-8"))
    said: dict[str, set[str]] = {text: {chinese} for text, chinese in stored.items()}
    for name in COURSE.names:
        for text, (_, chinese) in COURSE.file(name).sentences.items():
            said.setdefault(text, set()).add(chinese)
    assert {text: chinese for text, chinese in said.items() if len(chinese) > 1} == {}


def test_a_row_has_three_lines_at_most():
    for file in sorted(Path(catalogue.__file__).parent.glob("*.toml")):
        rows = re.split(r"^(?=[^ ])", file.read_text("utf-8"), flags=re.MULTILINE)
        assert max(row.count("\n") for row in rows if row.startswith('"')) <= 3, file.name
