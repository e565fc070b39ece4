"""Topic 14: generative adversarial nets: the noise, the models, the two steps (PyTorch)."""

import numpy as np

from .. import catalogue, modules
from ..model import Exercise, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.gan"
LIBRARY = "cs231n_lib.pytorch.gan"


# --- noise and the two models ----------------------------------------------------------------------------------------


def noise_laws(fn, batch_size, dim, seed):
    """Play sample_noise: shape, spread and share of its numbers, whether calls, seeds, rows and columns repeat."""
    import torch

    def draw(*sizes, seed=None):
        args = sizes if seed is None else modules.taken(fn, *sizes, seed)
        if seed is not None and len(args) == len(sizes):  # as in 2018 and 2019: the seed is set outside
            torch.manual_seed(seed)
        return torch.as_tensor(fn(*args)).detach()

    with modules.seeded():
        noise, again = (draw(batch_size, dim, seed=seed) for _ in range(2))
        found = {"shape of the noise": noise.shape, "another call gives the same": int(torch.equal(noise, again))}
        if seed is not None:
            other = draw(batch_size, dim, seed=seed + 1)
            found["another seed gives the same"] = int(torch.equal(noise, other))
        many = torch.stack([draw(200, 20).double() for _ in range(10)])
    below = [(many < limit).double().mean().item() for limit in (-0.6, 0, 0.6)]
    return {
        **found,
        "smallest and largest": np.round([many.min().item(), many.max().item()], 1),
        "share below -0.6, 0, 0.6": np.round(below, 1),
        **modules.mask_laws(many > 0, ("calls", "rows", "columns")),
    }


def noise_cases():
    """Sizes different and alike, one row, with and without a seed."""
    return [
        case("no seed", batch_size=5, dim=3, seed=None),
        case("a seed", batch_size=2, dim=7, seed=3),
        case("a seed and sizes alike", batch_size=4, dim=4, seed=7),
        edge("seed 0", batch_size=4, dim=4, seed=0),
        edge("one row of noise", batch_size=1, dim=6, seed=None),
    ]


def images_and_weights(seed, *shape):
    """Return float32 inputs and numbers for a model's weights."""
    rng = np.random.default_rng(seed)
    return {"x": modules.tensor(rng.uniform(-1, 1, shape)), "values": modules.numbers(seed)}


def discriminator_cases():
    """Batches of pictures with their axes, as the training loop hands them over, and flat where a net takes them."""
    return [
        *(case(f"{N} pictures (N, 1, 28, 28)", **images_and_weights(N, N, 1, 28, 28), sizes=()) for N in (3, 4)),
        case("flat pictures (N, 784)", **images_and_weights(2, 2, 784), sizes=(), instead=(1, 28, 28)),
    ]


def generator_cases():
    """Three lengths of noise, the default as well."""
    return [
        case("noise of 4 numbers", **images_and_weights(1, 3, 4), sizes=(4,)),
        case("noise of 96 numbers (the default)", **images_and_weights(2, 2, 96), sizes=()),
        case("noise of 10 numbers", **images_and_weights(3, 4, 10), sizes=(10,)),
    ]


def dc_classifier_cases():
    """Batches of pictures; the net is made for the size of the batch. It may take them as rows as well."""
    return [
        case(f"{N} pictures (N, 1, 28, 28)", **images_and_weights(N, N, 1, 28, 28), sizes=(N,), instead=(784,))
        for N in (3, 2, 4)
    ]


def dc_classifier(fn, sizes, **args):
    """Play a classifier that is made for the size of the batch; in 2018 and 2019 it is not told."""
    return modules.run_model(fn, sizes=modules.taken(fn, *sizes), **args)


def dc_generator_cases():
    """Noise of three lengths."""
    return [
        case(f"noise of {dim} numbers", **images_and_weights(dim, N, dim), sizes=(dim,))
        for N, dim in ((3, 4), (2, 7), (4, 3))
    ]


