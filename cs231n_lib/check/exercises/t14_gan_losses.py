"""Topic 14: the losses of generative adversarial nets, and a loss over preferences (PyTorch)."""

import numpy as np

from .. import catalogue, modules
from ..model import Exercise, case, edge

PLAIN = "cs231n_lib.textbook.gan"
LIBRARY = "cs231n_lib.pytorch.gan"


def tensor(array):
    """Return a float64 tensor."""
    return modules.tensor(array, "float64")


def logits(seed, N, flat):
    """Return logits of both signs, (N,) or (N, 1)."""
    values = 2 * np.random.default_rng(seed).standard_normal(N)
    return tensor(values if flat else values[:, None])


def bce_cases():
    """Labels of both kinds mixed, logits far from 0, one picture."""
    rng = np.random.default_rng(1)
    return [
        case("mixed labels", input=logits(1, 7, True), target=tensor(rng.integers(0, 2, 7))),
        case("all labels 1", input=logits(2, 5, True), target=tensor(np.ones(5))),
        case("all labels 0", input=logits(3, 5, True), target=tensor(np.zeros(5))),
        edge("a column of logits", input=logits(4, 6, False), target=tensor(rng.integers(0, 2, (6, 1)))),
        edge("logits of 1000", input=tensor([1000.0, -1000, 3]), target=tensor([1.0, 0, 1])),
        edge("a logit of 50 with label 0", input=tensor([50.0, -2, 1]), target=tensor([0.0, 0, 1])),
        edge("one picture", input=logits(5, 1, True), target=tensor([0.0])),
    ]


def both_cases(real, fake):
    """As many real as fake pictures, unlike numbers, a column of logits."""

    def make():
        return [
            case("5 real and 5 fake", **{real: logits(1, 5, True), fake: logits(2, 5, True)}),
            edge("3 real and 7 fake", **{real: logits(3, 3, True), fake: logits(4, 7, True)}),
            case("columns of logits", **{real: logits(5, 4, False), fake: logits(6, 4, False)}),
            case("a sure discriminator", **{real: logits(7, 4, True) + 4, fake: logits(8, 4, True) - 4}),
        ]

    return make


def fake_cases(name):
    """Flat logits, a column, a sure discriminator, one picture."""

    def make():
        return [
            case("5 fakes", **{name: logits(1, 5, True)}),
            case("a column of logits", **{name: logits(2, 6, False)}),
            case("a sure discriminator", **{name: logits(4, 5, True) - 4}),
            edge("one picture", **{name: logits(3, 1, True)}),
        ]

    return make


def gradients(fn, **args):
    """Play a loss: its value, and its gradient with respect to each argument."""
    leaves = {n: a.clone().requires_grad_() for n, a in args.items() if n != "target"}
    loss = fn(*{**args, **leaves}.values())
    if getattr(loss, "requires_grad", False) and loss.numel() == 1:
        loss.sum().backward()
        return {"loss": loss, **{f"gradient of {n}": leaf.grad for n, leaf in leaves.items()}}
    return {"loss": loss, **{f"gradient of {n}": None for n in leaves}}


def preference_cases():
    """Leads of both signs, scores of 1000, one pair."""

    def pair(seed, N):
        return {"better": logits(seed, N, True), "worse": logits(seed + 50, N, True)}

    return [
        case("6 pairs", **pair(1, 6)),
        case("2 pairs", **pair(2, 2)),
        case("a net that is sure and wrong", better=tensor([-1000.0, 2, 0]), worse=tensor([500.0, -1, 1])),
        case("a net that is sure and right", better=tensor([1000.0, 3]), worse=tensor([-500.0, 1])),
        edge("one pair", **pair(3, 1)),
    ]


def loss(name, cases, proof, why, mistakes):
    """Return the exercise of one loss."""
    truth, plain = f"{LIBRARY}:{name}", f"{PLAIN}:{name}"
    return Exercise(name, truth, ("loss",), cases, proof, why, mistakes, plain, play=gradients)


EXERCISES = [
    loss(
        "bce_loss",
        bce_cases,
        "Seven sets of logits, labels mixed, logits of 50 and 1000: loss and gradient.",
        "In this form no exponential can overflow, however sure the net is.",
        catalogue.rows("gan.bce_loss"),
    ),
    loss(
        "discriminator_loss",
        both_cases("logits_real", "logits_fake"),
        "Four sets of real and fake pictures, as many and not: loss and gradients.",
        "Undecided on everything it costs 2 log 2 = 1.386: the number to expect at the start.",
        catalogue.rows("gan.discriminator_loss"),
    ),
    loss(
        "generator_loss",
        fake_cases("logits_fake"),
        "Four sets of fakes: loss and gradient.",
        "Even a sure discriminator leaves it a gradient to learn from.",
        catalogue.rows("gan.generator_loss"),
    ),
    loss(
        "ls_discriminator_loss",
        both_cases("scores_real", "scores_fake"),
        "Four sets of real and fake pictures: loss and gradients.",
        "Squares pull the scores towards 1 and 0, wherever they stand.",
        catalogue.rows("gan.ls_discriminator_loss"),
    ),
    loss(
        "ls_generator_loss",
        fake_cases("scores_fake"),
        "Four sets of fakes: loss and gradient.",
        "The further a fake is from 1, the harder it is pulled.",
        catalogue.rows("gan.ls_generator_loss"),
    ),
    Exercise(
        "preference_loss",
        f"{PLAIN}:preference_loss",
        ("loss",),
        preference_cases,
        "Five sets of pairs, leads of both signs and of 1500: loss and gradients.",
        "A choice between two answers is a yes-or-no question, and the lead is its logit.",
        catalogue.rows("gan.preference_loss"),
        play=gradients,
    ),
]
