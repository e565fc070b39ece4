"""SimCLR: learn to see without labels, by telling two views of one picture from views of all others.

Source: Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations.

`python -m cs231n_lib.pytorch.simclr --help` pre-trains from the command line; `torchrun --nproc-per-node N -m
cs231n_lib.pytorch.simclr` does it with N processes that share every batch and give the same result.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cs231n_lib.pytorch import processes
from cs231n_lib.pytorch.augment import Augment
from cs231n_lib.pytorch.convnets import Residual, conv_block
from cs231n_lib.pytorch.training import Trainer

# the loss --------------------------------------------------------------------------------------------------------


def sim(z_i: Tensor, z_j: Tensor) -> Tensor:
    """Compute the cosine of two vectors."""
    return z_i @ z_j / (z_i.norm() * z_j.norm())


def simclr_loss_naive(out_left: Tensor, out_right: Tensor, tau: float) -> Tensor:
    """Compute the loss of `simclr_loss_vectorized` with loops over all pairs of views."""
    views = torch.cat([out_left, out_right])
    total, N = views.new_zeros(()), len(out_left)
    for i in range(2 * N):
        others = [torch.exp(sim(views[i], views[k]) / tau) for k in range(2 * N) if k != i]
        twin = torch.exp(sim(views[i], views[(i + N) % (2 * N)]) / tau)
        total = total - torch.log(twin / torch.stack(others).sum())
    return total / (2 * N)


def sim_positive_pairs(out_left: Tensor, out_right: Tensor) -> Tensor:
    """Compute the cosine of each row with its twin, (N, 1)."""
    return (F.normalize(out_left) * F.normalize(out_right)).sum(dim=1, keepdim=True)


def compute_sim_matrix(out: Tensor) -> Tensor:
    """Compute the cosines of all rows with all rows, (2N, 2N)."""
    rows = F.normalize(out)
    return rows @ rows.T


def simclr_loss_vectorized(
    out_left: Tensor, out_right: Tensor, tau: float, device: str | torch.device | None = None
) -> Tensor:
    """Compute the mean over all 2N views of -log(exp(s_twin / tau) / sum over the other views of exp(s / tau)).

    With several processes the other views are those of all of them, and what is returned is this process's share of
    the mean: the shares add up to it.

    Shapes: out_left, out_right (N, D), row k of both from the same picture.  tau: temperature, above 0.
    device: not needed, the loss is computed where the rows are.
    Raises: ValueError for two shapes, or no temperature above 0.
    """
    if out_left.shape != out_right.shape or tau <= 0:
        shapes = f"{tuple(out_left.shape)} and {tuple(out_right.shape)}"
        raise ValueError(f"simclr_loss: views of shapes {shapes}, tau {tau}; use one shape, and tau above 0")
    N, share = len(out_left), processes.rank() * len(out_left)
    left, right = F.normalize(out_left), F.normalize(out_right)
    views = torch.cat([processes.gathered(left), processes.gathered(right)])  # (2M, D), M pictures in all processes
    M = len(views) // 2
    scores = torch.cat([left, right]) @ views.T / tau  # (2N, 2M)
    row, own = torch.arange(2 * N), torch.cat([torch.arange(N), torch.arange(N) + M]) + share
    scores = scores.index_put((row, own), scores.new_tensor(-torch.inf))  # no view is its own rival
    twin = (own + M) % (2 * M)
    return F.cross_entropy(scores, twin.to(scores.device), reduction="sum") / (2 * M)


# the net ---------------------------------------------------------------------------------------------------------


class SimCLR(nn.Module):
    """A small residual encoder, and a projection head that is thrown away after pre-training.

    Shapes: pictures (N, 3, 32, 32), values 0..1 -> features (N, 256) of `encoder`, projections (N, out) of `head`.
    """

    features = 256

    def __init__(self, out: int = 64):
        super().__init__()
        self.encoder = encoder()
        self.head = nn.Sequential(
            nn.Linear(self.features, self.features), nn.BatchNorm1d(self.features), nn.ReLU(), nn.Linear(256, out)
        )
        processes.share_batch_norms(self)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.encoder(x)
        return features, self.head(features)


def encoder() -> nn.Sequential:
    """Make three blocks of conv - batch norm - relu - pool with 16, 32 and 64 channels, a residual block, a 2 x 2 mean.

    Pools, not strides: on small pictures a few steps of training then get much further. Memory with the channels last
    is the same net in two thirds of the time on a processor.
    """
    blocks = [conv_block(before, after) for before, after in ((3, 16), (16, 32), (32, 64))]
    net = nn.Sequential(*blocks, Residual(64), nn.AdaptiveAvgPool2d(2), nn.Flatten())
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # a third less time; no stub knows it


# pre-training ----------------------------------------------------------------------------------------------------


class RandomBatches:
    """Row numbers in random order, in batches of one size; what is left over is not used in this epoch."""

    def __init__(self, total: int, batch_size: int):
        if batch_size > total:
            raise ValueError(f"a batch of {batch_size} from {total} pictures; use a smaller batch")
        self.total, self.batch_size = total, batch_size

    def __len__(self) -> int:
        return self.total // self.batch_size

    def __iter__(self) -> Iterator[Tensor]:
        return iter(torch.randperm(self.total)[: len(self) * self.batch_size].split(self.batch_size))


def simclr_step(
    model: SimCLR, optimizer: torch.optim.Optimizer, X: Tensor, augment: Augment, tau: float
) -> Callable[[Tensor], float]:
    """Return a step for `Trainer`: two views of each picture of a batch, the loss, an update.

    Shapes: X (N, 3, H, W), values 0..1; a batch holds row numbers of X.
    """

    def step(rows: Tensor) -> float:
        share = processes.my_share(len(rows))
        x = X[rows[share]]
        drawn = [augment.draw(len(rows)) for _ in range(2)]  # for the whole batch, in every process the same
        left, right = (augment.apply(x, {name: d[share] for name, d in draw.items()}) for draw in drawn)
        model.train()
        loss = simclr_loss_vectorized(model(left)[1], model(right)[1], tau)
        optimizer.zero_grad()
        loss.backward()
        processes.add_gradients(model)
        optimizer.step()
        return processes.summed(loss.detach()).item()

    return step


def pretrainer(
    X: Tensor,
    *,
    num_epochs: int = 5,
    batch_size: int = 256,
    tau: float = 0.2,
    learning_rate: float = 1e-3,
    augment: Augment | None = None,
    seed: int = 0,
    checkpoint: str | os.PathLike | None = None,
    bar: bool = True,
) -> Trainer:
    """Return a Trainer that pre-trains a fresh SimCLR on pictures X (N, 3, 32, 32); its part "model" is the net.

    The net lies on the device of the pictures.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = SimCLR().to(X.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, weight_decay=1e-6)
    step = simclr_step(model, optimizer, X, augment or Augment(), tau)
    first = processes.rank() == 0
    return Trainer(
        step,
        RandomBatches(len(X), batch_size),
        {"model": model, "optimizer": optimizer},
        num_epochs,
        seed=seed,
        checkpoint=checkpoint if first else None,
        bar=bar and first,
    )


