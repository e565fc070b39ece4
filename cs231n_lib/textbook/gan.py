"""GAN losses, models and steps, as a textbook writes them; torch is imported by the function that needs it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn


def bce_loss(input: "torch.Tensor", target: "torch.Tensor") -> "torch.Tensor":
    """Return the mean of max(s, 0) - s t + log(1 + exp(-|s|)): binary cross-entropy of logits s."""
    positive = input.clamp(min=0)
    return (positive - input * target + (1 + (-input.abs()).exp()).log()).mean()


def discriminator_loss(logits_real: "torch.Tensor", logits_fake: "torch.Tensor") -> "torch.Tensor":
    """Return the loss of calling real pictures real and fake pictures fake."""
    real = bce_loss(logits_real, 0 * logits_real + 1)
    fake = bce_loss(logits_fake, 0 * logits_fake)
    return real + fake


def generator_loss(logits_fake: "torch.Tensor") -> "torch.Tensor":
    """Return the loss of having fake pictures called real."""
    return bce_loss(logits_fake, 0 * logits_fake + 1)


def ls_discriminator_loss(scores_real: "torch.Tensor", scores_fake: "torch.Tensor") -> "torch.Tensor":
    """Return half the mean square of scores_real - 1 plus half that of scores_fake."""
    real = 0.5 * ((scores_real - 1) ** 2).mean()
    fake = 0.5 * (scores_fake**2).mean()
    return real + fake


def ls_generator_loss(scores_fake: "torch.Tensor") -> "torch.Tensor":
    """Return half the mean square of scores_fake - 1."""
    return 0.5 * ((scores_fake - 1) ** 2).mean()


def preference_loss(better: "torch.Tensor", worse: "torch.Tensor") -> "torch.Tensor":
    """Return the mean of -log sigmoid(better - worse): the loss of ranking each pair the right way round."""
    lead = better - worse
    missing = (-lead).clamp(min=0)
    return (missing + (1 + (-lead.abs()).exp()).log()).mean()


def sample_noise(batch_size: int, dim: int, seed: int | None = None) -> "torch.Tensor":
    """Return noise (batch_size, dim), uniform between -1 and 1; the same for the same seed."""
    import torch

    if seed is not None:
        torch.manual_seed(seed)
    return 2 * torch.rand(batch_size, dim) - 1


def discriminator() -> "nn.Sequential":
    """Return the model flatten - 256 - 256 - 1, leaky ReLUs of slope 0.01 between."""
    from torch import nn

    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01, inplace=True),
        nn.Linear(256, 1),
    )


def generator(noise_dim: int = 96) -> "nn.Sequential":
    """Return the model noise - 1024 - 1024 - 784 with ReLUs between and tanh at the end."""
    from torch import nn

    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(inplace=True),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )


def get_optimizer(model: "nn.Module") -> "torch.optim.Optimizer":
    """Return Adam with learning rate 1e-3, beta1 0.5, beta2 0.999."""
    import torch

    return torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))


def discriminator_step(
    D: "nn.Module", G: "nn.Module", real: "torch.Tensor", noise: "torch.Tensor", optimizer: "torch.optim.Optimizer"
) -> "torch.Tensor":
    """Improve D by one step on real pictures and on fakes that G makes of noise; return D's loss."""
    optimizer.zero_grad()
    logits_real = D(real)
    fake = G(noise).detach()
    logits_fake = D(fake)
    loss = discriminator_loss(logits_real, logits_fake)
    loss.backward()
    optimizer.step()
    return loss


def generator_step(
    D: "nn.Module", G: "nn.Module", noise: "torch.Tensor", optimizer: "torch.optim.Optimizer"
) -> "torch.Tensor":
    """Improve G by one step: D should take its fakes for real; return G's loss."""
    optimizer.zero_grad()
    fake = G(noise)
    logits_fake = D(fake)
    loss = generator_loss(logits_fake)
    loss.backward()
    optimizer.step()
    return loss


def build_dc_classifier(batch_size: int) -> "nn.Sequential":
    """Return the model of two convolutions, each with a leaky ReLU and a pool, and two linear layers."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 32, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2, 2),
        nn.Conv2d(32, 64, 5),
        nn.LeakyReLU(0.01, inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 4 * 64, 4 * 4 * 64),
        nn.LeakyReLU(negative_slope=0.01),
        nn.Linear(4 * 4 * 64, 1),
    )


def build_dc_generator(noise_dim: int) -> "nn.Sequential":
    """Return the model of two linear layers and two transposed convolutions, batch norm between, tanh at the end."""
    from torch import nn

    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 7 * 7 * 128),
        nn.ReLU(inplace=True),
        nn.BatchNorm1d(7 * 7 * 128),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1),
        nn.ReLU(inplace=False),
        nn.BatchNorm2d(64),
        nn.ConvTranspose2d(64, 1, 4, 2, padding=1),
        nn.Tanh(),
        nn.Flatten(),
    )
