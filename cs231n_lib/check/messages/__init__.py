"""All that the checker says, in English and Chinese: one JSON file of sentences a language."""

from __future__ import annotations

import functools
import json
from pathlib import Path

LANGUAGES = ("en", "zh")


@functools.cache
def _read(file: str) -> dict:
    return json.loads((Path(__file__).parent / file).read_text(encoding="utf-8"))


def say(language: str, key: str, **fields) -> str:
    """Return the sentence `key` in a language, its {fields} filled in."""
    return _read(f"{language}.json")[key].format(**fields)


def topic_texts(language: str, key: str, english: tuple[str, str]) -> tuple[str, str]:
    """Return the two texts of a mistake (title, hint) or an exercise (proof, why); English where there is no other."""
    if language == "en":
        return english
    return tuple(_read(f"{language}_topics.json").get(key, english))
