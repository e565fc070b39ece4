"""Train what the course trains on CIFAR-10 and print a table of accuracies: `python -m cs231n_lib.results --data DIR`.

Each row of the table is kept as a file once it is done, and a net in training keeps a checkpoint of each epoch:
stopped or killed, the same command goes on where it was. On one core all rows take about half an hour, the last three
most of it; --rows chooses some, --quick plays all of them through with few pictures in a minute.
"""

import argparse
import hashlib
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cs231n_lib.data import cifar10, load_images
from cs231n_lib.features import color_histogram_hsv, extract_features, hog_feature
from cs231n_lib.nets import (
    FullyConnectedNet,
    KNearestNeighbor,
    LinearClassifier,
    LinearSVM,
    Softmax,
    ThreeLayerConvNet,
    TwoLayerNet,
)
from cs231n_lib.progress import progress
from cs231n_lib.safety import written_whole
from cs231n_lib.solver import Solver

QUICK = {"train": 400, "val": 100, "test": 100}  # pictures at most
FEW_LABELS = 1000
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Done:
    """What is known of a finished row: its accuracy, the minutes of processor time, and what it was made of."""

    accuracy: float
    minutes: float
    made_of: str


class Job:
    """One row at work: the data it may have, how long it trains, where it keeps its checkpoints."""

    def __init__(self, name: str, folder: Path, quick: bool):
        self.name, self.folder, self.quick = name, folder, quick
        self.before = _json(self._clock_file).get("seconds", 0.0)  # spent by earlier processes on the same row
        self.started = time.process_time()

    def data(self, train: int = 49000, test: int = 10000, **layout: Any) -> dict[str, Any]:
        """Load pictures of CIFAR-10's folder: at most so many, 1000 more to validate, as many as there are."""
        a_batch = len(cifar10.read_batch(cifar10.default_dir() / "test_batch")[1])
        train, val, test = min(train, a_batch * 49 // 10), a_batch // 10, min(test, a_batch)
        if self.quick:
            train, val, test = min(train, QUICK["train"]), min(val, QUICK["val"]), min(test, QUICK["test"])
        return load_images(train, val, test, source="cifar10", **layout)

    def epochs(self, number: int) -> int:
        """Return so many epochs, or one if it is to be quick."""
        return 1 if self.quick else number

    def seconds(self) -> float:
        """Return the processor time spent on this row so far, by this and earlier processes."""
        return self.before + time.process_time() - self.started

    def checkpoint(self, ending: str) -> tuple[str, Path | None]:
        """Return the name under which to write checkpoints, and the newest that is there."""
        stored = sorted(self.folder.glob(f"{self.name}_epoch_*{ending}"), key=_epoch)
        return str(self.folder / self.name), stored[-1] if stored else None

    def note_time(self) -> None:
        """Write down the processor time, for the process that goes on if this one is killed."""
        _write_json(self._clock_file, {"seconds": self.seconds()})

    @property
    def _clock_file(self) -> Path:
        return self.folder / f"{self.name}.clock.json"


# the rows --------------------------------------------------------------------------------------------------------


def knn_small(job: Job) -> float:
    data = _rows(job.data(5000, 500))
    return _neighbours(data["X_train"], data["y_train"], data)


def knn_all(job: Job) -> float:
    data = _rows(job.data())  # all 50000: nothing is chosen here, so validation rows may vote
    X, y = (np.concatenate([data[f"{letter}_train"], data[f"{letter}_val"]]) for letter in "Xy")
    return _neighbours(X, y, data)


def linear_svm(job: Job) -> float:
    return _linear(LinearSVM(), job, learning_rate=1e-7, reg=1e4, num_iters=3000)


def softmax(job: Job) -> float:
    return _linear(Softmax(), job, learning_rate=1e-6, reg=1e3, num_iters=3000)


def two_layer(job: Job) -> float:
    model = TwoLayerNet(hidden_dim=200, reg=0.5, weight_scale=1e-4, dtype=np.float32, rng=0)
    settings = {"optim_config": {"learning_rate": 1.5e-3}, "lr_decay": 0.9, "batch_size": 200}
    return _solve(job, model, _rows(job.data(subtract_mean=True)), 15, **settings)


def features_linear(job: Job) -> float:
    data = _features(job.data())
    model = LinearSVM()
    model.train(data["X_train"], data["y_train"], 1e-2, 1e-3, 100 if job.quick else 10000, batch_size=1000, rng=0)
    return _right(model.predict(data["X_test"]), data["y_test"])


def features_net(job: Job) -> float:
    data = _features(job.data())
    width = data["X_train"].shape[1]
    model = TwoLayerNet(width, hidden_dim=500, reg=1e-3, weight_scale=1e-2, dtype=np.float32, rng=0)
    settings = {"optim_config": {"learning_rate": 0.5}, "lr_decay": 0.9, "batch_size": 200}
    return _solve(job, model, data, 10, **settings)


def five_layers(job: Job) -> float:
    return _five_layers(job, None, 10, optim_config={"learning_rate": 3e-4})


def five_layers_norm(job: Job) -> float:
    return _five_layers(job, "batchnorm", 5, optim_config={"learning_rate": 1e-3}, lr_decay=0.7)


def convnet_numpy(job: Job) -> float:
    data = _unit(job.data(subtract_mean=True, layout="NCHW"))
    model = ThreeLayerConvNet(filter_size=5, hidden_dim=200, reg=1e-3, weight_scale=2e-2, rng=0)
    return _solve(job, model, data, 4, update_rule="adam", optim_config={"learning_rate": 1e-3}, lr_decay=0.7)


def best_net(job: Job) -> float:
    """Train the notes' best net, mended; report validation, as the notes do."""
    import torch

    from cs231n_lib.pytorch.convnets import mended_best_net
    from cs231n_lib.pytorch.loading import in_one_piece
    from cs231n_lib.pytorch.simclr import RandomBatches
    from cs231n_lib.pytorch.training import Trainer, accuracy, best_device, classifier_step

    data = job.data(test=100, dtype=np.uint8)
    (X, y), val = in_one_piece(data, "train"), in_one_piece(data, "val")
    X = X.contiguous(memory_format=torch.channels_last)  # on a processor a quarter faster
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = mended_best_net().to(best_device(), memory_format=torch.channels_last)  # type: ignore[call-overload]
    batches, epochs = RandomBatches(len(X), min(128, len(X))), job.epochs(5)
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=epochs * len(batches))
    learn = classifier_step(model, optimizer)

    def step(rows: torch.Tensor) -> torch.Tensor:
        loss = learn((X[rows], y[rows]))
        scheduler.step()
        return loss

    name, newest = job.checkpoint(".pt")
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
    trainer = Trainer(step, batches, parts, epochs, after_epoch=_noting_time(job), checkpoint=name)
    _train(trainer, newest)
    return accuracy(model, zip(val[0].split(500), val[1].split(500), strict=True))