def features_of(encoder: nn.Module, X: Tensor, batch_size: int = 500) -> Tensor:
    """Return the features of pictures in test mode, without gradients."""
    training = encoder.training
    encoder.eval()
    with torch.no_grad():
        features = torch.cat([encoder(x) for x in X.split(batch_size)])
    encoder.train(training)
    return features


def main(words: list[str] | None = None) -> None:
    """Pre-train from the command line, alone or under torchrun."""
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.pytorch.simclr", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("simclr"), help="name of the checkpoints (default simclr)")
    parser.add_argument("--resume", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--pictures", type=int, default=5000, help="how many, without labels (default 5000)")
    parser.add_argument("--epochs", type=int, default=5, help="default 5")
    parser.add_argument("--batch-size", type=int, default=256, help="of all processes together (default 256)")
    parser.add_argument("--seed", type=int, default=0, help="default 0")
    choice = parser.parse_args(words)
    device = processes.join()
    from cs231n_lib.data import load_images

    data = load_images(num_train=choice.pictures, num_val=0, num_test=0, layout="NCHW")
    trainer = pretrainer(
        torch.from_numpy(data["X_train"]).to(device) / 255,
        num_epochs=choice.epochs,
        batch_size=choice.batch_size,
        seed=choice.seed,
        checkpoint=choice.out,
    )
    if choice.resume is not None:
        trainer.resume(choice.resume)
    trainer.train()
    if processes.rank() == 0:
        print(f"loss {trainer.history['loss'][-1]:.6f} after {trainer.iteration} steps")
        print(f"stored in {choice.out}_epoch_{trainer.epoch}.pt")
    processes.leave()


if __name__ == "__main__":
    main()
