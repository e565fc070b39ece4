"""The laws every pair of forward and backward obeys, whatever it computes; `pairs` lists the pairs."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Pair:
    """One forward with its backward, and a fixture that hides no mistake.

    make(rng, **sizes) returns forward's arguments by name, in forward's order, or None where a window does not fit.
    Its default sizes are the hostile fixture: all different, nothing square, every parameter away from 0 and 1.
    Every float array among the arguments has a gradient, and backward returns them in this order.
    sizes gives the range from which Hypothesis draws each size.
    """

    name: str
    forward: Callable
    backward: Callable
    make: Callable[..., dict | None]
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    twin: str = ""

    @property
    def twin_name(self) -> str:
        return self.twin or self.forward.__name__


def loss_pair(loss: Callable, make: Callable, **kwargs) -> Pair:
    """Read a loss, which returns its value and dx at once, as a pair."""

    def forward(*arguments):
        value, dx = loss(*arguments)
        return value, dx

    return Pair(loss.__name__, forward, lambda dout, dx: dout * dx, make, twin=loss.__name__, **kwargs)


def arguments_of(pair: Pair) -> dict:
    """Return the pair's hostile fixture."""
    arguments = pair.make(np.random.default_rng(0))
    assert arguments is not None, f"{pair.name}: the fixture's window does not fit"
    return arguments


def learnable(arguments: dict) -> dict[str, np.ndarray]:
    """Return the arguments with a gradient: all float arrays."""
    return {name: value for name, value in arguments.items() if _is_float(value)}


def run(pair: Pair, arguments: dict) -> tuple[list, object]:
    """Return all outputs and the cache; settings are copied first, since batch norm writes to its own."""
    settings = {name: copy.deepcopy(value) if isinstance(value, dict) else value for name, value in arguments.items()}
    *outs, cache = pair.forward(*settings.values())
    return outs, cache


def back(pair: Pair, douts: list, cache) -> tuple:
    """Return all gradients as a tuple."""
    gradients = pair.backward(*douts, cache)
    return gradients if isinstance(gradients, tuple) else (gradients,)


def random_douts(outs: list, seed: int = 1) -> list:
    """Return one random dout per output, of its shape and dtype; dout = 1 would hide mistakes."""
    rng = np.random.default_rng(seed)
    return [float(rng.normal()) if np.ndim(out) == 0 else rng.normal(size=out.shape).astype(out.dtype) for out in outs]


def check_gradients(pair: Pair) -> None:
    """Law 1: backward equals central differences, along random directions and under a random dout."""
    arguments = arguments_of(pair)
    outs, cache = run(pair, arguments)
    douts = random_douts(outs)
    gradients = back(pair, douts, cache)
    assert len(gradients) == len(learnable(arguments)), f"{pair.name}: {len(gradients)} gradients"

    def weighted(name, value):
        outs, _ = run(pair, arguments | {name: value})
        return sum(np.sum(out * dout) for out, dout in zip(outs, douts, strict=True))

    rng, h = np.random.default_rng(2), 1e-5
    for (name, value), gradient in zip(learnable(arguments).items(), gradients, strict=True):
        assert gradient.shape == value.shape, f"{pair.name}: d{name} has shape {gradient.shape}, not {value.shape}"
        for _ in range(3):
            direction = rng.normal(size=value.shape)
            numeric = (weighted(name, value + h * direction) - weighted(name, value - h * direction)) / (2 * h)
            np.testing.assert_allclose(np.sum(gradient * direction), numeric, rtol=1e-6, atol=1e-7, err_msg=f"d{name}")


def check_linear(pair: Pair) -> None:
    """Law 2: backward is linear in dout; the same cache serves three times, so backward leaves it alone."""
    outs, cache = run(pair, arguments_of(pair))
    first, second = random_douts(outs, 1), random_douts(outs, 2)
    mixed = back(pair, [2 * a - 3 * b for a, b in zip(first, second, strict=True)], cache)
    for got, a, b in zip(mixed, back(pair, first, cache), back(pair, second, cache), strict=True):
        np.testing.assert_allclose(got, 2 * a - 3 * b, rtol=1e-9, atol=1e-10)


def check_untouched(pair: Pair) -> None:
    """Law 3: nothing that was handed in has changed, except bn_param's running statistics."""
    arguments = arguments_of(pair)
    before = copy.deepcopy(arguments)
    *outs, cache = pair.forward(*arguments.values())
    douts = random_douts(outs)
    douts_before = copy.deepcopy(douts)
    back(pair, douts, cache)
    for name, old in before.items():
        new = arguments[name]
        if isinstance(old, dict):
            old, new = _without_statistics(name, old), _without_statistics(name, new)
        np.testing.assert_equal(new, old, err_msg=f"{pair.name} changed {name}")
    np.testing.assert_equal(douts, douts_before, err_msg=f"{pair.name} changed dout")


