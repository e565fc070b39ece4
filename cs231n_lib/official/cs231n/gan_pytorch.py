"""Assignment 3, 2020 to 2024: generative adversarial nets."""

import numpy as np
import torch
from torch.utils.data import sampler

from cs231n_lib.pytorch import gan
from cs231n_lib.pytorch.convnets import parameter_count as count_params
from cs231n_lib.pytorch.gan import (
    Flatten,
    Unflatten,
    build_dc_classifier,
    build_dc_generator,
    discriminator,
    discriminator_loss,
    generator,
    generator_loss,
    get_optimizer,
    initialize_weights,
    ls_discriminator_loss,
    ls_generator_loss,
    sample_noise,
)

NOISE_DIM = 96
dtype = "torch.cuda.FloatTensor" if torch.cuda.is_available() else "torch.FloatTensor"


def bce_loss(input, target):
    """Compute binary cross-entropy from logits; (N, 1) and (N,) mean the same."""
    return gan.bce_loss(input.squeeze(), target.squeeze())


def run_a_gan(
    D,
    G,
    D_solver,
    G_solver,
    discriminator_loss,
    generator_loss,
    loader_train,
    show_every=250,
    batch_size=128,
    noise_size=96,
    num_epochs=10,
):
    """Train both nets; print both losses and keep 16 invented pictures every `show_every` steps.

    Batches of another size than `batch_size` are not used. Returns: a list of arrays (16, ...).
    """
    step = gan.gan_step(D, G, D_solver, G_solver, discriminator_loss, generator_loss, noise_size)
    images, iteration = [], 0
    for _ in range(num_epochs):
        for x, _ in loader_train:
            if len(x) != batch_size:
                continue
            losses = step((2 * (x.type(dtype) - 0.5),))
            if iteration % show_every == 0:
                print(f"Iter: {iteration}, D: {losses['D']:.4}, G:{losses['G']:.4}")
                images.append(_invented(G, batch_size, noise_size))
            iteration += 1
    return images


class ChunkSampler(sampler.Sampler):
    """Give the row numbers start .. start + num_samples - 1 in order."""

    def __init__(self, num_samples, start=0):
        self.num_samples, self.start = num_samples, start

    def __iter__(self):
        return iter(range(self.start, self.start + self.num_samples))

    def __len__(self):
        return self.num_samples


def preprocess_img(x):
    """Turn 0..1 into -1..1."""
    return 2 * x - 1.0


def deprocess_img(x):
    """Turn -1..1 into 0..1."""
    return (x + 1.0) / 2.0


def rel_error(x, y):
    """Return the largest relative difference, max |x - y| / max(1e-8, |x| + |y|)."""
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))


def _invented(G, batch_size, noise_size):
    with torch.no_grad():
        return G(sample_noise(batch_size, noise_size).type(dtype)).cpu().numpy()[:16]


__all__ = [
    "NOISE_DIM",
    "ChunkSampler",
    "Flatten",
    "Unflatten",
    "bce_loss",
    "build_dc_classifier",
    "build_dc_generator",
    "count_params",
    "deprocess_img",
    "discriminator",
    "discriminator_loss",
    "dtype",
    "generator",
    "generator_loss",
    "get_optimizer",
    "initialize_weights",
    "ls_discriminator_loss",
    "ls_generator_loss",
    "preprocess_img",
    "rel_error",
    "run_a_gan",
    "sample_noise",
]
