"""The language in which check, step and show speak: an argument, else what CS231N_LANGUAGE says, else English."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files

LANGUAGES = ("en", "zh")
VARIABLE = "CS231N_LANGUAGE"
OWN_SETTINGS = (VARIABLE, "CS231N_HINTS")  # a learner's; a run that stores or compares outputs must not see them

_speaking: ContextVar[str | None] = ContextVar("language", default=None)


def spoken(given: str | None = None) -> str:
    """Return the language asked for: the argument's, else that of the `speaking` block around, else the environment's.

    Raises: ValueError for one that is not to be had.
    """
    language = given or _speaking.get() or os.environ.get(VARIABLE) or LANGUAGES[0]
    if language not in LANGUAGES:
        source = "language" if given else VARIABLE
        raise ValueError(f"{source} is {language!r}; use one of {', '.join(LANGUAGES)}")
    return language


@contextmanager
def speaking(language: str | None = None) -> Iterator[str]:
    """Speak one language throughout a block, default the one spoken at its start.

    Raises: ValueError for one that is not to be had.
    """
    chosen = spoken(language)
    token = _speaking.set(chosen)
    try:
        yield chosen
    finally:
        _speaking.reset(token)


def sentences(package: str) -> Callable[..., str]:
    """Return say(key, **fields), which fills in a sentence of the package's messages/LANGUAGE.json."""

    def say(key: str, **fields) -> str:
        return table(package, spoken())[key].format(**fields)

    return say


@functools.cache
def table(package: str, name: str) -> dict[str, str]:
    """Read a package's sentences in one language, or another table that stands beside them."""
    return json.loads(files(package).joinpath("messages", f"{name}.json").read_text(encoding="utf-8"))


def environment() -> dict[str, str]:
    """Return the environment without a learner's own settings."""
    return {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
