"""Draw and render what a request asks for, through the cache."""

from collections.abc import Callable

import numpy as np

from cs231n_lib.data.cache import cached
from cs231n_lib.data.render import render
from cs231n_lib.data.scenes import BLOCK, VERSION, Spec, fingerprint, take
from cs231n_lib.progress import progress


def pictures(
    draw: Callable[[str, int], Spec], split: str, number: int, size: int, bar: bool = False
) -> tuple[np.ndarray, Spec]:
    """Draw and render the first `number` pictures of a split: (number, size, size, 3) uint8, and their spec.

    Whole blocks are drawn and cached, so that requests of any size share them.  bar: show a progress bar.
    """
    blocks = max(1, -(-number // BLOCK))
    spec = draw(split, blocks * BLOCK)
    steps = progress(range(blocks), f"pictures, {split}") if bar else range(blocks)
    images = [_block(take(spec, slice(k * BLOCK, (k + 1) * BLOCK)), size) for k in steps]
    return np.concatenate(images)[:number], take(spec, slice(number))


def check_number(name: str, number: int, least: int, most: int) -> None:
    """Refuse anything but a whole number between two limits."""
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or not least <= number <= most:
        raise ValueError(f"{name} is {number!r}; use a whole number from {least} to {most}")


def _block(spec: Spec, size: int) -> np.ndarray:
    """Render one block, or fetch it: the spec's own hash names the file, so another spec never finds it."""
    return cached(f"scenes-{VERSION}-{size}-{fingerprint(spec)[:24]}", lambda: render(spec, size))
