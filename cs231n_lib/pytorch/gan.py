"""Generative adversarial nets: a generator that invents pictures, a discriminator that tells them from real ones.

Source: Goodfellow et al. 2014, Generative Adversarial Nets; Mao et al. 2017, Least Squares Generative Adversarial
Networks; Radford et al. 2016, Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
Networks. Names and sizes by default are those of CS231n assignment 3.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def sample_noise(batch_size: int, dim: int, seed: int | None = None) -> Tensor:
    """Draw noise (batch_size, dim), uniform between -1 and 1.  seed: for PyTorch's generator, default as it is."""
    if seed is not None:
        torch.manual_seed(seed)
    return 2 * torch.rand(batch_size, dim) - 1


# losses ----------------------------------------------------------------------------------------------------------


def bce_loss(input: Tensor, target: Tensor) -> Tensor:
    """Compute the mean of -t log p - (1 - t) log(1 - p) with p = sigmoid(s), from the logits s themselves.

    log(1 + exp(s)) - s t is the same, and `logaddexp` never overflows. So does max(s, 0) + log(1 + exp(-|s|)), but its
    two kinks give autograd the slope 1 - t, in place of 1/2 - t, at s = 0, where nets with zero weights begin.

    Shapes: logits s and targets t in [0, 1] of one shape.
    Raises: ValueError for two shapes, which would broadcast and give another mean.
    """
    if input.shape != target.shape:
        raise ValueError(f"bce_loss: logits {tuple(input.shape)} and targets {tuple(target.shape)}; use one shape")
    return (torch.logaddexp(input, torch.zeros_like(input)) - input * target).mean()


def discriminator_loss(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """Compute the loss of calling real pictures real (1) and invented ones invented (0)."""
    return bce_loss(logits_real, torch.ones_like(logits_real)) + bce_loss(logits_fake, torch.zeros_like(logits_fake))


def generator_loss(logits_fake: Tensor) -> Tensor:
    """Compute -log D(G(z)), the loss of having invented pictures called real; it teaches most when D is sure."""
    return bce_loss(logits_fake, torch.ones_like(logits_fake))


def saturating_generator_loss(logits_fake: Tensor) -> Tensor:
    """Compute log(1 - D(G(z))), the loss of the game as first written; its slope vanishes when D is sure."""
    return -bce_loss(logits_fake, torch.zeros_like(logits_fake))


def ls_discriminator_loss(scores_real: Tensor, scores_fake: Tensor) -> Tensor:
    """Compute half the mean square of (scores_real - 1), plus half that of scores_fake."""
    return 0.5 * (scores_real - 1).square().mean() + 0.5 * scores_fake.square().mean()


def ls_generator_loss(scores_fake: Tensor) -> Tensor:
    """Compute half the mean square of (scores_fake - 1)."""
    return 0.5 * (scores_fake - 1).square().mean()


# nets ------------------------------------------------------------------------------------------------------------


class Flatten(nn.Module):
    """Turn x (N, ...) into rows (N, D)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), -1)


class Unflatten(nn.Module):
    """Turn rows (N, C H W) into pictures (N, C, H, W)."""

    def __init__(self, N: int = -1, C: int = 128, H: int = 7, W: int = 7):
        super().__init__()
        self.shape = (N, C, H, W)

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(self.shape)


def initialize_weights(m: nn.Module) -> None:
    """Draw the weights of a linear or transposed convolution layer by Xavier's rule; for `model.apply`."""
    if isinstance(m, nn.Linear | nn.ConvTranspose2d):
        nn.init.xavier_uniform_(m.weight)


def discriminator(seed: int | None = None, pixels: int = 784, hidden: int = 256) -> nn.Sequential:
    """Make flatten - hidden - hidden - 1 with leaky relu between.

    Shapes: pictures (N, ...) of `pixels` numbers -> logits (N, 1).
    """
    _seed(seed)
    return nn.Sequential(
        Flatten(),
        nn.Linear(pixels, hidden),
        nn.LeakyReLU(0.01),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.01),
        nn.Linear(hidden, 1),
    )


def generator(noise_dim: int = 96, seed: int | None = None, pixels: int = 784, hidden: int = 1024) -> nn.Sequential:
    """Make hidden - hidden - pixels with relu between and tanh at the end.

    Shapes: noise (N, noise_dim) -> pictures (N, pixels) between -1 and 1.
    """
    _seed(seed)
    return nn.Sequential(
        nn.Linear(noise_dim, hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, pixels),
        nn.Tanh(),
    )


