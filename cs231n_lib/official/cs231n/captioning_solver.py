"""Assignment 3, to 2024: the Solver of captioning nets in NumPy."""

from cs231n_lib import solver
from cs231n_lib.official.cs231n.solver import OfficialSteps, settings
from cs231n_lib.official.random import GlobalRandom


class CaptioningSolver(OfficialSteps, solver.CaptioningSolver):
    """Train a captioning net.

    Settings: update_rule, optim_config, lr_decay, batch_size, num_epochs, print_every, verbose, as in
        `cs231n_lib.solver.CaptioningSolver`.
    """

    ALLOWED = ("update_rule", "optim_config", "lr_decay", "batch_size", "num_epochs", "print_every", "verbose")

    def __init__(self, model, data, **kwargs):
        super().__init__(model, data, **settings(self.ALLOWED, kwargs))
        self.rng = GlobalRandom()

    def check_accuracy(self, X, y, num_samples=None, batch_size=100):
        """Return 0.0: the official class measures nothing."""
        return 0.0


__all__ = ["CaptioningSolver"]
