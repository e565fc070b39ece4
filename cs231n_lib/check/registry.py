"""Which exercises there are and where they stand."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path

from . import exercises as course
from .model import Exercise
from .puzzles import Listing, Puzzle

_added: dict[str, Exercise | Puzzle] = {}


@functools.cache
def _course() -> dict[str, Exercise | Puzzle]:
    names = sorted(m.name for m in pkgutil.iter_modules(course.__path__))
    return _collect(importlib.import_module(f"{course.__name__}.{name}") for name in names)


def _collect(modules) -> dict[str, Exercise | Puzzle]:
    return {item.name: item for module in modules for item in module.EXERCISES}


def items() -> dict[str, Exercise | Puzzle]:
    """Return all exercises and puzzles by name, in the order of the course."""
    return {**_course(), **_added}


def exercises() -> list[str]:
    """Return the names of all exercises, in the order of the course."""
    return list(items())


def exercise(name: str) -> Exercise:
    """Return the exercise of this name."""
    item = items()[name]
    assert isinstance(item, Exercise)
    return item


def lines(name: str) -> Listing:
    """Return the lines of a puzzle as the learner sees them; a cell shows them numbered from 1.

    Raises: ValueError if there is no puzzle of this name.
    """
    item = items().get(name)
    if not isinstance(item, Puzzle):
        names = [n for n, i in items().items() if isinstance(i, Puzzle)]
        raise ValueError(f"lines: there is no puzzle {name!r}; use one of {', '.join(names)}")
    return item.listing()


def add_file(path: str | Path) -> list[str]:
    """Add a teacher's own topic file, a Python file with a list `EXERCISES`; return the names it brought."""
    spec = importlib.util.spec_from_file_location(f"cs231n_check_{Path(path).stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"add_file: {path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # so that the file's exercises find their functions by name
    spec.loader.exec_module(module)
    found = _collect([module])
    _added.update(found)
    return list(found)
