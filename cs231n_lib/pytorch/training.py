"""One training loop for every model: a bar, a seed, checkpoints, stopping and going on."""

import contextlib
import copy
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cs231n_lib.progress import progress
from cs231n_lib.safety import interrupt_held, written_whole


def best_device() -> torch.device:
    """Return the device to train on: a CUDA card, Apple's, or the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def accuracy(model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Return the share of pictures whose highest score is the right one; the model is in test mode meanwhile."""
    training, right, total = model.training, 0, 0
    model.eval()
    with torch.no_grad():
        for x, y in batches:
            device = _device_of(model)
            right += int((model(x.to(device)).argmax(dim=1) == y.to(device)).sum())
            total += len(y)
    model.train(training)
    return right / total


def classifier_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable = F.cross_entropy,
    transform: Callable | None = None,
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> Callable[[tuple[Tensor, Tensor]], Tensor]:
    """Return the step of a classifier for `Trainer`: loss of a batch, gradients, update.

    Settings: loss(scores, y), default cross-entropy;  transform: applied to each batch of pictures, as an augmentation;
        schedule of the learning rate, moved on after each update (default: none, the rate stays).
    """

    def step(batch: tuple[Tensor, Tensor]) -> Tensor:
        x, y = (part.to(_device_of(model)) for part in batch)
        model.train()
        value = loss(model(x if transform is None else transform(x)), y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        return value.detach()

    return step


class Trainer:
    """Feed batches to `step` for a number of epochs, keep records, and be able to stop and go on.

    step(batch) makes one update and returns the loss, or a dictionary of named numbers. Random numbers, of the order
    of the batches and of dropout, come from PyTorch's generator: seeded here, and put back afterwards, so that a
    training neither disturbs nor depends on what runs around it.

    Settings:
        parts: what changes in training, by name: models, optimizers, schedulers (anything with a state_dict);
        num_epochs;  seed (default 0);
        after_epoch(trainer): a dictionary of numbers to keep after each epoch (default: none);
        checkpoint: write the file NAME_epoch_1.pt and so on (default None, none);
        bar: show a progress bar (default True).
    Attributes: history, a list of numbers for each name that `step` returns (a plain loss is called "loss"), one entry
        a step; measured, the same for `after_epoch`, one entry an epoch; iteration, epoch.
    Raises: ValueError for no batches or no epochs; from train(), if a number that `step` returns is nan or infinite.
    """

    def __init__(
        self,
        step: Callable[[Any], Any],
        batches: Any,
        parts: Mapping[str, Any],
        num_epochs: int,
        *,
        seed: int = 0,
        after_epoch: Callable[["Trainer"], dict[str, float]] | None = None,
        checkpoint: str | os.PathLike | None = None,
        bar: bool = True,
    ):
        if num_epochs < 1 or len(batches) < 1:
            raise ValueError(f"Trainer: {num_epochs} epochs of {len(batches)} batches; use at least one of each")
        self.step, self.batches, self.parts, self.num_epochs = step, batches, dict(parts), num_epochs
        self.after_epoch, self.checkpoint, self.bar = after_epoch, checkpoint, bar
        self.iteration = 0
        self.history: dict[str, list[float]] = {}
        self.measured: dict[str, list[float]] = {}
        self._random = torch.Generator().manual_seed(seed).get_state()
        self._running: Iterator | None = None

    @property
    def num_iterations(self) -> int:
        """Steps in the whole training."""
        return self.num_epochs * len(self.batches)

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.iteration // len(self.batches)

    def train(self) -> None:
        """Train until num_epochs epochs are done.

        Ctrl-C, or Jupyter's stop button, ends the training after the current step and keeps everything: calling
        train() again goes on as if nothing had happened.
        """
        with contextlib.suppress(KeyboardInterrupt), interrupt_held() as release, self._own_random_numbers():
            for _ in self._remaining():
                self._one_step()
                release()
        if self.iteration < self.num_iterations:
            print(f"Stopped after iteration {self.iteration} / {self.num_iterations}; train() goes on from here.")

    def resume(self, path: str | os.PathLike) -> None:
        """Become what the Trainer was when it wrote `path`; train() then goes on to the same result.

        Raises: ValueError if the file is damaged, no checkpoint, or of another training. Nothing has changed then.
        """
        stored = _read(path)
        for name in sorted({*stored["parts"], *self.parts}):
            if name not in stored["parts"] or name not in self.parts:
                raise ValueError(
                    f"resume: {path} holds {sorted(stored['parts'])}; this training has {sorted(self.parts)}"
                )
        before = {name: copy.deepcopy(part.state_dict()) for name, part in self.parts.items()}
        try:
            self._load(stored["parts"])
        except Exception as error:
            self._load(before)
            raise ValueError(f"resume: {path} is of another training: {error}") from error
        self.history, self.measured = stored["history"], stored["measured"]
        self.iteration, self._random, self._running = stored["iteration"], stored["random"], None

    def _remaining(self) -> Iterable[int]:
        steps = range(self.iteration, self.num_iterations)
        return progress(steps, "training") if self.bar else steps

    def _one_step(self) -> None:
        if self._running is None:
            self._running = iter(self.batches)
        result = self.step(next(self._running))
        numbers = {name: float(value) for name, value in _named(result).items()}
        self.iteration += 1
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise ValueError(
                    f"train: {name} is {value} at iteration {self.iteration} / {self.num_iterations}; "
                    "try a smaller learning rate, or look for nan in the data"
                )
        _append(self.history, numbers)
        if self.iteration % len(self.batches) == 0:
            self._end_epoch()

    def _end_epoch(self) -> None:
        self._running = None
        if self.after_epoch is not None:
            _append(self.measured, self.after_epoch(self))
        if self.checkpoint is not None:
            self._save(f"{self.checkpoint}_epoch_{self.epoch}.pt")

    def _save(self, path: str) -> None:
        stored = {
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "history": self.history,
            "measured": self.measured,
            "iteration": self.iteration,
            "random": torch.get_rng_state(),
        }
        with written_whole(path) as file:
            torch.save(stored, file)

    def _load(self, states: dict[str, Any]) -> None:
        for name, part in self.parts.items():
            part.load_state_dict(states[name])

    @contextlib.contextmanager
    def _own_random_numbers(self) -> Iterator[None]:
        with torch.random.fork_rng():
            torch.set_rng_state(self._random)
            try:
                yield
            finally:
                self._random = torch.get_rng_state()


def _named(result: Any) -> dict[str, Any]:
    return result if isinstance(result, dict) else {"loss": result}


def _append(lists: dict[str, list[float]], numbers: Mapping[str, float]) -> None:
    for name, value in numbers.items():
        lists.setdefault(name, []).append(float(value))


def _read(path: str | os.PathLike) -> dict[str, Any]:
    """Read a checkpoint; tensors, numbers and words only, never a program."""
    try:
        stored = torch.load(path, weights_only=True, map_location="cpu")
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged or foreign file fails in many ways
        raise ValueError(f"resume: {path} is damaged or no checkpoint ({type(error).__name__})") from error
    wanted = {"parts", "history", "measured", "iteration", "random"}
    if not isinstance(stored, dict) or not wanted <= stored.keys():
        raise ValueError(f"resume: {path} is no checkpoint; a Trainer with a checkpoint name writes them")
    return stored


def _device_of(model: nn.Module) -> torch.device:
    return next(model.parameters()).device
