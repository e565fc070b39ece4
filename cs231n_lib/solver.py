"""The Solver: draws batches, asks a net for its loss and gradients, updates the parameters, and keeps the records."""

import contextlib
import functools
import inspect
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ParamSpec, Protocol

import numpy as np

from cs231n_lib import optim
from cs231n_lib.progress import progress
from cs231n_lib.safety import interrupt_held, written_whole

STATISTICS = ("running_mean", "running_var")

Groups = dict[str, dict[str, np.ndarray]]  # what a checkpoint holds, by group and name
Statistics = list[dict[str, np.ndarray]]  # of each normalising layer of a net
Settings = ParamSpec("Settings")


class Model(Protocol):
    """What the Solvers ask of a net; `loss` takes a batch, or images alone, and returns what `Net.loss` does."""

    params: dict[str, np.ndarray]

    def loss(self, *args: Any, **kwargs: Any) -> Any: ...


def _unknown_settings_refused(init: Callable[Settings, None]) -> Callable[Settings, None]:
    """Let a constructor say which settings there are when it is given another one."""
    parameters = inspect.signature(init).parameters
    allowed = [name for name, parameter in parameters.items() if parameter.kind is parameter.KEYWORD_ONLY]

    @functools.wraps(init)
    def refusing(*args: Settings.args, **kwargs: Settings.kwargs) -> None:
        unknown = sorted(set(kwargs) - set(parameters))
        if unknown:
            raise ValueError(f"{type(args[0]).__name__}: unknown setting {unknown[0]!r}; use one of {allowed}")
        init(*args, **kwargs)

    return refusing


