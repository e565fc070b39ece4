"""Show how far a long loop has come."""

from collections.abc import Iterable
from html import escape
from typing import Any, TypeVar

T = TypeVar("T")


def progress(iterable: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """Pass through `iterable` under a progress bar, labelled `what`, that suits a notebook or a terminal.

    total: number of steps, for an iterable that cannot tell its length.
    """
    from tqdm.auto import tqdm
    from tqdm.notebook import tqdm_notebook

    if not issubclass(tqdm, tqdm_notebook):
        return tqdm(iterable, desc=what, total=total)
    from IPython.display import display

    bar = tqdm(iterable, desc=what, total=total, display=False)
    display(_Bar(bar))
    return bar


class _Bar:
    """A notebook's bar that leaves a line of text where there is no kernel to move it: on paper, in a fresh clone."""

    def __init__(self, bar: Any):  # to the stubs tqdm.auto's is the terminal's, which has no container
        self.bar = bar

    def __repr__(self) -> str:
        return self.bar.desc.removesuffix(": ") + ("" if self.bar.total is None else f": {self.bar.total} steps")

    def _repr_mimebundle_(self, **_kwargs: object) -> dict:
        view = self.bar.container._repr_mimebundle_() or {}
        return {**view, "text/html": f"<p><small>{escape(repr(self))}</small></p>", "text/plain": repr(self)}