def settings(fn, scale):
    """Play get_optimizer: its settings, and the weights after three steps with known gradients."""
    import torch

    with modules.seeded():
        model = torch.nn.Linear(2, 1, bias=False)
    optimizer = fn(model)
    for step in range(3):
        model.weight.data = torch.ones(1, 2) if step == 0 else model.weight.data
        model.weight.grad = scale * torch.tensor([[1.0, -2.0]]) * (step + 1)
        optimizer.step()
    group = optimizer.param_groups[0]
    return {
        "parameters": sum(p.numel() for g in optimizer.param_groups for p in g["params"]),
        "learning rate": group["lr"],
        "betas": group.get("betas", (0, 0)),
        "weights after 3 steps": model.weight,
    }


# --- the two steps ---------------------------------------------------------------------------------------------------


def pair(values, pixels, noise_dim):
    """Return a small discriminator and a small generator with known weights."""
    import torch
    from torch import nn

    D = nn.Sequential(nn.Linear(pixels, 4), nn.LeakyReLU(0.1), nn.Linear(4, 1))
    G = nn.Sequential(nn.Linear(noise_dim, 5), nn.ReLU(), nn.Linear(5, pixels), nn.Tanh())
    modules.fill(D, values, torch.zeros(2, pixels))
    modules.fill(G, values[::-1], torch.zeros(2, noise_dim))
    return D, G


def step_cases():
    """As many fakes as real pictures and not, a discriminator that has gradients already."""

    def make(seed, real, fake, pixels, noise_dim):
        rng = np.random.default_rng(seed)
        images, noise = rng.uniform(-1, 1, (real, pixels)), rng.uniform(-1, 1, (2, fake, noise_dim))
        return {"real": modules.tensor(images), "noise": modules.tensor(noise), "values": modules.numbers(seed)}

    return [
        case("5 real and 5 fake", **make(1, 5, 5, 3, 2)),
        case("4 real and 4 fake", **make(4, 4, 4, 4, 3)),
        case("sizes alike", **make(5, 3, 3, 3, 3)),
        edge("4 real and 6 fake", **make(2, 4, 6, 4, 3)),
        edge("one of each", **make(3, 1, 1, 5, 2)),
    ]


def discriminator_steps(fn, real, noise, values):
    """Play two steps of the discriminator: losses, weights, and what reached the generator."""
    import torch

    with modules.seeded():
        D, G = pair(values, real.shape[1], noise.shape[2])
        optimizer = torch.optim.SGD(D.parameters(), lr=0.5)
        losses = [float(fn(D, G, real.flip(0), z, optimizer)) for z in noise]
        return {
            "losses": np.float32(losses),
            "D": modules.flat(D),
            "G": modules.flat(G),
            "gradient in G": modules.slope(G),
        }


def generator_steps(fn, real, noise, values):
    """Play two steps of the generator: losses, weights, whether a gradient reached it."""
    import torch

    with modules.seeded():
        D, G = pair(values, real.shape[1], noise.shape[2])
        reached = []
        next(G.parameters()).register_hook(lambda _: reached.append(1))
        optimizer = torch.optim.SGD(G.parameters(), lr=0.5)
        losses = [float(fn(D, G, z, optimizer)) for z in noise]
        return {
            "losses": np.float32(losses),
            "G": modules.flat(G),
            "D": modules.flat(D),
            "gradients in G": len(reached),
        }


def model(name, cases, proof, why, mistakes, play=modules.run_model):
    """Return the exercise of a function that makes a model."""
    truth, plain = f"{LIBRARY}:{name}", f"{PLAIN}:{name}"
    return Exercise(name, truth, ("model",), cases, proof, why, mistakes, plain, play=play)


