"""Topic 14: the losses of generative adversarial nets (PyTorch tensors)."""

import numpy as np

from ..model import Exercise, Mistake, case

PLAIN = "cs231n_lib.check.plain.gan"


def tensor(array):
    """Return a float64 tensor; torch is loaded when an exercise of this topic is played."""
    import torch

    return torch.tensor(np.asarray(array), dtype=torch.float64)


def logits(seed, N, flat):
    """Return logits of both signs, (N,) or (N, 1)."""
    values = 2 * np.random.default_rng(seed).standard_normal(N)
    return tensor(values if flat else values[:, None])


def bce_cases():
    """Labels of both kinds mixed, logits far from 0, one image."""
    rng = np.random.default_rng(1)
    return [
        case("mixed labels", input=logits(1, 7, True), target=tensor(rng.integers(0, 2, 7))),
        case("all labels 1", input=logits(2, 5, True), target=tensor(np.ones(5))),
        case("all labels 0", input=logits(3, 5, True), target=tensor(np.zeros(5))),
        case("a column of logits", input=logits(4, 6, False), target=tensor(rng.integers(0, 2, (6, 1)))),
        case("logits of 1000", input=tensor([1000.0, -1000, 3]), target=tensor([1.0, 0, 1])),
        case("one image", input=logits(5, 1, True), target=tensor([0.0])),
    ]


def both_cases(real, fake):
    """As many real as fake images, unlike numbers, a column of logits."""

    def make():
        return [
            case("5 real, 5 fake", **{real: logits(1, 5, True), fake: logits(2, 5, True)}),
            case("3 real, 7 fake", **{real: logits(3, 3, True), fake: logits(4, 7, True)}),
            case("columns of logits", **{real: logits(5, 4, False), fake: logits(6, 4, False)}),
            case("a sure discriminator", **{real: logits(7, 4, True) + 4, fake: logits(8, 4, True) - 4}),
        ]

    return make


def fake_cases(name):
    """Flat logits, a column, a sure discriminator, one image."""

    def make():
        sizes = [("5 fakes", 1, 5, True), ("a column of logits", 2, 6, False), ("one image", 3, 1, True)]
        found = [case(label, **{name: logits(seed, N, flat)}) for label, seed, N, flat in sizes]
        return [*found, case("a sure discriminator", **{name: logits(4, 5, True) - 4})]

    return make


def gradients(fn, **args):
    """Play a loss: its value, and its gradient with respect to each argument."""
    leaves = {n: a.clone().requires_grad_() for n, a in args.items() if n != "target"}
    loss = fn(*{**args, **leaves}.values())
    if getattr(loss, "requires_grad", False) and loss.numel() == 1:
        loss.sum().backward()
        return {"loss": loss, **{f"gradient of {n}": leaf.grad for n, leaf in leaves.items()}}
    return {"loss": loss, **{f"gradient of {n}": None for n in leaves}}


BCE = [
    Mistake(
        "14.a",
        "a sigmoid is taken first: the logits are squeezed twice",
        "Logits or probabilities: what does this formula expect?",
        "    positive",
        "    input = input.sigmoid()\n    positive",
    ),
    Mistake("14.a1", "a sum instead of a mean", "Take every image twice: should the loss double?", ".mean()", ".sum()"),
    Mistake(
        "14.a2",
        "the labels are turned round",
        "Target 1 and a large logit: should that cost much?",
        "input * target",
        "input * (1 - target)",
    ),
    Mistake(
        "14.a3",
        "exp(s) of large logits overflows",
        "Try a logit of 1000. What is exp(1000)?",
        "positive - input * target + (1 + (-input.abs()).exp()).log()",
        "(1 + input.exp()).log() - input * target",
    ),
    Mistake(
        "14.d",
        "targets and logits are broadcast to an N x N table",
        "What shape is the loss before mean()?",
        "input * target",
        "input.reshape(-1, 1) * target.reshape(-1)",
        more=(
            (
                "return (positive -",
                "positive, input = positive.reshape(-1, 1), input.reshape(-1, 1)\n    return (positive -",
            ),
        ),
    ),
    Mistake("14.a4", "half the loss", "Where does your factor 1/2 come from?", ".mean()", ".mean() / 2"),
    Mistake("14.a5", "the term of the labels is missing", "Where does the truth enter?", " - input * target", ""),
]

DISCRIMINATOR = [
    Mistake(
        "14.b",
        "the labels are swapped: fakes are called real",
        "What does the discriminator WANT to say to a real image?",
        "0 * logits_real + 1",
        "0 * logits_real",
        more=(("0 * logits_fake)", "0 * logits_fake + 1)"),),
    ),
    Mistake(
        "14.b1",
        "both kinds of images get the label 1",
        "What does the discriminator want to say to a fake?",
        "0 * logits_fake)",
        "0 * logits_fake + 1)",
    ),
    Mistake(
        "14.b2",
        "the mean of the two losses instead of their sum",
        "Sum or mean: which one does the task name?",
        "real + fake",
        "(real + fake) / 2",
    ),
    Mistake("14.b3", "only the real images count", "Whom else does the discriminator judge?", "real + fake", "real"),
    Mistake("14.b4", "only the fakes count", "Whom else does the discriminator judge?", "real + fake", "fake"),
    Mistake(
        "14.b5",
        "the losses are subtracted",
        "Does the discriminator want one of them large?",
        "real + fake",
        "real - fake",
    ),
    Mistake(
        "14.b6",
        "a sigmoid is taken first: the logits are squeezed twice",
        "Logits or probabilities: what does bce_loss expect?",
        "bce_loss(logits_real,",
        "bce_loss(logits_real.sigmoid(),",
        more=(("bce_loss(logits_fake,", "bce_loss(logits_fake.sigmoid(),"),),
    ),
    Mistake(
        "14.b7",
        "both kinds of images get the label 0",
        "What does the discriminator want to say to a real image?",
        "0 * logits_real + 1",
        "0 * logits_real",
    ),
]

