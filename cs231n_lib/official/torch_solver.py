"""What the official captioning Solvers in PyTorch have in common."""

import torch

from cs231n_lib.data.coco import sample_coco_minibatch

DEFAULTS = {"learning_rate": 0.001, "batch_size": 100, "num_epochs": 10, "print_every": 10, "verbose": True}


class TorchSolver:
    """Train by Adam on batches of captions drawn with replacement.

    Settings: learning_rate (default 1e-3); batch_size (default 100); num_epochs (default 10); print_every, steps
        between printed losses (default 10); verbose (default True).
    Attributes: loss_history, arrays of no axes, one a step.
    Raises: ValueError for an unknown setting.
    """

    def __init__(self, model, data, **kwargs):
        unknown = sorted(set(kwargs) - set(DEFAULTS))
        if unknown:
            raise ValueError(f"{type(self).__name__}: unknown setting {unknown[0]!r}; use one of {', '.join(DEFAULTS)}")
        self.model, self.data = model, data
        for name, default in DEFAULTS.items():
            setattr(self, name, kwargs.get(name, default))
        self.loss_history = []
        self.optim = torch.optim.Adam(self.parameters(), self.learning_rate)

    def parameters(self):
        """Return the tensors to train."""
        raise NotImplementedError

    def loss(self, features, captions):
        """Return the loss of a batch, a tensor of no axes."""
        raise NotImplementedError

    def train(self):
        """Train for num_epochs epochs."""
        steps = self.num_epochs * max(len(self.data["train_captions"]) // self.batch_size, 1)
        for t in range(steps):
            captions, features, _ = sample_coco_minibatch(self.data, self.batch_size)
            loss = self.loss(torch.as_tensor(features), torch.as_tensor(captions).long())
            self.optim.zero_grad()
            loss.backward()
            self.optim.step()
            self.loss_history.append(loss.detach().numpy())
            if self.verbose and t % self.print_every == 0:
                print(f"(Iteration {t + 1} / {steps}) loss: {loss.item():f}")


__all__ = ["TorchSolver"]
