"""A list of pairs is a pair: layers one after another, forward in order and backward in reverse."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Step:
    """One layer of a chain: a pair, the NAMES of its parameters, and its settings.

    The chain's user holds the arrays, so that an optimiser may put new ones in their place.

    Settings: names in the order of forward's arguments, each with a number behind it or none, such as ("W1", "b1") for
        (x, w, b); settings, what forward takes after its parameters.
    Raises: ValueError if names and settings do not fit forward's arguments. Without this, gamma and beta could change
        places and still pass every gradient check.
    """

    forward: Callable
    backward: Callable
    names: tuple[str, ...] = ()
    settings: tuple = ()

    def __post_init__(self) -> None:
        _, *arguments = inspect.signature(self.forward).parameters.values()  # without x
        required = [argument.name for argument in arguments if argument.default is argument.empty]
        plain = [name.rstrip("0123456789").lower() for name in self.names]
        wanted = [argument.name.lower() for argument in arguments]
        if plain != wanted[: len(plain)] or not len(required) <= len(plain) + len(self.settings) <= len(wanted):
            given = f"the names {self.names} and {len(self.settings)} settings"
            raise ValueError(f"Step: {self.forward.__name__} takes x and {', '.join(wanted)}; it was given {given}")


def chain_forward(x: np.ndarray, params: Mapping[str, np.ndarray], steps: Sequence[Step]) -> tuple[np.ndarray, list]:
    """Send x through all steps.

    Settings: params, the arrays by name.
    Returns: out, and the cache for `chain_backward`.
    """
    cache = []
    for step in steps:
        x, step_cache = step.forward(x, *(params[name] for name in step.names), *step.settings)
        cache.append((step, step_cache))
    return x, cache


def chain_backward(dout: np.ndarray, cache: list) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Send dout back through all steps, the last one first.

    Returns: dx, and the gradients by name; a parameter that several steps share gets the sum.
    """
    grads: dict[str, np.ndarray] = {}
    for step, step_cache in reversed(cache):
        gradients = step.backward(dout, step_cache)
        dout, *dparams = gradients if isinstance(gradients, tuple) else (gradients,)
        for name, dparam in zip(step.names, dparams, strict=True):
            grads[name] = grads[name] + dparam if name in grads else dparam
    return dout, grads
