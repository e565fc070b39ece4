"""Train the net behind `cs231n_lib.nets.attributes` on our own scenes, and write its weights for NumPy.

Run as `python -m cs231n_lib.pytorch.attributes --out attributes.npz`. The pictures begin where those of the captioning
lessons end (row 5000 of the training split), so that features of pictures to caption are never of pictures learned by
heart.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cs231n_lib.data import scenes
from cs231n_lib.data.attributes import KINDS, NAMES, NOBODY, by_place, present
from cs231n_lib.data.render import render
from cs231n_lib.pytorch.simclr import RandomBatches
from cs231n_lib.pytorch.training import Trainer
from cs231n_lib.safety import written_whole

SIZE = 64  # pixels along a side
SOURCES = (("one", 5_000, 10_000), ("two", 15_000, 15_000))  # objects, first row of the training split, number


class AttributeNet(nn.Module):
    """Say which shapes, colours and sizes a picture holds, and what stands at each of 8 x 8 places.

    Shapes: x (N, 3, 64, 64) in -1..1 -> scores (N, 20) of the attributes for the whole picture; scores (N, 64, 21) of
        the attributes at each place, and of its being the middle of an object.
    """

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(
            [_convolution(3, 24, 5, stride=2), _convolution(24, 32), _convolution(32, 64), *_two_of(64)]
        )
        self.whole, self.place = nn.Linear(2 * 64, len(NAMES)), nn.Linear(64, len(NAMES) + 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        places = self.features(x)
        return self.whole(summary(places)), self.place(places)

    def features(self, x: Tensor) -> Tensor:
        """Return the last map, (N, 64 places, 64 channels)."""
        for i, block in enumerate(self.blocks, 1):
            x = F.relu(block(x))
            if i in (2, 3):
                x = F.max_pool2d(x, 2)
        return x.flatten(2).transpose(1, 2)


def summary(places: Tensor) -> Tensor:
    """Return mean and maximum of each channel over the places: (N, 64, 64) -> (N, 128)."""
    return torch.cat([places.mean(dim=1), places.amax(dim=1)], dim=1)


def attribute_loss(whole: Tensor, place: Tensor, marks: Tensor, there: Tensor) -> Tensor:
    """Add up what both kinds of score cost.

    Shapes: whole (N, 20), place (N, 64, 21); marks (N, 20) of 0 and 1; there (N, 64, 3), numbers of shape, colour and
        size, or NOBODY. The weights bring the parts to about the same size.
    """
    loss = 10 * F.binary_cross_entropy_with_logits(whole, marks)
    taken = there[:, :, 0] != NOBODY  # (N, 64)
    loss = loss + 4 * F.binary_cross_entropy_with_logits(place[:, :, -1], taken.float())
    for kind, columns in enumerate(KINDS.values()):
        loss = loss + F.cross_entropy(place[:, :, columns][taken], there[:, :, kind][taken])
    return loss


def training_pictures(share: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """Render the pictures to learn from: pixels (N, 3, 64, 64) uint8, marks (N, 20), and what is where (N, 64, 3).

    share: of the 25 000 pictures, 0..1 (default all).
    """
    parts = []
    for objects, first, number in SOURCES:
        rows = slice(first, first + max(1, round(share * number)))
        spec = scenes.take(scenes.draw_captioned("train", rows.stop, objects=objects), rows)
        parts.append((render(spec, SIZE).transpose(0, 3, 1, 2), present(spec), by_place(spec)))
    X, marks, there = (torch.from_numpy(np.concatenate(part)) for part in zip(*parts, strict=True))
    return X, marks, there


def as_input(X: Tensor) -> Tensor:
    """Turn bytes into numbers from -1 to 1."""
    return X.float() / 127.5 - 1


def attribute_trainer(
    pictures: tuple[Tensor, Tensor, Tensor],
    *,
    num_epochs: int = 6,
    batch_size: int = 128,
    learning_rate: float = 4e-3,
    seed: int = 0,
    checkpoint: str | os.PathLike | None = None,
    bar: bool = True,
) -> Trainer:
    """Return a Trainer for a fresh net on what `training_pictures` returned; its part "model" is the net."""
    X, marks, there = pictures
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AttributeNet()
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # a third less time; no stub knows it
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=1e-2)
    batches = RandomBatches(len(X), batch_size)
    total = num_epochs * len(batches)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=total)

    def step(rows: Tensor) -> Tensor:
        model.train()
        whole, place = model(as_input(X[rows]))
        loss = attribute_loss(whole, place, marks[rows], there[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        return loss.detach()

    parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
    return Trainer(step, batches, parts, num_epochs, seed=seed, checkpoint=checkpoint, bar=bar)


def weights_for_numpy(model: AttributeNet, X: Tensor) -> dict[str, np.ndarray]:
    """Fold batch norm into the convolutions, and standardise the features over pictures X (N, 3, 64, 64) uint8.

    The heads are changed to fit the standardised features.
    """
    model.eval()
    with torch.no_grad():
        places = torch.cat([model.features(as_input(x)) for x in X.split(250)])
        vector = summary(places)
        weights = {}
        for i, block in enumerate(model.blocks, 1):
            conv, norm = block.children()
            weights[f"W{i}"], weights[f"b{i}"] = _folded(conv, norm)
        for name, values, head in (("vector", vector, model.whole), ("map", places.flatten(0, 1), model.place)):
            mean, std = values.mean(dim=0), values.std(dim=0) + 1e-3  # a channel that is always 0 must not explode
            weights[f"{name}_mean"], weights[f"{name}_std"] = mean, std
            end = {"vector": "whole", "map": "place"}[name]
            weights[f"W_{end}"], weights[f"b_{end}"] = std[:, None] * head.weight.T, head.bias + head.weight @ mean
    return {name: value.numpy() for name, value in weights.items()}


def write_weights(weights: dict[str, np.ndarray], path: str | os.PathLike) -> None:
    """Write weights as npz, in half precision."""
    with written_whole(path) as file:
        half: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
        np.savez_compressed(file, **half)


def _convolution(channels_in: int, channels_out: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(channels_in, channels_out, kernel, stride=stride, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(channels_out))


def _two_of(channels: int) -> list[nn.Sequential]:
    return [_convolution(channels, channels), _convolution(channels, channels)]


def _folded(conv: Any, norm: Any) -> tuple[Tensor, Tensor]:
    """Return weight and bias of the one convolution that does what both do in test mode."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def main(words: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.pytorch.attributes", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("attributes.npz"), help="default attributes.npz")
    parser.add_argument("--epochs", type=int, default=6, help="default 6")
    parser.add_argument("--share", type=float, default=1.0, help="of the 25 000 pictures (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="default 0")
    parser.add_argument("--checkpoint", type=Path, help="name of a checkpoint after each epoch (default none)")
    parser.add_argument("--resume", type=Path, help="a checkpoint to go on from")
    choice = parser.parse_args(words)
    torch.set_num_threads(1)
    pictures = training_pictures(choice.share)
    trainer = attribute_trainer(pictures, num_epochs=choice.epochs, seed=choice.seed, checkpoint=choice.checkpoint)
    if choice.resume is not None:
        trainer.resume(choice.resume)
    trainer.train()
    write_weights(weights_for_numpy(trainer.parts["model"], pictures[0][::10]), choice.out)
    print(f"loss {trainer.history['loss'][-1]:.4f} after {trainer.iteration} steps; weights in {choice.out}")


if __name__ == "__main__":
    main()
