# ruff: noqa
# mypy: ignore-errors
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

NOISE_DIM = 96


class Flatten(nn.Module):
    """Lay images flat."""

    def forward(self, x):
        N, C, H, W = x.size()
        return x.view(N, -1)


def bce_loss(input, target):
    """The cross-entropy loss of logits (N,) or (N, 1) for targets (N,)."""
    return F.binary_cross_entropy_with_logits(input.squeeze(), target)
