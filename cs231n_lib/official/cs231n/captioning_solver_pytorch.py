"""Assignment 2, 2025 and 2026: the Solver of the captioning nets in PyTorch."""

import torch

from cs231n_lib.official.torch_solver import TorchSolver


class CaptioningSolverPytorch(TorchSolver):
    """Train a net whose `params` is a dictionary of tensors and whose `loss(features, captions)` is a tensor."""

    def parameters(self):
        """Return the tensors to train."""
        return list(self.model.params.values())

    def loss(self, features, captions):
        """Return the model's own loss."""
        return self.model.loss(features, captions)

    def train(self):
        """Train; the parameters require gradients meanwhile, and at no other time."""
        for p in self.parameters():
            p.requires_grad_(True)
        try:
            super().train()
        finally:
            for p in self.parameters():
                p.requires_grad_(False)
                p.grad = None


__all__ = ["CaptioningSolverPytorch", "torch"]
