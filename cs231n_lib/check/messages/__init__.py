"""All that the checker says, in English and Chinese: one JSON file of sentences a language.

The sentences of exercises and puzzles stand apart, in LANGUAGE_topics.json by their English; those of mistakes in
`catalogue`.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from ...language import LANGUAGES
from .. import catalogue

__all__ = ["LANGUAGES", "say", "translate"]


@functools.cache
def _read(file: str) -> dict:
    return json.loads((Path(__file__).parent / file).read_text(encoding="utf-8"))


def say(language: str, key: str, **fields) -> str:
    """Return the sentence `key` in a language, its {fields} filled in."""
    return _read(f"{language}.json")[key].format(**fields)


def translate(language: str, text: str) -> str:
    """Return a text of an exercise, a puzzle or a mistake in a language; itself where no translation stands."""
    if language == "en":
        return text
    return _read(f"{language}_topics.json").get(text) or catalogue.translation(language, text) or text
