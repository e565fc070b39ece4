"""A setting that the call leaves to the function, and for which the function takes another value than it should."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from . import compare
from .model import Case
from .played import Played
from .run import Outcome, Subject
from .source import Source, read
from .variants import Book


def other_default(played: Played, play: Callable[[Book, Subject], list[Outcome]]) -> str | None:
    """Return the sentence on the one default that makes the function wrong; None where it is not a default."""
    for argument, settings in played.exercise.defaults.items():
        if right_with(played, argument, settings, play):
            for key, value in settings.items():
                if right_with(played, argument, {key: value}, play):
                    return sentence(played, key, value)
    return None


def right_with(played: Played, argument: str, settings: dict[str, Any], play) -> bool:
    """Return whether the function is right once it is handed the settings that the cases leave to it."""
    known = played.known
    told = Told(known, [spelt_out(one, argument, settings) for one in known.cases])
    outcomes = play(told, played.subject)
    return all(compare.same(outcomes[i], known.truth[i]) for i in known.ordinary)


class Told(Book):
    """A book of the same exercise whose cases say more."""

    def __init__(self, known: Book, cases: list[Case]):
        vars(self).update(vars(known))
        self.cases = cases


def spelt_out(one: Case, argument: str, settings: dict[str, Any]) -> Case:
    """Return a case whose argument says the settings it was silent about."""
    if argument not in one.args:
        return one
    return replace(one, args={**one.args, argument: {**settings, **(one.args[argument] or {})}})


def sentence(played: Played, key: str, value: Any) -> str:
    """Say which default is another, with the learner's own and its line where they are to be found."""
    source = read(played.subject.fn)
    found = next(written(source, key), None) if source else None
    if source is None or found is None:
        return played.say("default", setting=key, value=value)
    number, own = found
    return played.say("default_line", setting=key, value=value, own=own, line=number, text=source.quote(number))


def written(source: Source, key: str) -> Iterator[tuple[int, str]]:
    """Give the line and the text of each value that the source gives a setting."""
    for node in ast.walk(source.tree):
        pairs: list[tuple[ast.AST | None, ast.AST]] = []
        if isinstance(node, ast.Call) and len(node.args) == 2:
            pairs = [(node.args[0], node.args[1])]  # setdefault("decay", 0.9), get("decay", 0.9)
        elif isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            pairs = [(node.targets[0].slice, node.value)]
        for name, value in pairs:
            if isinstance(name, ast.Constant) and name.value == key and isinstance(value, ast.Constant):
                yield source.number(value), ast.unparse(value)
        if isinstance(node, ast.keyword) and node.arg == key and isinstance(node.value, ast.Constant):
            yield source.number(node.value), ast.unparse(node.value)
