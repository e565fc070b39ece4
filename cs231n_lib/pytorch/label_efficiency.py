"""How many labels does a net need? Ways to use few of them, and what the stored table says of each.

`python -m cs231n_lib.pytorch.label_efficiency` makes the table again: it pre-trains without labels, then measures test
accuracy with 5, 10, 20 and 100 labels a class. What is in the file already is not measured again, so it may be stopped
and started; processes for different seeds may share the file. `--out other.json` begins a new one.
"""

import argparse
import contextlib
import copy
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cs231n_lib.data import cache, load_images
from cs231n_lib.progress import progress
from cs231n_lib.pytorch.augment import Augment
from cs231n_lib.pytorch.simclr import encoder, features_of, pretrainer
from cs231n_lib.pytorch.training import Trainer, classifier_step
from cs231n_lib.safety import written_whole

STORED = "label_efficiency.json"  # beside this file
LABELS = (5, 10, 20, 100)  # a class
SEEDS = (0, 1, 2)
RATE = 5e-3  # the highest learning rate of every training with labels, whatever it starts from

# What of a scene does not tell its class may change from view to view: place and size, every colour, light for dark.
VIEWS = Augment(crop=0.3, hue=1.0, blur=0.0, invert=0.5, size=24)
CHOICES = {
    "crop and colour": VIEWS,
    "crop only": replace(VIEWS, jitter=0.0, hue=0.0, grey=0.0, invert=0.0),
    "colour only": replace(VIEWS, crop=1.0, flip=0.0),
}


@dataclass(frozen=True)
class Way:
    """One way to use labels: which encoder it begins with, whether all of it learns, whether it sees augmented views.

    start: "random", or the views it was pre-trained with, one of `CHOICES`.
    """

    start: str
    whole: bool
    augmented: bool = False


WAYS = {
    "SimCLR, fine-tuned, augmented": Way("crop and colour", whole=True, augmented=True),
    "SimCLR, fine-tuned": Way("crop and colour", whole=True),
    "SimCLR, probe": Way("crop and colour", whole=False),
    "from scratch, augmented": Way("random", whole=True, augmented=True),
    "from scratch": Way("random", whole=True),
    "random features, probe": Way("random", whole=False),
    "crop only, probe": Way("crop only", whole=False),
    "colour only, probe": Way("colour only", whole=False),
}


@dataclass(frozen=True)
class Settings:
    """The size of the experiment. The stored table has the defaults."""

    pictures: int = 5000  # without labels, from which the labelled ones are chosen as well
    test: int = 2000
    epochs: int = 6  # of pre-training
    batch_size: int = 256
    steps: int = 120  # of training with labels, of at most 32 pictures each


# the parts ---------------------------------------------------------------------------------------------------------


def pictures(settings: Settings | None = None) -> dict[str, Tensor]:
    """Return X (N, 3, 32, 32) of 0..1 and y (N,), and X_test, y_test."""
    settings = settings or Settings()
    data = load_images(settings.pictures, 0, settings.test, source="scenes", layout="NCHW")
    return {
        "X": torch.from_numpy(data["X_train"]) / 255,
        "y": torch.from_numpy(data["y_train"]),
        "X_test": torch.from_numpy(data["X_test"]) / 255,
        "y_test": torch.from_numpy(data["y_test"]),
    }


def chosen(y: Tensor, labels: int, seed: int) -> Tensor:
    """Choose rows whose labels may be seen, `labels` of each class; fewer labels are the beginning of more.

    Raises: ValueError if a class has fewer pictures.
    """
    fewest = int(torch.bincount(y).min())
    if labels > fewest:
        raise ValueError(f"chosen: {labels} labels a class; the smallest class has {fewest} pictures")
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    return torch.cat([order[y[order] == c][:labels] for c in y.unique()])


def pretraining(
    data: dict[str, Tensor], start: str, seed: int, settings: Settings | None = None, **how: Any
) -> Trainer:
    """Return the Trainer that pre-trains without labels; its part "model" holds the encoder.

    start: which views to tell apart, one of `CHOICES`.  how: handed on to `pretrainer`, as bar or checkpoint.
    """
    settings = settings or Settings()
    return pretrainer(
        data["X"],
        num_epochs=settings.epochs,
        batch_size=settings.batch_size,
        augment=CHOICES[start],
        seed=seed,
        **how,
    )


