"""The first exercise of the course, to try the checker on."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def spread(x: "np.ndarray") -> float:
    """Return the largest minus the smallest entry of x (N,)."""
    return x.max() - x.min()
