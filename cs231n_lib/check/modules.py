"""Judge PyTorch models: make one of a learner's class or function, give it known weights, let it run.

Torch is imported by the functions that need it.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


def on_cpu(fn: Subject) -> dict[str, str]:
    """Return the setting that keeps a function on the processor, if it has one."""
    with contextlib.suppress(TypeError, ValueError):
        return {"device": "cpu"} if "device" in inspect.signature(fn.fn).parameters else {}
    return {}


def taken(fn: Subject, *args) -> tuple:
    """Return the leading arguments that a function takes; files of older editions have not all of them yet."""
    try:
        signature = inspect.signature(fn.fn)
    except (TypeError, ValueError):
        return args
    for count in range(len(args), 0, -1):
        with contextlib.suppress(TypeError):
            signature.bind(*args[:count])
            return args[:count]
    return ()


def run(model, *inputs, **settings):
    """Return what a model returns; None is a blank."""
    out = model(*inputs, **settings)
    if out is None or out is Ellipsis:
        raise Blank
    return out


def in_order_of_use(model, *inputs) -> list:
    """Return the parts that hold parameters themselves, in the order in which a call reaches them, the rest behind."""
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
    return list(dict.fromkeys([*reached, *modules]))


def fill(model, values: np.ndarray, *inputs) -> None:
    """Give all parameters known values, layer by layer in the order in which a call of the model reaches them."""
    owners = in_order_of_use(model, *inputs)
    fill_all((p for owner in owners for p in owner.parameters(recurse=False)), values)


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


def run_model(fn: Subject, x, values: np.ndarray, sizes: tuple, instead: tuple = ()) -> dict[str, Any]:
    """Play a model: how many parameters it has, and what it returns with known weights.

    instead: the shape of one row of x for a model that does not take it as it is, such as (784,).
    """
    import torch

    with seeded(), mock.patch.object(torch.nn.Linear, "reset_parameters", zeros):
        model = make(fn, *sizes)
        try:
            fill(model, values, x)
        except (RuntimeError, ValueError, IndexError):
            if not instead:
                raise
            x = x.reshape(-1, *instead)
            fill(model, values, x)
        output = run(model, x)
        known = output if count(model) else output.new_ones(output.shape)  # else it holds nothing but chance
        return {"parameters": count(model), "output": known}


def mask_laws(masks, axes: tuple[str, ...]) -> dict[str, int]:
    """Return for each axis of random masks whether they are the same along it: 1 where neighbours hardly differ."""
    found = {}
    for axis, name in enumerate(axes):
        count = masks.shape[axis] - 1
        same = masks.narrow(axis, 0, count) == masks.narrow(axis, 1, count)
        found[f"the same mask for all {name}"] = int(same.double().mean() > 0.9)
    return found


# --- attention -------------------------------------------------------------------------------------------------------

ROLES = ("key", "query", "value", "proj")


def linears(module) -> list:
    """Return the linear layers inside a module."""
    from torch import nn

    return [m for m in module.modules() if isinstance(m, nn.Linear)]


def holders(model, holds: Callable[[Any], bool]) -> list:
    """Return the smallest parts of a model that can be called and for which `holds` is true."""
    from torch import nn

    found = [m for m in model.modules() if not isinstance(m, nn.ModuleList | nn.ModuleDict) and holds(m)]
    return [m for m in found if not any(other is not m and other in found for other in m.modules())]


def attentions(model) -> list:
    """Return the parts that attend: PyTorch's own, and the smallest that hold four linear layers."""
    from torch import nn

    own = nn.MultiheadAttention
    return holders(model, lambda m: isinstance(m, own) or len(linears(m)) == len(ROLES))


def projections(attention, size: int) -> list:
    """Return the linear layers of an attention: key, query, value, proj by their names, else by what each is given."""
    layers = linears(attention)
    named = [getattr(attention, role, None) for role in ROLES]
    if any(one is None for one in named):
        roles = roles_by_use(attention, layers, size)
        named = sorted(layers[: len(ROLES)], key=lambda layer: ROLES.index(roles[layer]))
    return [*named, *(layer for layer in layers if layer not in named)]


def roles_by_use(attention, layers: list, size: int) -> dict:
    """Return the role of each linear layer: which of query, key and value it is given; proj for none of them."""
    import torch

    inputs = dict(zip(("query", "key", "value"), torch.randn(3, 2, 3, size), strict=True))
    seen: dict = {}
    hooks = [m.register_forward_pre_hook(lambda m, args: seen.setdefault(m, args[0])) for m in layers]
    with contextlib.suppress(Exception):  # whatever is wrong with the call shows when it is played
        attention(*inputs.values())
    for hook in hooks:
        hook.remove()
    found: dict = {}
    for layer, x in seen.items():
        role = next((name for name, given in inputs.items() if same_numbers(x, given)), "proj")
        if role not in found.values():
            found[layer] = role
    rest = (role for role in ROLES if role not in found.values())
    return {**found, **dict(zip((m for m in layers if m not in found), rest, strict=False))}


def same_numbers(one, other) -> bool:
    """Return whether two tensors hold the same numbers in any order and shape."""
    import torch

    return one.numel() == other.numel() and torch.equal(one.ravel().sort().values, other.ravel().sort().values)


def weights_of(attention, size: int) -> list:
    """Return the weights and biases of an attention in the order key, query, value, proj."""
    from torch import nn

    if not isinstance(attention, nn.MultiheadAttention):
        return [p for layer in projections(attention, size) for p in layer.parameters(recurse=False)]
    query, key, value = attention.in_proj_weight.detach().split(size)
    query_bias, key_bias, value_bias = attention.in_proj_bias.detach().split(size)
    return [key, key_bias, query, query_bias, value, value_bias, *attention.out_proj.parameters()]


@dataclass
class Parts:
    """The parts of a model with attention, each kind in order of use."""

    attentions: list
    others: list  # embeddings, then linear layers, then what holds vectors alone
    hidden: list  # in each decoder layer, the two linear layers of its feed-forward part


def parts(model, *inputs) -> Parts:
    """Return the parts of a model with attention, whatever their names are."""
    from torch import nn

    order = in_order_of_use(model, *inputs)
    found = attentions(model)
    inside = {id(m): a for a in found for m in a.modules()}
    used = list(dict.fromkeys(inside[id(m)] for m in order if id(m) in inside))
    others = [m for m in order if id(m) not in inside]
    others.sort(key=lambda m: 0 if isinstance(m, nn.Embedding) else 1 if isinstance(m, nn.Linear) else 2)
    layers = holders(model, lambda m: sum(a in found for a in m.modules()) == 2)
    held = [[m for m in others if isinstance(m, nn.Linear) and m in list(layer.modules())] for layer in layers]
    return Parts(used, others, [(first, second) for first, second, *_ in (h for h in held if len(h) > 1)])


def fill_parts(found: Parts, values: np.ndarray, size: int) -> None:
    """Give a model with attention known weights.

    The hidden numbers of each feed-forward part lie near 10 and -10, where ReLU and GELU are the same.
    """
    attended = (p for attention in found.attentions for p in weights_of(attention, size))
    fill_all((*attended, *(p for m in found.others for p in m.parameters(recurse=False))), values)
    for first, second in found.hidden:
        first.bias.detach().sign_().mul_(10)
        second.weight.detach().mul_(0.1)