def build_dc_classifier(batch_size: int | None = None, image_size: int = 28, channels: int = 32) -> nn.Sequential:
    """Make two times conv 5x5 - leaky relu - max pool, then two linear layers.

    Shapes: pictures (N, image_size^2) or (N, 1, image_size, image_size) -> scores (N, 1). batch_size is not needed.
    """
    left = ((image_size - 4) // 2 - 4) // 2  # pixels along a side behind both pools
    units = left * left * 2 * channels
    return nn.Sequential(
        Unflatten(-1, 1, image_size, image_size),
        nn.Conv2d(1, channels, kernel_size=5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(channels, 2 * channels, kernel_size=5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        Flatten(),
        nn.Linear(units, units),
        nn.LeakyReLU(0.01),
        nn.Linear(units, 1),
    )


def build_dc_generator(
    noise_dim: int = 96, image_size: int = 28, hidden: int = 1024, channels: int = 64
) -> nn.Sequential:
    """Make two linear layers with batch norm, then two transposed convolutions that double the picture's side.

    Shapes: noise (N, noise_dim) -> pictures (N, image_size^2) between -1 and 1; image_size is a multiple of 4.
    """
    quarter = image_size // 4
    units = quarter * quarter * 2 * channels
    return nn.Sequential(
        nn.Linear(noise_dim, hidden),
        nn.ReLU(),
        nn.BatchNorm1d(hidden),
        nn.Linear(hidden, units),
        nn.ReLU(),
        nn.BatchNorm1d(units),
        Unflatten(-1, 2 * channels, quarter, quarter),
        nn.ConvTranspose2d(2 * channels, channels, kernel_size=4, stride=2, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(channels),
        nn.ConvTranspose2d(channels, 1, kernel_size=4, stride=2, padding=1),
        nn.Tanh(),
        Flatten(),
    )


# training --------------------------------------------------------------------------------------------------------


def get_optimizer(model: nn.Module) -> torch.optim.Adam:
    """Return Adam with learning rate 1e-3 and short memory, beta1 = 0.5."""
    return torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))


def gan_step(
    D: nn.Module,
    G: nn.Module,
    D_solver: torch.optim.Optimizer,
    G_solver: torch.optim.Optimizer,
    D_loss: Callable[[Tensor, Tensor], Tensor] = discriminator_loss,
    G_loss: Callable[[Tensor], Tensor] = generator_loss,
    noise_dim: int = 96,
) -> Callable[[tuple[Tensor, ...]], dict[str, float]]:
    """Return a step for `training.Trainer`: D learns from real and invented pictures, then G through D.

    Each batch is (pictures between -1 and 1, ...); what follows the pictures is not read. The noise takes type and
    device of the pictures.
    """

    def step(batch: tuple[Tensor, ...]) -> dict[str, float]:
        real = batch[0]
        fake = G(sample_noise(len(real), noise_dim).to(real)).detach()  # D's loss must not reach G
        d_loss = D_loss(D(real), D(fake))
        D_solver.zero_grad()
        d_loss.backward()
        D_solver.step()

        g_loss = G_loss(D(G(sample_noise(len(real), noise_dim).to(real))))
        G_solver.zero_grad()
        g_loss.backward()  # fills D's gradients, too; the next zero_grad forgets them
        G_solver.step()
        return {"D": d_loss.item(), "G": g_loss.item()}

    return step


# measures --------------------------------------------------------------------------------------------------------


def nearest(samples: Tensor, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Find the picture next to each sample, by Euclidean distance.

    Shapes: samples (N, D), pictures (M, D).
    Returns: distances (N,), and the places (N,) of those pictures.
    Raises: ValueError for rows of two lengths, or no pictures.
    """
    if samples.ndim != 2 or pictures.ndim != 2 or samples.shape[1] != pictures.shape[1] or not len(pictures):
        given = f"samples {tuple(samples.shape)}, pictures {tuple(pictures.shape)}"
        raise ValueError(f"nearest: {given}; use (N, D) and (M, D) with M > 0")
    distances, places = torch.cdist(samples, pictures).min(dim=1)
    return distances, places


def class_entropy(labels: Tensor) -> float:
    """Compute -sum p log p over the shares p of the classes: 0 for one class alone, log C for C classes alike.

    Shapes: labels (N,), whole numbers from 0.
    Raises: ValueError for no labels.
    """
    if not len(labels):
        raise ValueError("class_entropy: no labels; give at least one")
    counts = torch.bincount(labels)
    shares = counts[counts > 0] / len(labels)
    return -(shares * shares.log()).sum().item() + 0.0  # no -0


def _seed(seed: int | None) -> None:
    if seed is not None:
        torch.manual_seed(seed)
