"""The diagnosing checker: it names the mistake."""

from .engine import check
from .registry import add_file, exercises, lines

__all__ = ["add_file", "check", "exercises", "lines"]
