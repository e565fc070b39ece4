"""Show how far a long loop has come."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def progress(iterable: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """Pass through `iterable` under a progress bar, labelled `what`, that suits a notebook or a terminal.

    total: number of steps, for an iterable that cannot tell its length.
    """
    from tqdm.auto import tqdm

    return tqdm(iterable, desc=what, total=total)