GENERATOR = [
    Mistake(
        "14.e",
        "the target is 0: the generator helps the discriminator",
        "What does the generator want to hear?",
        "0 * logits_fake + 1",
        "0 * logits_fake",
    ),
    Mistake(
        "14.f",
        "the saturating loss, minus the discriminator's",
        "Who learns when the discriminator is sure? Look at the gradient.",
        "bce_loss(logits_fake, 0 * logits_fake + 1)",
        "-bce_loss(logits_fake, 0 * logits_fake)",
    ),
    Mistake(
        "14.f1",
        "a sigmoid is taken first: the logits are squeezed twice",
        "Logits or probabilities: what does bce_loss expect?",
        "bce_loss(logits_fake,",
        "bce_loss(logits_fake.sigmoid(),",
    ),
    Mistake(
        "14.f2",
        "the sign is turned round",
        "Should a fake that passes for real cost much?",
        "return bce",
        "return -bce",
    ),
    Mistake(
        "14.f3",
        "the logits are detached: no gradient reaches the generator",
        "Can the generator hear the discriminator?",
        "bce_loss(logits_fake, ",
        "bce_loss(logits_fake.detach(), ",
    ),
]

LS_DISCRIMINATOR = [
    Mistake(
        "14.g",
        "the labels are swapped",
        "What does the discriminator want to say to a real image?",
        "(scores_real - 1) ** 2",
        "scores_real**2",
        more=(("(scores_fake**2)", "((scores_fake - 1) ** 2)"),),
    ),
    Mistake(
        "14.g1",
        "the factor 1/2 is missing",
        "Which factor stands before each square?",
        "0.5 * ((scores_real",
        "((scores_real",
        more=(("0.5 * (scores_fake", "(scores_fake"),),
    ),
    Mistake(
        "14.g2",
        "sums instead of means",
        "Take every image twice: should the loss double?",
        "1) ** 2).mean()",
        "1) ** 2).sum()",
        more=(("(scores_fake**2).mean()", "(scores_fake**2).sum()"),),
    ),
    Mistake(
        "14.g3",
        "the mean is squared instead of the scores",
        "Mean of squares, or square of the mean?",
        "((scores_real - 1) ** 2).mean()",
        "(scores_real - 1).mean() ** 2",
        more=(("(scores_fake**2).mean()", "scores_fake.mean() ** 2"),),
    ),
    Mistake(
        "14.g4",
        "both kinds of images get the label 1",
        "What does the discriminator want to say to a fake?",
        "(scores_fake**2)",
        "((scores_fake - 1) ** 2)",
    ),
    Mistake(
        "14.g5",
        "the scores go through a sigmoid first",
        "Least squares: scores or probabilities?",
        "(scores_real - 1)",
        "(scores_real.sigmoid() - 1)",
        more=(("(scores_fake**2)", "(scores_fake.sigmoid() ** 2)"),),
    ),
]

LS_GENERATOR = [
    Mistake("14.h", "the target is 0", "What does the generator want to hear?", "(scores_fake - 1)", "scores_fake"),
    Mistake("14.h1", "the factor 1/2 is missing", "Which factor stands before the square?", "0.5 * ", ""),
    Mistake("14.h2", "a sum instead of a mean", "Take every image twice: should the loss double?", "mean()", "sum()"),
    Mistake(
        "14.h3",
        "the mean is squared instead of the scores",
        "Mean of squares, or square of the mean?",
        "((scores_fake - 1) ** 2).mean()",
        "(scores_fake - 1).mean() ** 2",
    ),
    Mistake(
        "14.h4",
        "the absolute value instead of the square",
        "Least squares: which power?",
        "((scores_fake - 1) ** 2)",
        "(scores_fake - 1).abs()",
    ),
]


def loss(name, cases, proof, why, mistakes):
    """Return the exercise of one loss."""
    return Exercise(name, f"{PLAIN}:{name}", ("loss",), cases, proof, why, mistakes, play=gradients)


EXERCISES = [
    loss(
        "bce_loss",
        bce_cases,
        "Six sets of logits, labels mixed, logits of 1000: loss and gradient.",
        "In this form no exponential can overflow, however sure the net is.",
        BCE,
    ),
    loss(
        "discriminator_loss",
        both_cases("logits_real", "logits_fake"),
        "Four sets of real and fake images, as many and not: loss and gradients.",
        "Undecided on everything it costs 2 log 2 = 1.386: the number to expect at the start.",
        DISCRIMINATOR,
    ),
    loss(
        "generator_loss",
        fake_cases("logits_fake"),
        "Four sets of fakes: loss and gradient.",
        "Even a sure discriminator leaves it a gradient to learn from.",
        GENERATOR,
    ),
    loss(
        "ls_discriminator_loss",
        both_cases("scores_real", "scores_fake"),
        "Four sets of real and fake images: loss and gradients.",
        "Squares pull the scores towards 1 and 0, wherever they stand.",
        LS_DISCRIMINATOR,
    ),
    loss(
        "ls_generator_loss",
        fake_cases("scores_fake"),
        "Four sets of fakes: loss and gradient.",
        "The further a fake is from 1, the harder it is pulled.",
        LS_GENERATOR,
    ),
]