class _Training:
    """What training has in common whatever the data are: steps, records, checkpoints, stopping and going on.

    A subclass draws the batches (`_batch`) and may measure and note something after the first step and each epoch.
    The net needs `params`, a dictionary of arrays, and `loss(*batch)`, which returns loss and gradients. If it has
    `bn_params` (running statistics) or `dropout_param` (with an "rng"), they are kept and restored as well.
    """

    HISTORIES: tuple[str, ...] = ("loss_history",)

    def __init__(
        self,
        model: Model,
        num_train: int,
        *,
        update_rule: str,
        optim_config: optim.Config | None,
        lr_decay: float,
        batch_size: int,
        num_epochs: int,
        max_grad_norm: float | None,
        checkpoint_name: str | None,
        print_every: int,
        verbose: bool,
        bar: bool,
        rng: int | np.random.Generator | None,
    ):
        self.model, self.num_train = model, num_train
        self.update_rule, self.optim_config, self.lr_decay = update_rule, optim_config or {}, lr_decay
        self.batch_size, self.num_epochs, self.max_grad_norm = batch_size, num_epochs, max_grad_norm
        self.checkpoint_name, self.print_every, self.verbose, self.bar = checkpoint_name, print_every, verbose, bar
        self._check_settings()
        self.rng = np.random.default_rng(rng)
        self.optim_configs = {name: dict(self.optim_config) for name in model.params}
        self.iteration = self._recorded = 0
        self.loss_history: list[float] = []

    @property
    def iterations_per_epoch(self) -> int:
        """Steps in an epoch: as many whole batches as the training data hold, at least one."""
        return max(self.num_train // self.batch_size, 1)

    @property
    def num_iterations(self) -> int:
        """Steps in the whole training."""
        return self.num_epochs * self.iterations_per_epoch

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.iteration // self.iterations_per_epoch

    def train(self) -> None:
        """Train until num_epochs epochs are done.

        Ctrl-C, or Jupyter's stop button, ends the training after the current step and keeps everything: calling
        train() again goes on as if nothing had happened.

        Raises: ValueError if a loss is nan or infinite. It names the step; the net stays as it was before that step.
        """
        with contextlib.suppress(KeyboardInterrupt), interrupt_held() as release:
            self._record()  # due if the last call was stopped between a step and its record
            for _ in self._remaining():
                self._step()
                self._record()
                release()
        if self.iteration >= self.num_iterations:
            self._finish()
        else:
            print(f"Stopped after iteration {self.iteration} / {self.num_iterations}; train() goes on from here.")

    def resume(self, path: str | os.PathLike) -> None:
        """Become what the Solver was when it wrote the checkpoint `path`; train() then goes on to the same records.

        Raises: ValueError if the checkpoint is of another training: other parameters, rule, batch size or data size.
        """
        with np.load(path, allow_pickle=False) as file:
            if "meta" not in file.files:
                raise ValueError(f"resume: {path} is no checkpoint; a Solver with a checkpoint_name writes them")
            groups: Groups = {}
            for name in file.files:
                group, _, key = name.rpartition("/")
                groups.setdefault(group, {})[key] = file[name]
        meta = json.loads(groups[""]["meta"].item())
        self._check_same(path, meta["settings"], groups["params"])
        self._restore(meta, groups)

    def _check_settings(self) -> None:
        if self.update_rule not in optim.RULES:
            raise ValueError(
                f"{type(self).__name__}: update_rule is {self.update_rule!r}; use one of {list(optim.RULES)}"
            )
        for name in ("batch_size", "num_epochs", "print_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{type(self).__name__}: {name} is {getattr(self, name)}; use 1 or more")

    def _remaining(self) -> Iterable[int]:
        steps = range(self.iteration, self.num_iterations)
        return progress(steps, "training") if self.bar else steps

    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        raise NotImplementedError

    def _step(self) -> None:
        with self._undone_if_stopped():
            loss, grads = self.model.loss(*self._batch())
            if not math.isfinite(loss):
                raise ValueError(
                    f"train: the loss is {loss} at iteration {self.iteration + 1} / {self.num_iterations}; "
                    "try a smaller learning_rate, or look for nan in the data"
                )
        if self.max_grad_norm is not None:
            grads = optim.clip_gradients(grads, self.max_grad_norm)
        rule, params = optim.RULES[self.update_rule], self.model.params
        for name, w in params.items():
            params[name], self.optim_configs[name] = rule(w, grads[name], self.optim_configs[name])
        if self.verbose and self.iteration % self.print_every == 0:
            print(f"(Iteration {self.iteration + 1} / {self.num_iterations}) loss: {loss:f}")
        self.loss_history.append(loss)
        self.iteration += 1

    def _record(self) -> None:
        """After the first step and after every epoch: measure, let the learning rate decay, write a checkpoint."""
        if self._recorded == self.iteration:
            return
        epoch_ends = self.iteration % self.iterations_per_epoch == 0
        if epoch_ends or self.iteration == 1:
            with self._undone_if_stopped():
                measured = self._measure()
            self._note(measured)
        self._recorded = self.iteration
        if epoch_ends:
            for config in self.optim_configs.values():
                config["learning_rate"] *= self.lr_decay
            if self.checkpoint_name is not None:
                self._save(f"{self.checkpoint_name}_epoch_{self.epoch}.npz")

    def _measure(self) -> tuple[float, ...]:
        return ()

    def _note(self, measured: tuple[float, ...]) -> None:
        pass

    def _finish(self) -> None:
        pass

    @contextlib.contextmanager
    def _undone_if_stopped(self) -> Iterator[None]:
        """Put random numbers and running statistics back if what stands inside does not come to its end."""
        random, statistics = self._random_state(), _statistics(self.model)
        try:
            yield
        except BaseException:
            self._set_random_state(random)
            _set_statistics(self.model, statistics)
            raise

    def _random_state(self) -> dict[str, Any]:
        dropout = _dropout_rng(self.model)
        return {
            "solver": self.rng.bit_generator.state,
            "dropout": None if dropout is None else dropout.bit_generator.state,
        }

    def _set_random_state(self, state: Mapping[str, Any]) -> None:
        self.rng.bit_generator.state = state["solver"]
        dropout = _dropout_rng(self.model)
        if dropout is not None and state["dropout"] is not None:
            dropout.bit_generator.state = state["dropout"]

    def _settings_that_must_agree(self) -> dict[str, str | int]:
        return {"update_rule": self.update_rule, "batch_size": self.batch_size, "num_train": self.num_train}

    def _check_same(
        self, path: str | os.PathLike, settings: Mapping[str, str | int], params: Mapping[str, np.ndarray]
    ) -> None:
        for name, value in self._settings_that_must_agree().items():
            if settings[name] != value:
                raise ValueError(
                    f"resume: {path} was trained with {name} {settings[name]!r}; this Solver has {value!r}"
                )
        theirs, ours = ({name: w.shape for name, w in p.items()} for p in (params, self.model.params))
        if theirs != ours:
            raise ValueError(f"resume: {path} holds parameters of shapes {theirs}; this net has {ours}")

    def _groups(self) -> dict[str, Mapping[str, Any]]:
        """Everything to remember but the random numbers, as groups of named arrays."""
        groups: dict[str, Mapping[str, Any]] = {
            "params": self.model.params,
            "history": {name: getattr(self, name) for name in self.HISTORIES},
        }
        groups.update({f"optim {name}": config for name, config in self.optim_configs.items()})
        groups.update({f"statistics {i}": kept for i, kept in enumerate(_statistics(self.model))})
        return groups

    def _restore(self, meta: Mapping[str, Any], groups: Groups) -> None:
        self.iteration = self._recorded = meta["iteration"]
        self._set_random_state(meta["random"])
        self.model.params.update(groups["params"])
        _set_statistics(self.model, self._numbered("statistics", groups))
        for name in self.HISTORIES:
            setattr(self, name, groups["history"][name].tolist())
        for name in self.optim_configs:
            config = groups[f"optim {name}"]
            self.optim_configs[name] = {key: x.item() if x.ndim == 0 else x for key, x in config.items()}

    def _numbered(self, name: str, groups: Groups) -> Statistics:
        """Return the groups "name 0", "name 1", ..., one for each normalising layer, as a list."""
        return [groups.get(f"{name} {i}", {}) for i in range(len(getattr(self.model, "bn_params", [])))]

    def _save(self, path: str) -> None:
        meta = {
            "iteration": self.iteration,
            "random": self._random_state(),
            "settings": self._settings_that_must_agree(),
        }
        arrays = {f"{group}/{key}": x for group, named in self._groups().items() for key, x in named.items()}
        with written_whole(path) as file:
            np.savez(file, allow_pickle=False, meta=json.dumps(meta), **arrays)
        if self.verbose:
            print(f'Saving checkpoint to "{path}"')


class Solver(_Training):
    """Train a classifier, and at the end give it the parameters that were best on the validation images.

    "Best" means parameters and, for nets with batch normalisation, the running statistics that belong to them.

    Shapes: data["X_train"] (N, ...), data["y_train"] (N,), data["X_val"], data["y_val"]; other keys are not read, and
        no copy is kept.
    Settings:
        update_rule: a name in `optim.RULES` (default "sgd");  optim_config: its settings (default {});
        lr_decay: factor on the learning rate after each epoch (default 1.0);
        batch_size (default 100);  num_epochs (default 10);
        num_train_samples, num_val_samples: images to measure accuracy on (default 1000 and None, all);
        max_grad_norm: `optim.clip_gradients` to this norm (default None, no clipping);
        checkpoint_name: write NAME_epoch_1.npz and so on (default None, no checkpoints);
        print_every: steps between printed losses (default 10);  verbose: print losses and accuracies (default True);
        bar: show a progress bar (default True);
        rng: a seed or a NumPy Generator that draws the batches (default: a fresh one).
    Attributes: loss_history, one entry a step; train_acc_history and val_acc_history, one after the first step and one
        after each epoch; best_val_acc, best_params, best_statistics; epoch, iteration.
    Raises: ValueError for an unknown setting, rule or missing data.
    Source: CS231n assignment 2.
    """

    HISTORIES = ("loss_history", "train_acc_history", "val_acc_history")

    @_unknown_settings_refused
    def __init__(
        self,
        model: Model,
        data: Mapping[str, np.ndarray],
        *,
        update_rule: str = "sgd",
        optim_config: optim.Config | None = None,
        lr_decay: float = 1.0,
        batch_size: int = 100,
        num_epochs: int = 10,
        num_train_samples: int | None = 1000,
        num_val_samples: int | None = None,
        max_grad_norm: float | None = None,
        checkpoint_name: str | None = None,
        print_every: int = 10,
        verbose: bool = True,
        bar: bool = True,
        rng: int | np.random.Generator | None = None,
    ):
        _check_data("Solver", data, ("X_train", "y_train"), ("X_val", "y_val"))
        self.X_train, self.y_train = data["X_train"], data["y_train"]
        self.X_val, self.y_val = data["X_val"], data["y_val"]
        self.num_train_samples, self.num_val_samples = num_train_samples, num_val_samples
        super().__init__(
            model,
            len(self.X_train),
            update_rule=update_rule,
            optim_config=optim_config,
            lr_decay=lr_decay,
            batch_size=batch_size,
            num_epochs=num_epochs,
            max_grad_norm=max_grad_norm,
            checkpoint_name=checkpoint_name,
            print_every=print_every,
            verbose=verbose,
            bar=bar,
            rng=rng,
        )
        self.train_acc_history: list[float] = []
        self.val_acc_history: list[float] = []
        self.best_val_acc = 0.0
        self.best_params: dict[str, np.ndarray] = {}
        self.best_statistics: Statistics = []

    def check_accuracy(
        self, X: np.ndarray, y: np.ndarray, num_samples: int | None = None, batch_size: int = 100
    ) -> float:
        """Return the share of images whose highest score is the right one.

        Shapes: X (N, ...), y (N,).
        Settings: num_samples, so many images drawn at random (default None, all); batch_size, images scored at a time
            (default 100).
        """
        rows = np.arange(len(X))
        if num_samples is not None and len(X) > num_samples:
            rows = self.rng.integers(len(X), size=num_samples)
        batches = (rows[i : i + batch_size] for i in range(0, len(rows), batch_size))
        right = sum(int(np.sum(self.model.loss(X[batch]).argmax(axis=1) == y[batch])) for batch in batches)
        return right / len(rows)

    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        batch = self.rng.integers(self.num_train, size=self.batch_size)  # with replacement, as the course does
        return self.X_train[batch], self.y_train[batch]

    def _measure(self) -> tuple[float, ...]:
        train_acc = self.check_accuracy(self.X_train, self.y_train, self.num_train_samples)
        return train_acc, self.check_accuracy(self.X_val, self.y_val, self.num_val_samples)

    def _note(self, measured: tuple[float, ...]) -> None:
        train_acc, val_acc = measured
        self.train_acc_history.append(train_acc)
        self.val_acc_history.append(val_acc)
        if self.verbose:
            print(f"(Epoch {self.epoch} / {self.num_epochs}) train acc: {train_acc:f}; val_acc: {val_acc:f}")
        if not self.best_params or val_acc > self.best_val_acc:
            self.best_val_acc = val_acc
            self.best_params = dict(self.model.params)  # no copies: a rule makes new arrays
            self.best_statistics = _statistics(self.model)

    def _finish(self) -> None:
        self.model.params = dict(self.best_params)
        _set_statistics(self.model, self.best_statistics)

    def _groups(self) -> dict[str, Mapping[str, Any]]:
        groups = {**super()._groups(), "best": self.best_params, "best accuracy": {"val": self.best_val_acc}}
        groups.update({f"best statistics {i}": kept for i, kept in enumerate(self.best_statistics)})
        return groups

    def _restore(self, meta: Mapping[str, Any], groups: Groups) -> None:
        super()._restore(meta, groups)
        self.best_params, self.best_val_acc = groups["best"], groups["best accuracy"]["val"].item()
        self.best_statistics = self._numbered("best statistics", groups)


class CaptioningSolver(_Training):
    """Train a captioning net on pairs of image features and captions.

    Shapes: data["train_captions"] (M, T + 1), words by number; data["train_image_idxs"] (M,), the image of each
        caption; data["train_features"] (images, D). Other keys are not read, and no copy is kept.
    Settings: as `Solver`, without num_train_samples and num_val_samples.
    Attributes: loss_history, one entry a step; epoch, iteration.
    Raises: ValueError for an unknown setting, rule or missing data.
    Source: CS231n assignment 3.
    """

    @_unknown_settings_refused
    def __init__(
        self,
        model: Model,
        data: Mapping[str, np.ndarray],
        *,
        update_rule: str = "sgd",
        optim_config: optim.Config | None = None,
        lr_decay: float = 1.0,
        batch_size: int = 100,
        num_epochs: int = 10,
        max_grad_norm: float | None = None,
        checkpoint_name: str | None = None,
        print_every: int = 10,
        verbose: bool = True,
        bar: bool = True,
        rng: int | np.random.Generator | None = None,
    ):
        _check_data("CaptioningSolver", data, ("train_captions", "train_image_idxs"), ("train_features",))
        self.data = data
        super().__init__(
            model,
            len(data["train_captions"]),
            update_rule=update_rule,
            optim_config=optim_config,
            lr_decay=lr_decay,
            batch_size=batch_size,
            num_epochs=num_epochs,
            max_grad_norm=max_grad_norm,
            checkpoint_name=checkpoint_name,
            print_every=print_every,
            verbose=verbose,
            bar=bar,
            rng=rng,
        )

    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        batch = self.rng.integers(self.num_train, size=self.batch_size)
        images = self.data["train_image_idxs"][batch]
        return self.data["train_features"][images], self.data["train_captions"][batch]


def _check_data(name: str, data: Mapping[str, np.ndarray], *pairs: tuple[str, ...]) -> None:
    """Refuse data without the keys, or with pairs of unlike length."""
    for keys in pairs:
        missing = [key for key in keys if key not in data]
        if missing:
            raise ValueError(f"{name}: data has no {missing[0]!r}; it has {sorted(data)}")
        lengths = [len(data[key]) for key in keys]
        if len(set(lengths)) > 1 or 0 in lengths:
            raise ValueError(f"{name}: data holds {keys} of lengths {lengths}; give as many of each, at least one")


def _statistics(model: Model) -> Statistics:
    """Return a copy of the running statistics of each normalising layer of the net, in the order of `bn_params`."""
    return [{name: bn[name].copy() for name in STATISTICS if name in bn} for bn in getattr(model, "bn_params", [])]


def _set_statistics(model: Model, statistics: Statistics) -> None:
    for bn, kept in zip(getattr(model, "bn_params", []), statistics, strict=True):
        for name in STATISTICS:
            bn.pop(name, None)
        bn.update({name: value.copy() for name, value in kept.items()})


def _dropout_rng(model: Model) -> np.random.Generator | None:
    return getattr(model, "dropout_param", {}).get("rng")
