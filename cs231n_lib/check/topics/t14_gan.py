"""Topic 14: generative adversarial nets: their losses, the two models, the two steps (PyTorch)."""

from dataclasses import replace

import numpy as np

from .. import modules
from ..model import Exercise, Mistake, case, edge
from ..puzzles import FindMistake, LineOrder

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


BCE = [
    Mistake(
        "14.a",
        "a sigmoid is taken first: the logits are squeezed twice",
        "Logits or probabilities: what does this formula expect?",
        "    positive",
        "    input = input.sigmoid()\n    positive",
    ),
    Mistake(
        "14.a1", "a sum instead of a mean", "Take every picture twice: should the loss double?", ".mean()", ".sum()"
    ),
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
        "14.a6",
        "the probability is computed first, and its logarithm then: 0 * log(0) for large logits",
        "Try a logit of 1000. What is p, what is log(1 - p), and what is 0 times that?",
        "return (positive - input * target + (1 + (-input.abs()).exp()).log()).mean()",
        "p = 1 / (1 + (-input).exp())\n    return (-target * p.log() - (1 - target) * (1 - p).log()).mean()",
    ),
    Mistake(
        "14.a7",
        "exp(-s) of very negative logits overflows",
        "Try a logit of -1000. What is exp(1000)?",
        "positive - input * target + (1 + (-input.abs()).exp()).log()",
        "input - input * target + (1 + (-input).exp()).log()",
    ),
    Mistake(
        "14.a9",
        "exp(s) and exp(-s) are both computed: one of them overflows, and 0 times that is nan",
        "Try a logit of 1000 with label 1. What is exp(1000), and what is 0 times that?",
        "return (positive - input * target + (1 + (-input.abs()).exp()).log()).mean()",
        "cost_1, cost_0 = (1 + (-input).exp()).log(), (1 + input.exp()).log()\n"
        "    return (target * cost_1 + (1 - target) * cost_0).mean()",
    ),
    Mistake(
        "14.a10",
        "binary_cross_entropy of a sigmoid: PyTorch cuts the logarithm off at -100",
        "Try a logit of 1000 with label 0. What should it cost? There is a function that takes logits.",
        "return (positive - input * target + (1 + (-input.abs()).exp()).log()).mean()",
        "import torch.nn.functional as F\n\n    return F.binary_cross_entropy(input.sigmoid(), target)",
    ),
    Mistake(
        "14.a8",
        "the loss of label 0 is missing: only -t log p is left",
        "What does a fake cost that passes for real?",
        "return (positive - input * target + (1 + (-input.abs()).exp()).log()).mean()",
        "return (target * ((-input).clamp(min=0) + (1 + (-input.abs()).exp()).log())).mean()",
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
        "What does the discriminator WANT to say to a real picture?",
        "0 * logits_real + 1",
        "0 * logits_real",
        more=(("0 * logits_fake)", "0 * logits_fake + 1)"),),
    ),
    Mistake(
        "14.b1",
        "both kinds of pictures get the label 1",
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
    Mistake("14.b3", "only the real pictures count", "Whom else does the discriminator judge?", "real + fake", "real"),
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
        "both kinds of pictures get the label 0",
        "What does the discriminator want to say to a real picture?",
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
        "What does the discriminator want to say to a real picture?",
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
        "Take every picture twice: should the loss double?",
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
        "both kinds of pictures get the label 1",
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
    Mistake("14.h2", "a sum instead of a mean", "Take every picture twice: should the loss double?", "mean()", "sum()"),
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


PREFERENCE = [
    Mistake(
        "14.p1",
        "the worse answer is to lead",
        "Which of the two scores should be the larger one?",
        "better - worse",
        "worse - better",
    ),
    Mistake("14.p2", "a sum instead of a mean", "Take every pair twice: should the loss double?", ".mean()", ".sum()"),
    Mistake(
        "14.p3",
        "each score goes through a sigmoid first",
        "The lead is a logit. What are its two parts?",
        "better - worse",
        "better.sigmoid() - worse.sigmoid()",
    ),
    Mistake(
        "14.p4",
        "a large lead of the worse answer overflows",
        "Try a lead of -1000. What is exp(1000), and what is log(0)?",
        "missing + (1 + (-lead.abs()).exp()).log()",
        "(1 + (-lead).exp()).log()",
    ),
    Mistake(
        "14.p5",
        "the part of a negative lead is missing",
        "What should a lead of -1000 cost?",
        "missing + (1",
        "(1",
    ),
    Mistake(
        "14.p6",
        "the sign is turned round",
        "Should a large lead of the better answer cost much?",
        "return (missing",
        "return -(missing",
    ),
    Mistake(
        "14.p7",
        "every better answer is compared with every worse one",
        "Which answers belong together? What shape has the lead?",
        "better - worse",
        "better.reshape(-1, 1) - worse",
    ),
    Mistake("14.p8", "half the loss", "Where does your factor 1/2 come from?", ".mean()", ".mean() / 2"),
]


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


NOISE = [
    Mistake(
        "14.n1",
        "between 0 and 1",
        "Which are the smallest and the largest number?",
        "2 * torch.rand(batch_size, dim) - 1",
        "torch.rand(batch_size, dim)",
    ),
    Mistake(
        "14.n2",
        "normal numbers instead of uniform ones",
        "What does this generator draw? Look at the largest of many.",
        "2 * torch.rand(batch_size, dim) - 1",
        "torch.randn(batch_size, dim)",
    ),
    Mistake(
        "14.n3",
        "one row for each number instead of each picture",
        "Which of the two sizes counts the rows?",
        "torch.rand(batch_size, dim)",
        "torch.rand(dim, batch_size)",
    ),
    Mistake(
        "14.n4",
        "between -1/2 and 1/2",
        "How long is the way from -1 to 1?",
        "2 * torch.rand(batch_size, dim) - 1",
        "torch.rand(batch_size, dim) - 0.5",
    ),
    Mistake(
        "14.n5",
        "between 0 and 2",
        "Where does the middle lie?",
        "2 * torch.rand(batch_size, dim) - 1",
        "2 * torch.rand(batch_size, dim)",
    ),
    Mistake(
        "14.n6",
        "between -1 and 0: 1 is taken off, but nothing is doubled",
        "Where does the middle lie?",
        "2 * torch.rand(batch_size, dim) - 1",
        "torch.rand(batch_size, dim) - 1",
    ),
    Mistake("14.n7", "the seed is not used", "Call it twice with one seed.", "torch.manual_seed(seed)", "pass"),
    Mistake(
        "14.n8",
        "the same numbers at every call: a seed is set when none is given",
        "Call it twice without a seed.",
        "if seed is not None:\n        torch.manual_seed(seed)",
        "torch.manual_seed(seed or 0)",
    ),
    Mistake("14.n9", "seed 0 is taken for none", "Is 0 a seed?", "if seed is not None:", "if seed:"),
    Mistake(
        "14.n10",
        "the same noise for all pictures",
        "Two pictures of one batch: the same digit?",
        "torch.rand(batch_size, dim)",
        "torch.rand(1, dim).expand(batch_size, dim)",
    ),
    Mistake(
        "14.n11",
        "one number for each picture: all its columns are the same",
        "How many numbers does one picture have to start from?",
        "torch.rand(batch_size, dim)",
        "torch.rand(batch_size, 1).expand(batch_size, dim)",
    ),
    Mistake(
        "14.n12",
        "every seed is treated as one seed",
        "Call it with seed 3, then with seed 4.",
        "torch.manual_seed(seed)",
        "torch.manual_seed(0)",
    ),
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


D_MODEL = [
    Mistake(
        "14.m1",
        "plain ReLUs",
        "What is the slope below 0?",
        "nn.LeakyReLU(0.01)",
        "nn.ReLU()",
        more=(("nn.LeakyReLU(0.01, inplace=True)", "nn.ReLU()"),),
    ),
    Mistake(
        "14.m2",
        "leaky ReLUs of slope 0.2",
        "Which slope does the task name?",
        "nn.LeakyReLU(0.01)",
        "nn.LeakyReLU(0.2)",
        more=(("nn.LeakyReLU(0.01, inplace=True)", "nn.LeakyReLU(0.2)"),),
    ),
    Mistake(
        "14.m3",
        "a sigmoid at the end",
        "The loss expects scores. What do you hand it?",
        "nn.Linear(256, 1),",
        "nn.Linear(256, 1), nn.Sigmoid(),",
    ),
    Mistake(
        "14.m4",
        "two scores for each picture",
        "Real or fake: how many numbers say that?",
        "nn.Linear(256, 1)",
        "nn.Linear(256, 2)",
    ),
    Mistake(
        "14.m5",
        "the pictures are not flattened",
        "Which shape has a batch of pictures, and which does a linear layer expect?",
        "        nn.Flatten(),\n",
        "",
    ),
    Mistake(
        "14.m6",
        "the first leaky ReLU is missing",
        "Two linear layers without a bend between them are one.",
        "        nn.LeakyReLU(0.01),\n",
        "",
    ),
    Mistake(
        "14.m7",
        "the second leaky ReLU is missing",
        "Two linear layers without a bend between them are one.",
        "        nn.LeakyReLU(0.01, inplace=True),\n",
        "",
    ),
    Mistake(
        "14.m8",
        "a hidden layer is missing",
        "How many layers are asked for? Count the parameters: 267009.",
        "        nn.Linear(256, 256),\n        nn.LeakyReLU(0.01, inplace=True),\n",
        "",
    ),
    Mistake(
        "14.m9",
        "128 hidden numbers instead of 256",
        "Count the parameters: 267009.",
        "nn.Linear(784, 256)",
        "nn.Linear(784, 128)",
        more=(("nn.Linear(256, 256)", "nn.Linear(128, 128)"), ("nn.Linear(256, 1)", "nn.Linear(128, 1)")),
    ),
    Mistake(
        "14.m10",
        "a leaky ReLU after the last layer",
        "May a score be as negative as it likes?",
        "nn.Linear(256, 1),",
        "nn.Linear(256, 1), nn.LeakyReLU(0.01),",
    ),
]

G_MODEL = [
    Mistake(
        "14.o1",
        "there is no tanh at the end",
        "Between which numbers do the real pictures lie?",
        "        nn.Tanh(),\n",
        "",
    ),
    Mistake(
        "14.o2",
        "a sigmoid instead of tanh",
        "Between which numbers do the real pictures lie?",
        "nn.Tanh()",
        "nn.Sigmoid()",
    ),
    Mistake(
        "14.o3",
        "leaky ReLUs",
        "Which of the two nets has the leaky ones?",
        "nn.ReLU()",
        "nn.LeakyReLU(0.01)",
        more=(("nn.ReLU(inplace=True)", "nn.LeakyReLU(0.01)"),),
    ),
    Mistake(
        "14.o4",
        "the pictures come out as (N, 1, 28, 28)",
        "Which shape does the docstring name?",
        "nn.Tanh(),",
        "nn.Tanh(), nn.Unflatten(1, (1, 28, 28)),",
    ),
    Mistake(
        "14.o5",
        "noise_dim is not used: always 96",
        "Ask for noise of 4 numbers.",
        "nn.Linear(noise_dim, 1024)",
        "nn.Linear(96, 1024)",
    ),
    Mistake(
        "14.o6",
        "256 hidden numbers instead of 1024",
        "Count the parameters: 1858320 for noise of 4 numbers.",
        "nn.Linear(noise_dim, 1024)",
        "nn.Linear(noise_dim, 256)",
        more=(("nn.Linear(1024, 1024)", "nn.Linear(256, 256)"), ("nn.Linear(1024, 784)", "nn.Linear(256, 784)")),
    ),
    Mistake(
        "14.o7",
        "a hidden layer is missing",
        "How many layers are asked for? Count the parameters: 1858320 for noise of 4 numbers.",
        "        nn.Linear(1024, 1024),\n        nn.ReLU(inplace=True),\n",
        "",
    ),
    Mistake(
        "14.o8",
        "a ReLU before tanh: no pixel is dark",
        "Which pixels can be below 0?",
        "nn.Linear(1024, 784),",
        "nn.Linear(1024, 784), nn.ReLU(),",
    ),
    Mistake(
        "14.o9",
        "the first ReLU is missing",
        "Two linear layers without a bend between them are one.",
        "        nn.ReLU(),\n",
        "",
    ),
    Mistake(
        "14.o10",
        "the second ReLU is missing",
        "Two linear layers without a bend between them are one.",
        "        nn.ReLU(inplace=True),\n",
        "",
    ),
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


DC_CLASSIFIER = [
    Mistake(
        "14.x1",
        "the pools are missing",
        "How many pixels should the second convolution see?",
        "        nn.MaxPool2d(2, 2),\n",
        "",
        more=(
            ("        nn.MaxPool2d(2),\n", ""),
            ("nn.Linear(4 * 4 * 64, 4 * 4 * 64)", "nn.Linear(20 * 20 * 64, 64)"),
            ("nn.Linear(4 * 4 * 64, 1)", "nn.Linear(64, 1)"),
        ),
    ),
    Mistake(
        "14.x2",
        "plain ReLUs",
        "What is the slope below 0?",
        "nn.LeakyReLU(0.01)",
        "nn.ReLU()",
        more=(("nn.LeakyReLU(0.01, inplace=True)", "nn.ReLU()"), ("nn.LeakyReLU(negative_slope=0.01)", "nn.ReLU()")),
    ),
    Mistake(
        "14.x3",
        "a sigmoid at the end",
        "The loss expects scores. What do you hand it?",
        "nn.Linear(4 * 4 * 64, 1),",
        "nn.Linear(4 * 4 * 64, 1), nn.Sigmoid(),",
    ),
    Mistake(
        "14.x4",
        "the first leaky ReLU is missing",
        "Four layers of weights, three bends between them. Count yours.",
        "        nn.LeakyReLU(0.01),\n",
        "",
    ),
    Mistake(
        "14.x5",
        "the last leaky ReLU is missing",
        "Four layers of weights, three bends between them. Count yours.",
        "        nn.LeakyReLU(negative_slope=0.01),\n",
        "",
    ),
    Mistake(
        "14.x6",
        "the mean of each window instead of its maximum",
        "Which pool does the task name?",
        "nn.MaxPool2d(2, 2)",
        "nn.AvgPool2d(2, 2)",
        more=(("nn.MaxPool2d(2)", "nn.AvgPool2d(2)"),),
    ),
    Mistake(
        "14.x7",
        "the second convolution has 32 filters",
        "Count the parameters: 1102721.",
        "nn.Conv2d(32, 64, 5)",
        "nn.Conv2d(32, 32, 5)",
        more=(
            ("nn.Linear(4 * 4 * 64, 4 * 4 * 64)", "nn.Linear(4 * 4 * 32, 4 * 4 * 32)"),
            ("nn.Linear(4 * 4 * 64, 1)", "nn.Linear(4 * 4 * 32, 1)"),
        ),
    ),
]

DC_GENERATOR = [
    Mistake(
        "14.y1",
        "there is no tanh at the end",
        "Between which numbers do the real pictures lie?",
        "        nn.Tanh(),\n",
        "",
    ),
    Mistake(
        "14.y2",
        "batch norm comes before the ReLU",
        "In which order does the task name them?",
        "        nn.ReLU(),\n        nn.BatchNorm1d(1024),\n",
        "        nn.BatchNorm1d(1024),\n        nn.ReLU(),\n",
        more=(
            (
                "        nn.ReLU(inplace=True),\n        nn.BatchNorm1d(7 * 7 * 128),\n",
                "        nn.BatchNorm1d(7 * 7 * 128),\n        nn.ReLU(),\n",
            ),
            (
                "        nn.ReLU(inplace=False),\n        nn.BatchNorm2d(64),\n",
                "        nn.BatchNorm2d(64),\n        nn.ReLU(),\n",
            ),
        ),
    ),
    Mistake(
        "14.y3",
        "there is no batch norm",
        "Count the parameters: 6580801 for noise of 4 numbers.",
        "        nn.BatchNorm1d(1024),\n",
        "",
        more=(("        nn.BatchNorm1d(7 * 7 * 128),\n", ""), ("        nn.BatchNorm2d(64),\n", "")),
    ),
    Mistake(
        "14.y4",
        "the pictures come out as (N, 1, 28, 28)",
        "Which shape does the docstring name?",
        "        nn.Flatten(),\n",
        "",
    ),
    Mistake(
        "14.y5",
        "leaky ReLUs",
        "Which of the two nets has the leaky ones?",
        "nn.ReLU()",
        "nn.LeakyReLU()",
        more=(("nn.ReLU(inplace=True)", "nn.LeakyReLU()"), ("nn.ReLU(inplace=False)", "nn.LeakyReLU()")),
    ),
    Mistake(
        "14.y6",
        "a sigmoid instead of tanh",
        "Between which numbers do the real pictures lie?",
        "nn.Tanh()",
        "nn.Sigmoid()",
    ),
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


OPTIMIZER = [
    Mistake(
        "14.q1",
        "the betas are left as they are: 0.9 and 0.999",
        "Which beta1 does the task name?",
        ", betas=(0.5, 0.999)",
        "",
    ),
    Mistake("14.q2", "another learning rate: 1e-4", "Which learning rate does the task name?", "lr=1e-3", "lr=1e-4"),
    Mistake(
        "14.q3",
        "the betas are exchanged",
        "Which of the two belongs to the mean, which to the square?",
        "(0.5, 0.999)",
        "(0.999, 0.5)",
    ),
    Mistake(
        "14.q4",
        "SGD instead of Adam",
        "Which update rule does the task name?",
        "Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))",
        "SGD(model.parameters(), lr=1e-3)",
    ),
    Mistake("14.q5", "another beta2: 0.99", "Count the nines.", "0.999", "0.99"),
    Mistake(
        "14.q6",
        "RMSProp instead of Adam",
        "Which update rule does the task name?",
        "Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))",
        "RMSprop(model.parameters(), lr=1e-3)",
    ),
]

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


STEP = [  # in either of the two steps
    Mistake(
        "14.r1",
        "the gradients are never set to zero, so they add up",
        "What is in .grad before you begin?",
        "    optimizer.zero_grad()\n",
        "",
    ),
    Mistake(
        "14.r2",
        "the weights stay as they are: no step, or one without a gradient",
        "Print a weight before and after. In which order do zero_grad, backward and step come?",
        "    optimizer.step()\n",
        "",
    ),
    Mistake(
        "14.r3",
        "the sign of the loss is turned round",
        "Downhill or uphill?",
        "    loss.backward()\n",
        "    loss = -loss\n    loss.backward()\n",
    ),
    Mistake(
        "14.r4",
        "half the loss",
        "Sum or mean: which one is the loss?",
        "    loss.backward()\n",
        "    loss = loss / 2\n    loss.backward()\n",
    ),
    Mistake(
        "14.r5",
        "a sigmoid is taken before the loss, which takes it again",
        "Logits or probabilities: what does the loss expect?",
        "D(fake)",
        "D(fake).sigmoid()",
    ),
]
D_STEP = [
    *STEP,
    Mistake(
        "14.r6",
        "the fakes are not detached: the generator gets a gradient",
        "Who is trained now, and who is frozen?",
        "G(noise).detach()",
        "G(noise)",
    ),
    Mistake(
        "14.r7",
        "it learns from fakes only, as step 5 of the notes has it",
        "Can you tell a false coin if you never saw a true one?",
        "loss = discriminator_loss(logits_real, logits_fake)",
        "loss = bce_loss(logits_fake, 0 * logits_fake)",
    ),
    Mistake(
        "14.r8",
        "it learns from real pictures only",
        "What does it cost to call everything real?",
        "loss = discriminator_loss(logits_real, logits_fake)",
        "loss = bce_loss(logits_real, 0 * logits_real + 1)",
    ),
    Mistake(
        "14.r9",
        "real and fake are exchanged",
        "What does the discriminator WANT to say to a real picture?",
        "discriminator_loss(logits_real, logits_fake)",
        "discriminator_loss(logits_fake, logits_real)",
    ),
    Mistake(
        "14.r10",
        "it minimises the generator's loss",
        "Whose loss is this?",
        "discriminator_loss(logits_real, logits_fake)",
        "generator_loss(logits_fake)",
    ),
    Mistake(
        "14.r11",
        "the loss is the least-squares one",
        "Cross-entropy is asked for. Which loss is yours?",
        "discriminator_loss(",
        "ls_discriminator_loss(",
    ),
]

G_STEP = [
    *(replace(mistake, id=mistake.id.replace("14.r", "14.t")) for mistake in STEP),
    Mistake(
        "14.t6",
        "the fakes are detached: no gradient reaches the generator",
        "Can the generator hear the discriminator?",
        "D(fake)",
        "D(fake.detach())",
    ),
    Mistake(
        "14.t7",
        "the target is 0: the generator helps the discriminator",
        "What does the generator want to hear?",
        "generator_loss(logits_fake)",
        "bce_loss(logits_fake, 0 * logits_fake)",
    ),
    Mistake(
        "14.t8",
        "the saturating loss, minus the discriminator's",
        "Who learns when the discriminator is sure?",
        "generator_loss(logits_fake)",
        "-bce_loss(logits_fake, 0 * logits_fake)",
    ),
    Mistake(
        "14.t9",
        "the loss is the least-squares one",
        "Cross-entropy is asked for. Which loss is yours?",
        "generator_loss(logits_fake)",
        "ls_generator_loss(logits_fake)",
    ),
    Mistake(
        "14.t10",
        "two steps are taken with one gradient",
        "How many steps does one batch make?",
        "    optimizer.step()\n",
        "    optimizer.step()\n    optimizer.step()\n",
    ),
]


def loss(name, cases, proof, why, mistakes):
    """Return the exercise of one loss."""
    truth, plain = f"{LIBRARY}:{name}", f"{PLAIN}:{name}"
    return Exercise(name, truth, ("loss",), cases, proof, why, mistakes, plain, play=gradients)


def model(name, cases, proof, why, mistakes, play=modules.run_model):
    """Return the exercise of a function that makes a model."""
    truth, plain = f"{LIBRARY}:{name}", f"{PLAIN}:{name}"
    return Exercise(name, truth, ("model",), cases, proof, why, mistakes, plain, play=play)


EXERCISES = [
    loss(
        "bce_loss",
        bce_cases,
        "Seven sets of logits, labels mixed, logits of 50 and 1000: loss and gradient.",
        "In this form no exponential can overflow, however sure the net is.",
        BCE,
    ),
    loss(
        "discriminator_loss",
        both_cases("logits_real", "logits_fake"),
        "Four sets of real and fake pictures, as many and not: loss and gradients.",
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
        "Four sets of real and fake pictures: loss and gradients.",
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
    Exercise(
        "preference_loss",
        f"{PLAIN}:preference_loss",
        ("loss",),
        preference_cases,
        "Five sets of pairs, leads of both signs and of 1500: loss and gradients.",
        "A choice between two answers is a yes-or-no question, and the lead is its logit.",
        PREFERENCE,
        play=gradients,
    ),
    Exercise(
        "sample_noise",
        f"{LIBRARY}:sample_noise",
        ("noise",),
        noise_cases,
        "Five ways to call it: shape, smallest and largest number, shares below -0.6, 0 and 0.6, seeds, chance.",
        "The generator turns this noise into pictures; two rows alike would be one picture twice.",
        NOISE,
        f"{PLAIN}:sample_noise",
        play=noise_laws,
    ),
    model(
        "discriminator",
        discriminator_cases,
        "Three batches: the number of parameters, 267009, and the scores of pictures with known weights.",
        "Its score is no probability: the loss takes the sigmoid.",
        D_MODEL,
    ),
    model(
        "generator",
        generator_cases,
        "Three generators: the number of parameters, and the pictures with known weights.",
        "tanh keeps every pixel between -1 and 1, where the real pictures lie as well.",
        G_MODEL,
    ),
    model(
        "build_dc_classifier",
        dc_classifier_cases,
        "Three batches: the number of parameters, 1102721, and the scores of pictures with known weights.",
        "Almost all its parameters stand in one linear layer; both convolutions together have 52096.",
        DC_CLASSIFIER,
        play=dc_classifier,
    ),
    model(
        "build_dc_generator",
        dc_generator_cases,
        "Three generators: the number of parameters, 6580801 for noise of 4 numbers, and their pictures.",
        "Each transposed convolution doubles the side: 7, 14, 28.",
        DC_GENERATOR,
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
        OPTIMIZER,
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
        D_STEP,
        play=discriminator_steps,
    ),
    Exercise(
        "generator_step",
        f"{PLAIN}:generator_step",
        ("loss",),
        step_cases,
        "Five pairs of nets, two steps each: losses, the generator's weights, the discriminator's untouched.",
        "The gradient runs through the discriminator, but only the generator's weights are in the optimizer.",
        G_STEP,
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
