"""NumPy's global random numbers, which official notebooks seed, where the library wants a generator of its own."""

from typing import Any

import numpy as np


class GlobalRandom:
    """What the Solver asks of a generator, drawn from `np.random`, in the order in which the official code draws."""

    @property
    def bit_generator(self) -> "GlobalRandom":
        """The one whose state can be read and set."""
        return self

    @property
    def state(self) -> Any:
        """The state of `np.random`."""
        return np.random.get_state()

    @state.setter
    def state(self, value: Any) -> None:
        np.random.set_state(value)

    def integers(self, high: int, size: int) -> np.ndarray:
        """Draw `size` whole numbers below `high`, with replacement."""
        return np.random.choice(high, size)


def draw_weights(params: dict[str, np.ndarray], scale: float) -> None:
    """Draw anew all parameters whose name begins with W, in their order: scale * np.random.randn(...)."""
    for name, old in params.items():
        if name.startswith("W"):
            params[name] = (scale * np.random.randn(*old.shape)).astype(old.dtype)