EXERCISES = [
    Exercise(
        "sample_noise",
        f"{LIBRARY}:sample_noise",
        ("noise",),
        noise_cases,
        "Five ways to call it: shape, smallest and largest number, shares below -0.6, 0 and 0.6, seeds, chance.",
        "The generator turns this noise into pictures; two rows alike would be one picture twice.",
        catalogue.rows("gan.sample_noise"),
        f"{PLAIN}:sample_noise",
        play=noise_laws,
    ),
    model(
        "discriminator",
        discriminator_cases,
        "Three batches: the number of parameters, 267009, and the scores of pictures with known weights.",
        "Its score is no probability: the loss takes the sigmoid.",
        catalogue.rows("gan.discriminator"),
    ),
    model(
        "generator",
        generator_cases,
        "Three generators: the number of parameters, and the pictures with known weights.",
        "tanh keeps every pixel between -1 and 1, where the real pictures lie as well.",
        catalogue.rows("gan.generator"),
    ),
    model(
        "build_dc_classifier",
        dc_classifier_cases,
        "Three batches: the number of parameters, 1102721, and the scores of pictures with known weights.",
        "Almost all its parameters stand in one linear layer; both convolutions together have 52096.",
        catalogue.rows("gan.build_dc_classifier"),
        play=dc_classifier,
    ),
    model(
        "build_dc_generator",
        dc_generator_cases,
        "Three generators: the number of parameters, 6580801 for noise of 4 numbers, and their pictures.",
        "Each transposed convolution doubles the side: 7, 14, 28.",
        catalogue.rows("gan.build_dc_generator"),
    ),
    Exercise(
        "get_optimizer",
        f"{LIBRARY}:get_optimizer",
        ("optimizer",),
        lambda: [
            case("gradients of 1", scale=1.0),
            case("small gradients", scale=1e-3),
            case("large gradients", scale=50.0),
        ],
        "The settings, and three steps with known gradients, large and small.",
        "With beta1 = 0.5 the mean forgets fast: the other net moves, so old gradients mislead.",
        catalogue.rows("gan.get_optimizer"),
        f"{PLAIN}:get_optimizer",
        play=settings,
    ),
    Exercise(
        "discriminator_step",
        f"{PLAIN}:discriminator_step",
        ("loss",),
        step_cases,
        "Five pairs of nets, two steps each: losses, weights, and no gradient in the generator.",
        "The fakes are detached: here the generator is only a source of pictures.",
        catalogue.rows("gan.discriminator_step"),
        play=discriminator_steps,
    ),
    Exercise(
        "generator_step",
        f"{PLAIN}:generator_step",
        ("loss",),
        step_cases,
        "Five pairs of nets, two steps each: losses, the generator's weights, the discriminator's untouched.",
        "The gradient runs through the discriminator, but only the generator's weights are in the optimizer.",
        catalogue.rows("gan.generator_step"),
        play=generator_steps,
    ),
    LineOrder(
        "gan_lines",
        "discriminator_step",
        "def discriminator_step(D, G, real, noise, optimizer):",
        (
            "loss.backward()",
            "fake = G(noise)",
            "loss = discriminator_loss(logits_real, logits_fake)",
            "optimizer.step()",
            "fake = G(noise).detach()",
            "return loss",
            "logits_real, logits_fake = D(real), D(fake)",
            "optimizer.zero_grad()",
            "loss = generator_loss(logits_fake)",
        ),
        (5, 7, 3, 8, 1, 4, 6),
        "The fakes are detached before the discriminator sees them, so nothing runs back into the generator.",
        imports="from cs231n_lib.textbook.gan import discriminator_loss, generator_loss",
    ),
    FindMistake(
        "gan_mistake",
        """
        def generator_step(D, G, noise, optimizer):
            optimizer.zero_grad()
            fake = G(noise)
            logits = D(fake)
            loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
            loss.backward()
            optimizer.step()
            return loss
        """,
        "fake = G(noise)",
        "fake = G(noise).detach()",
        "the fakes are detached: no gradient reaches the generator",
        "Follow the gradient back from the loss, line by line. Where does it end?",
        "It ends at detach, before the generator. In the discriminator's step it belongs there, not here.",
    ),
]
