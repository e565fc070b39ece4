"""What every judging process needs: imported once, by the server that forks them. It starts no thread."""

from . import fence  # noqa: F401 -- NumPy and the engine come with it
from .messages import LANGUAGES, translate
from .registry import items

items()
for language in LANGUAGES:
    translate(language, "")  # reads all sentences, and with them the catalogue