def simclr_probe(job: Job) -> float:
    """Pre-train without labels, then fit a linear classifier to the features of a few labelled pictures."""
    import torch

    from cs231n_lib.pytorch.simclr import features_of, pretrainer
    from cs231n_lib.pytorch.training import best_device

    data = job.data(10000, layout="NCHW")
    X = torch.from_numpy(data["X_train"]).to(best_device()) / 255
    name, newest = job.checkpoint(".pt")
    trainer = pretrainer(X, num_epochs=job.epochs(20), batch_size=min(256, len(X)), checkpoint=name)
    trainer.after_epoch = _noting_time(job)
    _train(trainer, newest)

    encoder = trainer.parts["model"].encoder
    judged = {split: torch.from_numpy(data[f"X_{split}"]).to(X.device) / 255 for split in ("val", "test")}
    splits = {"train": X[:FEW_LABELS], **judged}
    features = {f"X_{split}": features_of(encoder, x).cpu().numpy() for split, x in splits.items()}
    labels = {f"y_{split}": data[f"y_{split}"][: len(x)] for split, x in splits.items()}
    return _probe(_standardised(features | labels))


@dataclass(frozen=True)
class Row:
    """A line of the table: what is trained, in what setting, on which split it is judged, and what is expected."""

    title: str
    run: Callable[[Job], float]
    setting: str
    bar: float | None
    split: str = "test"


ROWS: dict[str, Row] = {
    "knn_small": Row("kNN, 5000 training and 500 test pictures", knn_small, "k = 10", 0.27),
    "knn_all": Row("kNN, 50000 and 10000", knn_all, "k = 10", 0.335),
    "svm": Row("linear SVM", linear_svm, "rate 1e-7, reg 1e4, 3000 steps of 200", 0.37),
    "softmax": Row("softmax", softmax, "rate 1e-6, reg 1e3, 3000 steps of 200", 0.38),
    "two_layer": Row("two-layer net, 200 hidden", two_layer, "SGD 1.5e-3, decay .9, 15 epochs", 0.50),
    "features_linear": Row(
        "HOG and hue, linear SVM", features_linear, "rate 1e-2, reg 1e-3, 10000 steps of 1000", 0.48
    ),
    "features_net": Row("HOG and hue, two-layer net, 500 hidden", features_net, "SGD .5, decay .9, 10 epochs", 0.56),
    "five_layers": Row("five layers of 100", five_layers, "Adam 3e-4, 10 epochs", 0.51),
    "five_layers_norm": Row("five layers of 100, batch norm", five_layers_norm, "Adam 1e-3, decay .7, 5 epochs", 0.51),
    "convnet_numpy": Row(
        "three-layer ConvNet in NumPy", convnet_numpy, "32 filters 5 x 5, Adam 1e-3, decay .7, 4 epochs", None
    ),
    "best_net": Row("the notes' best net, mended", best_net, "Adam, one cycle to 3e-3, 5 epochs", 0.70, "validation"),
    "simclr_probe": Row("SimCLR, then 1000 labels", simclr_probe, "10000 pictures, 20 epochs, linear probe", 0.45),
}


