"""The data of the player: its table stands in Python and in JavaScript, word for word, and real data keep to it."""

import copy
import re
from pathlib import Path
from types import UnionType
from typing import Annotated, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np
import pytest

from cs231n_lib.step import schema, step
from cs231n_lib.step.examples import example, examples
from tests.test_step_language import recordings
from tests.test_step_record import no_loops, two_loops
from tests.test_step_render import data_of

SCHEMA = Path(schema.__file__).parent / "player" / "schema.js"
NUMBERS = {int: "number", float: "number", str: "string"}


def fields(table):
    """Return key -> (type, is optional, sentence) of a TypedDict."""
    found = {}
    for key, hint in get_type_hints(table, include_extras=True).items():
        optional = get_origin(hint) is NotRequired
        kind, sentence = get_args(get_args(hint)[0] if optional else hint)
        found[key] = kind, optional, sentence
    return found


# Python and JavaScript --------------------------------------------------------------------------------------------


def in_javascript(kind):
    """Write a type as JSDoc does."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind == schema.Change:
        return "Change"
    if origin in (list, tuple):
        return f"{in_javascript(parts[0])}[]"
    if origin is dict:
        return f"Object<{in_javascript(parts[0])}, {in_javascript(parts[1])}>"
    return NUMBERS.get(kind, kind.__name__)


def typedef(table):
    """Write a table as JSDoc does."""
    lines = [f" * {table.__doc__}", f" * @typedef {{Object}} {table.__name__}"]
    for key, (kind, optional, sentence) in fields(table).items():
        lines.append(f" * @property {{{in_javascript(kind)}}} {f'[{key}]' if optional else key} {sentence}")
    return "\n".join(["/**", *lines, " */\n"])


def typedef_of_changes():
    parts = ["0" if get_origin(part) is Literal else part.__name__ for part in get_args(schema.Change)]
    lines = [" * What is new about a variable; 0 if its name is gone.", f" * @typedef {{{' | '.join(parts)}}} Change"]
    return "\n".join(["/**", *lines, " */\n"])


def test_javascript_says_the_same():
    text = SCHEMA.read_text(encoding="utf-8")
    assert text[text.index("/**") :] == "\n".join([*map(typedef, schema.TABLE), typedef_of_changes()])


def test_the_table_holds_every_type():
    defined = [value for value in vars(schema).values() if is_typeddict(value)]
    assert set(defined) == set(schema.TABLE)
    assert all(re.fullmatch(r".+[^.]", sentence) for table in defined for _, _, sentence in fields(table).values())


def test_the_modules_read_only_keys_that_exist():
    """Of a frame, which most modules read, under the name `frame`."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCHEMA.parent.glob("*.js") if path != SCHEMA)
    read = set(re.findall(r"\bframe\.(\w+)", code))
    assert len(read) > 10 and read <= fields(schema.Frame).keys()


# Real data --------------------------------------------------------------------------------------------------------


def faults(value, kind, place="data"):
    """Say where decoded JSON is not of a type."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return faults(value, parts[0], place)
    if origin in (Union, UnionType):
        tried = [faults(value, part, place) for part in parts]
        return [] if [] in tried else [f"{place}: {value!r} is none of {len(parts)}"]
    if origin is Literal:
        return [] if type(value) is int and value in parts else [f"{place}: {value!r} is not {parts[0]}"]
    if is_typeddict(kind):
        return table_faults(value, kind, place)
    if origin in (list, tuple):
        fixed = origin is tuple and ... not in parts
        if not isinstance(value, list) or (fixed and len(value) != len(parts)):
            return [f"{place}: {value!r} is no list of its length"]
        return [fault for k, item in enumerate(value) for fault in faults(item, parts[0], f"{place}[{k}]")]
    if origin is dict:
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            return [f"{place}: {value!r} is no table of variables"]
        return [fault for key, item in value.items() for fault in faults(item, parts[1], f"{place}.{key}")]
    right = type(value) in ((int, float) if kind is float else (kind,))
    return [] if right else [f"{place}: {value!r} is no {kind.__name__}"]


def table_faults(value, table, place):
    known = fields(table)
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no {table.__name__}"]
    found = [f"{place}: unknown key {key!r}" for key in value if key not in known]
    found += [f"{place}: no {key!r}" for key, (_, optional, _) in known.items() if not optional and key not in value]
    return found + [f for k, v in value.items() if k in known for f in faults(v, known[k][0], f"{place}.{k}")]


def touch(x, big):
    x[1, 2] = 9.0
    big[1, 50, 60] = -9.0
    big[1, 50, 61] = 8.0
    return x


def several(x, y):
    a, b = (
        x + 1,
        x * y,
    )
    return a, b


@pytest.fixture(scope="module")
def payloads():
    """Return the data of every example and of calls that hold frames of every kind."""
    steps = {name: example(name) for name in examples()} | recordings()
    steps["large"] = step(touch, np.ones((3, 4)), np.ones((2, 60, 70)), graph=False)
    steps["two"] = step(several, np.ones(2), np.ones(2)).at(2)
    steps["shape"] = step(no_loops, np.ones((4, 3)), np.ones((5, 3)), ask={"ab": "shape"}, graph=True)
    return {name: data_of(made._repr_html_()) for name, made in steps.items()}


def test_real_data_keep_to_the_table(payloads):
    assert len(payloads) > 25
    assert {name: found for name, data in payloads.items() if (found := faults(data, schema.Payload))} == {}


def keys_in(value, kind):
    """Return (type, key) for every key that decoded JSON uses."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return set().union(*(keys_in(value, part) for part in parts if faults(value, part) == []))
    if origin in (list, tuple):
        return set().union(*(keys_in(item, parts[0]) for item in value))
    if origin is dict:
        return set().union(*(keys_in(item, parts[1]) for item in value.values()))
    if not is_typeddict(kind):
        return set()
    below = set().union(*(keys_in(item, fields(kind)[key][0]) for key, item in value.items()))
    return below | {(kind.__name__, key) for key in value}


def test_every_key_of_the_table_is_used(payloads):
    used = set().union(*(keys_in(data, schema.Payload) for data in payloads.values()))
    assert {(table.__name__, key) for table in schema.TABLE for key in fields(table)} == used


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda data: data.update(extra=1), "data: unknown key 'extra'"),
        (lambda data: data.pop("vars"), "data: no 'vars'"),
        (lambda data: data["frames"][2].update(l="6"), "data.frames[2].l: '6' is no int"),
        (lambda data: data["frames"][2].update(bad=True), "data.frames[2].bad: True is no int"),
        (lambda data: data["frames"][2].update(h=3), "data.frames[2].h: 3 is no list of its length"),
        (lambda data: data["frames"][0]["set"].update(x=0), "is no table of variables"),
        (lambda data: data["frames"][0]["set"].update({"0": {"d": [2], "i": "0"}}), "data.frames[0].set.0: "),
        (lambda data: data["frames"][0]["set"].update({"0": None}), "data.frames[0].set.0: None is none of 6"),
        (lambda data: data.update(vars=[{"n": "x", "f": 0, "m": None}]), "data.vars[0].m: None is no float"),
    ],
)
def test_a_fault_is_found(change, complaint):
    data = data_of(step(two_loops, np.ones((4, 3)), np.ones((5, 3)))._repr_html_())
    broken = copy.deepcopy(data)
    change(broken)
    assert faults(data, schema.Payload) == []
    (fault,) = faults(broken, schema.Payload)
    assert complaint in fault
