"""Several processes as one: sums and gathered rows through which gradients flow back to where they came from."""

import os
import sys
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from cs231n_lib.pytorch.training import best_device


def join() -> torch.device:
    """Meet the other processes that `torchrun` started, if any; return the device this one is to work on.

    Each process has a graphics card of its own, and they talk by nccl; with too few cards for that, all of them work
    on the processor and talk by gloo.
    """
    if "RANK" not in os.environ:  # torchrun sets it, and what is read below
        return best_device()
    cards = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    dist.init_process_group("nccl" if cards else "gloo")
    if not cards:
        return torch.device("cpu")
    card = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(card)
    return card


def leave() -> None:
    """Wait for the other processes and end this one, as the last thing it does; alone, do nothing.

    The process ends without Python's and C++'s tidying up: about once in fifty runs a thread of gloo is still there
    then, the process aborts, and torchrun ends the others and reports a failure after a whole training.
    """
    if not dist.is_initialized():
        return
    dist.barrier()  # whoever ends first must not cut the others off
    dist.destroy_process_group()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def count() -> int:
    """Return how many processes train together; 1 without `torchrun`."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Return the number of this process, 0 for the first."""
    return dist.get_rank() if dist.is_initialized() else 0


def my_share(total: int) -> slice:
    """Return which rows of a batch of `total` rows are this process's.

    Raises: ValueError if they cannot be shared evenly.
    """
    if total % count():
        raise ValueError(f"a batch of {total} cannot be shared evenly by {count()} processes; use a multiple")
    share = total // count()
    return slice(rank() * share, (rank() + 1) * share)


class _Sum(torch.autograd.Function):
    """Add a tensor over all processes; what each process does with the sum flows back to every summand."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, dout: Tensor) -> Tensor:
        total = dout.clone()
        dist.all_reduce(total)
        return total


def summed(x: Tensor) -> Tensor:
    """Return the sum of x over all processes."""
    return _Sum.apply(x) if count() > 1 else x


def gathered(x: Tensor) -> Tensor:
    """Return the rows of all processes, in order: x (n, D) -> (n * count, D)."""
    if count() == 1:
        return x
    everyone = x.new_zeros((count(), *x.shape))
    own = torch.zeros(count(), dtype=x.dtype, device=x.device)
    own[rank()] = 1
    return summed(everyone + own.reshape(-1, *[1] * x.ndim) * x).flatten(0, 1)


def add_gradients(model: nn.Module) -> None:
    """Give every process the gradients of the whole batch; the loss of each must be its share of the whole loss."""
    if count() > 1:
        for p in model.parameters():
            if p.grad is not None:
                dist.all_reduce(p.grad)


class SharedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation with mean and variance over the batches of all processes, for (N, C) and (N, C, H, W).

    One process alone gets PyTorch's own. (`nn.SyncBatchNorm` needs a graphics card.)
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in (2, 4):
            raise ValueError(f"SharedBatchNorm: x has shape {tuple(input.shape)}; use (N, C) or (N, C, H, W)")

    def forward(self, input: Tensor) -> Tensor:
        if count() == 1 or not self.training:
            return super().forward(input)
        self._check_input_dim(input)
        axes = [0, *range(2, input.ndim)]
        number = count() * input.numel() // input.shape[1]
        column = (1, -1, *[1] * (input.ndim - 2))
        mean = summed(input.sum(axes)) / number
        centred = input - mean.reshape(column)
        var = summed(centred.square().sum(axes)) / number
        with torch.no_grad():
            share = self.momentum or 0.0
            for running, new in ((self.running_mean, mean), (self.running_var, var * number / (number - 1))):
                if running is not None:
                    running.lerp_(new, share)
        xhat = centred * torch.rsqrt(var + self.eps).reshape(column)
        return xhat * self.weight.reshape(column) + self.bias.reshape(column)


def share_batch_norms(model: nn.Module) -> nn.Module:
    """Replace every batch normalisation inside a model by a `SharedBatchNorm` of the same state; return the model."""
    for name, child in model.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum)
            shared.load_state_dict(child.state_dict())
            setattr(model, name, shared)
        else:
            share_batch_norms(child)
    return model