def check_float32(pair: Pair) -> None:
    """Law 4: float32 in: float32 out, cached and as gradients, with the values of float64; also with NumPy settings."""
    exact = arguments_of(pair)
    outs, cache = run(pair, {name: _single(value) for name, value in exact.items()})
    exact_outs, exact_cache = run(pair, exact)
    douts = random_douts(outs)
    gradients = back(pair, douts, cache)
    exact_douts = [np.asarray(dout, np.float64) for dout in douts]
    for got, want in zip([*outs, *gradients], [*exact_outs, *back(pair, exact_douts, exact_cache)], strict=True):
        single = type(got) is float if np.ndim(got) == 0 else got.dtype == np.float32  # Python's float widens nothing
        assert single, f"{pair.name} turned float32 into {type(got) if np.ndim(got) == 0 else got.dtype}"
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5 * max(1, np.max(np.abs(want))))
    wide = [array.shape for array in _arrays_in(cache) if array.dtype == np.float64]
    assert not wide, f"{pair.name} keeps float64 arrays of shapes {wide} in its cache"


def _arrays_in(cache) -> Iterator[np.ndarray]:
    """Yield the arrays of a cache, those inside its tuples, lists and dictionaries too."""
    if isinstance(cache, np.ndarray):
        yield cache
    elif isinstance(cache, dict):
        yield from _arrays_in(list(cache.values()))
    elif isinstance(cache, tuple | list):
        for part in cache:
            yield from _arrays_in(part)


def check_memory_order(pair: Pair) -> None:
    """Arrays whose numbers lie in another order in memory give the same numbers."""
    arguments = arguments_of(pair)
    turned = {name: _turned(value) if _is_float(value) else value for name, value in arguments.items()}
    outs, cache = run(pair, arguments)
    turned_outs, turned_cache = run(pair, turned)
    douts = random_douts(outs)
    turned_douts = [dout if np.ndim(dout) == 0 else _turned(dout) for dout in douts]
    gradients, turned_gradients = back(pair, douts, cache), back(pair, turned_douts, turned_cache)
    for got, want in zip([*turned_outs, *turned_gradients], [*outs, *gradients], strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)


def check_twin(pair: Pair, **sizes: int) -> bool:
    """Law 6: output and gradients equal those of PyTorch in float64; False where a window does not fit."""
    import torch

    from cs231n_lib.pytorch import twins

    arguments = pair.make(np.random.default_rng(0), **sizes)
    if arguments is None:
        return False
    tensors = {name: _tensor(value) for name, value in arguments.items()}
    results = getattr(twins, pair.twin_name)(*tensors.values())
    twin_outs = results if isinstance(results, tuple) else (results,)
    outs, cache = run(pair, arguments)
    douts = random_douts(outs)
    leaves = [tensor for tensor in tensors.values() if isinstance(tensor, torch.Tensor) and tensor.requires_grad]
    twin_douts = [torch.as_tensor(dout, dtype=torch.float64) for dout in douts]
    twin_gradients = torch.autograd.grad(twin_outs, leaves, twin_douts)
    gradients = back(pair, douts, cache)
    for got, want in zip([*outs, *gradients], [*twin_outs, *twin_gradients], strict=True):
        assert np.shape(got) == tuple(want.shape), f"{pair.name}: shape {np.shape(got)}, PyTorch {tuple(want.shape)}"
        np.testing.assert_allclose(got, want.detach().numpy(), rtol=1e-10, atol=1e-10)
    return True


def _is_float(value) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _without_statistics(name: str, settings: dict) -> dict:
    hidden = ("running_mean", "running_var") if name == "bn_param" else ()
    return {key: value for key, value in settings.items() if key not in hidden}


def _single(value):
    """Arrays in float32; a setting as a NumPy float64, which turns float32 arrays into float64 where it meets them."""
    if isinstance(value, dict):
        return {key: _single(setting) for key, setting in value.items()}
    if isinstance(value, float):
        return np.float64(value)
    return value.astype(np.float32) if _is_float(value) else value


def _turned(array: np.ndarray) -> np.ndarray:
    return np.asfortranarray(array)


def _tensor(value):
    import torch

    if not isinstance(value, np.ndarray):
        return value
    return torch.tensor(value, requires_grad=value.dtype.kind == "f")