def fresh_encoder(seed: int) -> nn.Sequential:
    """Make an encoder with random weights that depend on the seed alone."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return encoder()


def probe_accuracy(net: nn.Module, data: dict[str, Tensor], rows: Tensor) -> float:
    """Fit a linear classifier to the frozen features of the labelled rows; return its accuracy on the test pictures."""
    from sklearn.linear_model import LogisticRegression

    features, test = features_of(net, data["X"][rows]), features_of(net, data["X_test"])
    mean, std = features.mean(dim=0), features.std(dim=0) + 1e-3
    probe = LogisticRegression(C=0.01, max_iter=500)
    probe.fit(((features - mean) / std).numpy(), data["y"][rows].numpy())
    return float(probe.score(((test - mean) / std).numpy(), data["y_test"].numpy()))


def trained(
    net: nn.Module, data: dict[str, Tensor], rows: Tensor, way: Way, seed: int, settings: Settings | None = None
) -> nn.Sequential:
    """Train a copy of an encoder and a linear layer behind it, all weights, on the labelled rows.

    Rate and schedule are the same for every start. Augmented views get three times the steps: in fewer the net has
    hardly begun to fit them, and would be a poor rival.
    """
    steps = (settings or Settings()).steps * (3 if way.augmented else 1)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(net), nn.Linear(256, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    views = replace(VIEWS, size=None)  # of the test pictures' size, which the linear layer has to fit
    update = classifier_step(model, optimizer, transform=views if way.augmented else None)

    def step(batch: Tensor) -> Tensor:
        loss = update((data["X"][batch], data["y"][batch]))
        schedule.step()
        return loss

    Trainer(step, _Batches(rows, steps), {"model": model}, 1, seed=seed, bar=False).train()
    return model


def accuracy_of(
    way: Way, labels: int, seed: int, data: dict[str, Tensor], net: nn.Module, settings: Settings | None = None
) -> float:
    """Return the test accuracy of one way with so many labels a class, from the encoder `net`, which stays as it is."""
    rows = chosen(data["y"], labels, seed)
    if not way.whole:
        return probe_accuracy(net, data, rows)
    scores = features_of(trained(net, data, rows, way, seed, settings), data["X_test"])
    return float((scores.argmax(dim=1) == data["y_test"]).double().mean())


class _Batches:
    """So many batches of at most 32 of the labelled rows, each drawn anew."""

    def __init__(self, rows: Tensor, steps: int):
        self.rows, self.steps = rows, steps

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Tensor]:
        return (self.rows[torch.randperm(len(self.rows))[:32]] for _ in range(self.steps))


# the table ---------------------------------------------------------------------------------------------------------


def stored() -> dict[str, dict[int, list[float]]]:
    """Return the table that comes with the package: way -> labels a class -> test accuracy of each seed."""
    table = json.loads(files(__package__).joinpath(STORED).read_text(encoding="utf-8"))["accuracy"]
    return {way: {labels: [table[_key(way, labels, seed)] for seed in SEEDS] for labels in LABELS} for way in WAYS}


def measure(
    path: str | os.PathLike,
    settings: Settings | None = None,
    *,
    seeds: Sequence[int] = SEEDS,
    ways: Sequence[str] = tuple(WAYS),
    labels: Sequence[int] = LABELS,
    bar: bool = True,
) -> None:
    """Measure what is missing in the table at `path`, and write each number as soon as it is known.

    Raises: ValueError if the file is of other settings.
    """
    settings = settings or Settings()
    path = Path(path)
    missing = [(seed, way, n) for seed in seeds for way in ways for n in labels]
    missing = [(seed, way, n) for seed, way, n in missing if _key(way, n, seed) not in _read(path, settings)]
    data = pictures(settings)
    nets: dict[tuple[str, int], nn.Module] = {}
    for seed, way, n in progress(missing, "label efficiency") if bar else missing:
        start = WAYS[way].start
        if (start, seed) not in nets:
            nets = {place: net for place, net in nets.items() if place[1] == seed}
            nets[start, seed] = _encoder_for(data, start, seed, settings)
        accuracy = accuracy_of(WAYS[way], n, seed, data, nets[start, seed], settings)
        _write(path, settings, {**_read(path, settings), _key(way, n, seed): round(accuracy, 4)})


def _encoder_for(data: dict[str, Tensor], start: str, seed: int, settings: Settings) -> nn.Module:
    """Return a random encoder, or pre-train one; a pre-training that was stopped goes on from its last epoch."""
    if start == "random":
        return fresh_encoder(seed)
    recipe = zlib.crc32(json.dumps(_recipe(settings)).encode())  # another recipe must not go on from this one's files
    place = cache.folder() / f"label_efficiency_{recipe:08x}_{start.replace(' ', '_')}_{seed}"
    place.parent.mkdir(parents=True, exist_ok=True)
    trainer = pretraining(data, start, seed, settings, bar=False, checkpoint=place)
    for epoch in range(settings.epochs, 0, -1):
        with contextlib.suppress(FileNotFoundError, ValueError):  # not there, or cut short: the epoch before
            trainer.resume(f"{place}_epoch_{epoch}.pt")
            break
    trainer.train()
    return trainer.parts["model"].encoder


def _recipe(settings: Settings) -> dict[str, Any]:
    return {**asdict(settings), "views": {name: asdict(views) for name, views in CHOICES.items()}}


def _key(way: str, labels: int, seed: int) -> str:
    return f"{way} | {labels} labels a class | seed {seed}"


def _read(path: Path, settings: Settings) -> dict[str, float]:
    if not path.exists():
        return {}
    table = json.loads(path.read_text(encoding="utf-8"))
    if table["settings"] != _recipe(settings):
        raise ValueError(f"{path} was measured with {table['settings']}, not {_recipe(settings)}; give another --out")
    return table["accuracy"]


def _write(path: Path, settings: Settings, accuracy: dict[str, float]) -> None:
    table: dict[str, Any] = {
        "made by": "python -m cs231n_lib.pytorch.label_efficiency",
        "settings": _recipe(settings),
        "accuracy": dict(sorted(accuracy.items())),
    }
    with written_whole(path) as file:
        file.write(json.dumps(table, indent=1).encode() + b"\n")


def main(words: list[str] | None = None) -> None:
    """Make the table from the command line."""
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.pytorch.label_efficiency", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(STORED), help="default: the stored table")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="default 0 1 2")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS, metavar="WAY", help="default all")
    for field in fields(Settings):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=int, default=field.default, help=f"default {field.default}")
    choice = vars(parser.parse_args(words))
    torch.set_num_threads(1)  # more would slow small nets down beside other work
    path, seeds, ways = (choice.pop(name) for name in ("out", "seeds", "ways"))
    measure(path, Settings(**choice), seeds=seeds, ways=ways)


if __name__ == "__main__":
    main()
