"""Judge PyTorch models: make one of a learner's class or function, give it known weights, let it run.

Torch is imported by the functions that need it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any
from unittest import mock

import numpy as np

from .run import Blank, Subject, WrongForm


def tensor(array, dtype: str = "float32"):
    """Return a tensor of an array."""
    import torch

    return torch.tensor(np.asarray(array), dtype=getattr(torch, dtype))


def numbers(seed: int) -> np.ndarray:
    """Return numbers to fill the weights of a model with, 997 of them; they are used again and again."""
    return np.random.default_rng(seed).standard_normal(997)


@contextlib.contextmanager
def seeded(seed: int = 0):
    """Start PyTorch's random numbers at a seed, and put them back afterwards."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def make(fn: Subject, *sizes, **settings):
    """Return the model that the learner's class or function makes."""
    import torch

    model = fn.raw(*sizes, **settings)
    if not isinstance(model, torch.nn.Module):
        raise WrongForm("no_module", {"kind": type(model).__name__})

    def answered(module, inputs, out):
        fn.answers += out is not None and out is not Ellipsis

    fn.answers -= 1  # a model alone is no answer yet
    model.register_forward_hook(answered)
    return model


def run(model, *inputs, **settings):
    """Return what a model returns; None is a blank."""
    out = model(*inputs, **settings)
    if out is None or out is Ellipsis:
        raise Blank
    return out


def fill(model, values: np.ndarray, *inputs) -> None:
    """Give all parameters known values, layer by layer in the order in which a call of the model reaches them."""
    reached: list = []
    modules = [m for m in model.modules() if next(m.parameters(recurse=False), None) is not None]
    hooks = [m.register_forward_pre_hook(lambda module, _: reached.append(module)) for m in modules]
    training = model.training
    try:
        run(model.eval(), *inputs)
    finally:
        for hook in hooks:
            hook.remove()
        model.train(training)
    owners = dict.fromkeys([*reached, *modules])
    fill_all((p for owner in owners for p in owner.parameters(recurse=False)), values)


def fill_named(model, values: np.ndarray, names: Iterable[str]) -> None:
    """Give the layers of these names known values; a layer that is not there stops with an AttributeError."""
    fill_all((p for name in names for p in model.get_submodule(name).parameters(recurse=False)), values)


def fill_all(parameters: Iterable, values: np.ndarray) -> None:
    """Write values into parameters, one after another: matrices of moderate products, vectors that are not 0."""
    import torch

    at, cycle = 0, torch.from_numpy(values.astype(np.float32))
    for p in dict.fromkeys(parameters):
        spread = 1.5 / np.sqrt(p[0].numel()) if p.ndim > 1 else 0.5
        some = cycle.roll(-at) * spread
        rest = p.numel() % len(some)
        flat = torch.empty(p.numel())
        flat[: p.numel() - rest].view(-1, len(some)).copy_(some)
        flat[p.numel() - rest :] = some[:rest]
        p.detach().copy_(flat.view(p.shape))
        at += p.numel()


def count(model) -> int:
    """Return how many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())


def flat(model):
    """Return all parameters of a model as one vector."""
    import torch

    return torch.cat([p.detach().ravel() for p in model.parameters()])


def slope(model) -> float:
    """Return the sum of the absolute gradients that a model's parameters hold; 0 where they hold none."""
    return float(sum(p.grad.abs().sum() for p in model.parameters() if p.grad is not None))


def zeros(layer) -> None:
    """Start a linear layer at zero: drawing the weights of a large one takes longer than all the rest."""
    for p in layer.parameters():
        p.detach().zero_()


def run_model(fn: Subject, x, values: np.ndarray, sizes: tuple) -> dict[str, Any]:
    """Play a model: how many parameters it has, and what it returns with known weights."""
    import torch

    with seeded(), mock.patch.object(torch.nn.Linear, "reset_parameters", zeros):
        model = make(fn, *sizes)
        fill(model, values, x)
        output = run(model, x)
        known = output if count(model) else output.new_ones(output.shape)  # else it holds nothing but chance
        return {"parameters": count(model), "output": known}
