"""Assignments 1 and 2: the Solver, drawing from NumPy's global generator and as talkative as the official one."""

import pickle

from cs231n_lib import optim, solver
from cs231n_lib.official.random import GlobalRandom
from cs231n_lib.safety import written_whole

KEPT = ("model", "update_rule", "lr_decay", "optim_config", "batch_size", "num_train_samples", "num_val_samples")


def settings(allowed, given):
    """Return the settings with those of the library that the official class has not.

    Raises: ValueError for a setting the official class does not know.
    """
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise ValueError(f"unknown setting {unknown[0]!r}; use one of {', '.join(allowed)}")
    return {**given, "bar": False}


class OfficialSteps(solver._Training):
    """A step that goes on when the loss is nan or infinite: notebooks try rates at which it is."""

    def _step(self):
        loss, grads = self.model.loss(*self._batch())
        rule, params = optim.RULES[self.update_rule], self.model.params
        for name, w in params.items():
            params[name], self.optim_configs[name] = rule(w, grads[name], self.optim_configs[name])
        if self.verbose and self.iteration % self.print_every == 0:
            print(f"(Iteration {self.iteration + 1} / {self.num_iterations}) loss: {loss:f}")
        self.loss_history.append(loss)
        self.iteration += 1


class Solver(OfficialSteps, solver.Solver):
    """Train a classifier.

    Settings: update_rule, optim_config, lr_decay, batch_size, num_epochs, num_train_samples, num_val_samples,
        checkpoint_name, print_every, verbose, as in `cs231n_lib.solver.Solver`.
    """

    ALLOWED = (
        "update_rule",
        "optim_config",
        "lr_decay",
        "batch_size",
        "num_epochs",
        "num_train_samples",
        "num_val_samples",
        "checkpoint_name",
        "print_every",
        "verbose",
    )

    def __init__(self, model, data, **kwargs):
        super().__init__(model, data, **settings(self.ALLOWED, kwargs))
        self.rng = GlobalRandom()

    def _save(self, path):
        content = {name: getattr(self, name) for name in (*KEPT, "epoch", *self.HISTORIES)}
        path = f"{self.checkpoint_name}_epoch_{self.epoch}.pkl"
        if self.verbose:
            print(f'Saving checkpoint to "{path}"')
        with written_whole(path) as file:
            pickle.dump(content, file)


__all__ = ["Solver"]
