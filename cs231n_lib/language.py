"""The language in which check, step and show speak: an argument, else what CS231N_LANGUAGE says, else English."""

from __future__ import annotations

import os

LANGUAGES = ("en", "zh")
VARIABLE = "CS231N_LANGUAGE"


def spoken(given: str | None = None) -> str:
    """Return the language asked for.

    Raises: ValueError for one that is not to be had.
    """
    language = given or os.environ.get(VARIABLE) or LANGUAGES[0]
    if language not in LANGUAGES:
        source = "language" if given else VARIABLE
        raise ValueError(f"{source} is {language!r}; use one of {', '.join(LANGUAGES)}")
    return language