# what rows have in common ------------------------------------------------------------------------------------------


def _rows(data: dict[str, Any]) -> dict[str, Any]:
    """Make each picture one row of numbers."""
    return data | {f"X_{split}": data[f"X_{split}"].reshape(len(data[f"X_{split}"]), -1) for split in SPLITS}


def _neighbours(X: np.ndarray, y: np.ndarray, data: dict[str, Any]) -> float:
    model = KNearestNeighbor()
    model.train(X, y)
    starts = range(0, len(data["X_test"]), 500)
    predicted = [model.predict(data["X_test"][i : i + 500], k=10) for i in progress(starts, "neighbours")]
    return _right(np.concatenate(predicted), data["y_test"])


def _linear(model: LinearClassifier, job: Job, **settings: Any) -> float:
    """Train on pictures without their mean, a 1 behind each row in place of a bias."""
    data = _rows(job.data(subtract_mean=True))
    X = {split: np.hstack([data[f"X_{split}"], np.ones((len(data[f"X_{split}"]), 1), np.float32)]) for split in SPLITS}
    model.train(X["train"], data["y_train"], rng=0, **settings | ({"num_iters": 100} if job.quick else {}))
    return _right(model.predict(X["test"]), data["y_test"])


def _features(data: dict[str, Any]) -> dict[str, Any]:
    """Replace pictures by directions of edges and hues, standardised, and a 1."""
    wanted = [hog_feature, color_histogram_hsv]
    found = {f"X_{s}": extract_features(progress(data[f"X_{s}"], f"features, {s}"), wanted) for s in SPLITS}
    data = _standardised(data | found)
    ones = {f"X_{s}": np.hstack([data[f"X_{s}"], np.ones((len(data[f"X_{s}"]), 1), np.float32)]) for s in SPLITS}
    return data | ones


def _standardised(data: dict[str, Any]) -> dict[str, Any]:
    mean, std = data["X_train"].mean(axis=0), data["X_train"].std(axis=0) + 1e-6
    return data | {f"X_{split}": ((data[f"X_{split}"] - mean) / std).astype(np.float32) for split in SPLITS}


def _unit(data: dict[str, Any]) -> dict[str, Any]:
    """Divide all pictures by the standard deviation of the training pixels."""
    std = float(data["X_train"].std(dtype=np.float64))
    for split in SPLITS:
        data[f"X_{split}"] /= np.float32(std)
    return data


def _five_layers(job: Job, norm: str | None, epochs: int, **settings: Any) -> float:
    data = _unit(_rows(job.data(subtract_mean=True)))
    model = FullyConnectedNet([100] * 4, weight_scale=5e-2, normalization=norm, rng=0)
    return _solve(job, model, data, epochs, update_rule="adam", **settings)


class _TimedSolver(Solver):
    """A Solver that writes down its time with each checkpoint."""

    def __init__(self, job: Job, *arguments: Any, **settings: Any):
        self.job = job
        super().__init__(*arguments, **settings)

    def _save(self, path: str) -> None:
        super()._save(path)
        self.job.note_time()


def _solve(job: Job, model: Any, data: dict[str, Any], epochs: int, **settings: Any) -> float:
    """Train, from the newest checkpoint on; return the accuracy on test of what was best on validation."""
    name, newest = job.checkpoint(".npz")
    common = {"num_epochs": job.epochs(epochs), "checkpoint_name": name, "verbose": False, "rng": 0}
    solver = _TimedSolver(job, model, data, **common, **settings)
    _train(solver, newest)
    return solver.check_accuracy(data["X_test"], data["y_test"])


def _noting_time(job: Job) -> Callable[[Any], dict[str, float]]:
    """Return what a Trainer calls after each epoch: it writes the time down and measures nothing."""

    def after_epoch(_trainer: Any) -> dict[str, float]:
        job.note_time()
        return {}

    return after_epoch


def _train(trainer: Any, newest: Path | None) -> None:
    """Go on from a checkpoint, if one can be read; stop the whole command if Ctrl-C stops the training."""
    if newest is not None:
        try:
            trainer.resume(newest)
        except Exception as error:  # a damaged file fails in many ways
            print(f"{newest.name} is of no use ({error}); this row begins anew", file=sys.stderr)
    trainer.train()
    if trainer.iteration < trainer.num_iterations:
        raise KeyboardInterrupt


def _probe(data: dict[str, Any]) -> float:
    """Return the accuracy on test of the linear classifier whose penalty is best on validation."""
    on_val, on_test = -1.0, -1.0
    for reg in (1e-4, 1e-3, 1e-2, 3e-2, 1e-1):
        model = Softmax()
        model.train(data["X_train"], data["y_train"], learning_rate=0.05, reg=reg, num_iters=2000, rng=0)
        val, test = (_right(model.predict(data[f"X_{split}"]), data[f"y_{split}"]) for split in ("val", "test"))
        if val > on_val:
            on_val, on_test = val, test
    return on_test


def _right(predicted: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(predicted == labels))


# the command -------------------------------------------------------------------------------------------------------


def compute(names: Sequence[str], folder: Path, quick: bool = False) -> dict[str, Done]:
    """Return the rows of these names; those kept in `folder`, made of the same data and settings, are only read."""
    folder.mkdir(parents=True, exist_ok=True)
    data = _digest_of_data()
    done = {}
    for name in progress(names, "rows"):
        made_of = hashlib.sha256(f"{data} {quick} {ROWS[name].setting}".encode()).hexdigest()
        stored = _stored(folder / f"{name}.json", made_of)
        if stored is None:
            stored = _computed(name, folder, quick, made_of)
        done[name] = stored
    return done


def _computed(name: str, folder: Path, quick: bool, made_of: str) -> Done:
    job = Job(name, folder / f"{name}-{made_of[:12]}", quick)
    job.folder.mkdir(exist_ok=True)
    try:
        accuracy = ROWS[name].run(job)
    except BaseException:
        job.note_time()
        raise
    done = Done(accuracy, job.seconds() / 60, made_of)
    _write_json(folder / f"{name}.json", asdict(done))
    shutil.rmtree(job.folder)
    return done


def _stored(path: Path, made_of: str) -> Done | None:
    """Return a row that was kept; None if there is none, it is damaged, or of other data or settings."""
    kept = _json(path)
    numbers = [kept.get("accuracy"), kept.get("minutes")]
    if kept.get("made_of") != made_of or not all(isinstance(x, float) and math.isfinite(x) for x in numbers):
        return None
    return Done(**kept) if kept.keys() == Done.__annotations__.keys() and 0 <= kept["accuracy"] <= 1 else None


def _json(path: Path) -> dict[str, Any]:
    """Read a file of named values; whatever is wrong with it, return none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with written_whole(path) as file:
        file.write(json.dumps(content).encode())


def _epoch(path: Path) -> int:
    number = path.stem.rpartition("_")[2]
    return int(number) if number.isdigit() else -1


def _digest_of_data() -> str:
    digest = hashlib.sha256()
    for name in cifar10.FILES:
        with open(cifar10.default_dir() / name, "rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def table(done: dict[str, Done]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| method | setting | accuracy | of | expected | minutes |", "|---|---|---|---|---|---|"]
    for name, found in done.items():
        row = ROWS[name]
        bar = "" if row.bar is None else f"{row.bar:.3f}"
        cells = [row.title, row.setting, f"{found.accuracy:.3f}", row.split, bar, f"{found.minutes:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def missed(done: dict[str, Done]) -> list[str]:
    """Return the names of the rows below what is expected of them."""
    return [name for name, found in done.items() if found.accuracy < (ROWS[name].bar or 0)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.results", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of CIFAR-10's Python batches, or one above it")
    parser.add_argument("--rows", nargs="+", metavar="NAME", default=list(ROWS), help=f"of {', '.join(ROWS)}")
    parser.add_argument("--out", type=Path, default=Path("build/results"), help="where rows are kept (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="few pictures and one epoch, to see that all of it runs")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]!r}; use {', '.join(ROWS)}")
    inner = chosen.data / "cifar-10-batches-py"
    os.environ["CS231N_CIFAR10_DIR"] = str(inner if inner.is_dir() else chosen.data)
    try:
        done = compute(chosen.rows, chosen.out, chosen.quick)
    except KeyboardInterrupt:
        sys.exit(f"Stopped. The same command goes on from what is in {chosen.out}; --rows chooses what is there")
    except (OSError, ValueError) as error:
        sys.exit(f"No table: {error}")
    print(table(done))
    below = [] if chosen.quick else missed(done)
    for name in below:
        print(f"{name} is below what is expected", file=sys.stderr)
    return int(bool(below))


if __name__ == "__main__":
    sys.exit(main())
