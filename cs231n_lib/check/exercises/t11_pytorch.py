"""Topic 11: a net in PyTorch at three levels, a step of training, the accuracy."""

import numpy as np

from .. import catalogue
from ..model import Exercise, Remark, case, edge
from ..modules import count, fill, flat, make, numbers, run, run_model, seeded, tensor
from ..puzzles import FindMistake, LineOrder
from ..run import Blank

PLAIN = "cs231n_lib.textbook.pytorch"


def normal(rng, *shape):
    """Return a float32 tensor of normal numbers."""
    return tensor(rng.standard_normal(shape))


# --- flatten and the net on bare tensors -----------------------------------------------------------------------------


def flatten_cases():
    """Numbered pixels, pictures not square, one picture, rows that are flat already."""
    shapes = [
        (case, "pictures", (3, 2, 4, 5)),
        (case, "square pictures", (4, 4, 4, 4)),
        (case, "pictures of one channel", (2, 1, 3, 2)),
        (edge, "one picture", (1, 3, 2, 2)),
        (edge, "rows that are flat already", (5, 3)),
    ]
    return [kind(label, x=tensor(np.arange(np.prod(shape)).reshape(shape))) for kind, label, shape in shapes]


def transposed():
    """Return pictures whose channels stood last in memory."""
    return case("permuted pictures", x=tensor(np.arange(48).reshape(2, 3, 4, 2)).permute(0, 3, 1, 2))


VIEW = Remark(
    "view",
    "`view` stops where the numbers do not lie in order in memory, as after `permute`; `reshape` copies them then.",
    transposed,
)


def bare(seed, N, C, H, W, F1, F2, classes):
    """Return pictures and the six parameters; no bias is 0."""
    rng = np.random.default_rng(seed)
    params = [
        normal(rng, F1, C, 5, 5) / 5,
        normal(rng, F1),
        normal(rng, F2, F1, 3, 3) / 3,
        normal(rng, F2),
        normal(rng, F2 * H * W, classes) / np.sqrt(F2 * H * W),
        normal(rng, classes),
    ]
    return {"x": normal(rng, N, C, H, W), "params": params}


def bare_cases():
    """Pictures not square, a square last matrix, one picture."""
    return [
        case("sizes all different", **bare(1, 4, 3, 6, 7, 5, 2, 8)),
        case("as many classes as numbers before them", **bare(2, 4, 2, 2, 2, 2, 2, 8)),
        case("square pictures", **bare(4, 3, 3, 5, 5, 4, 3, 10)),
        edge("one picture", **bare(3, 1, 2, 5, 6, 3, 4, 10)),
    ]


# --- models ----------------------------------------------------------------------------------------------------------


def model_case(label, seed, shape, sizes, kind=case):
    """Return a case of a model: pictures, numbers for its weights, the sizes it is made with."""
    return kind(label, x=normal(np.random.default_rng(seed), *shape), values=numbers(seed), sizes=sizes)


def fc_cases():
    """Pictures not square, all sizes different; as many hidden numbers as classes; one picture; rows."""
    return [
        model_case("sizes all different", 1, (4, 3, 2, 5), (30, 7, 10)),
        model_case("as many hidden numbers as classes", 2, (3, 2, 2, 2), (8, 8, 8)),
        model_case("one picture", 3, (1, 1, 4, 4), (16, 5, 3), edge),
        model_case("rows that are flat already", 4, (4, 6), (6, 5, 3)),
    ]


def conv_cases():
    """Three sets of channels."""
    return [
        model_case("channels all different", 1, (2, 3, 32, 32), (3, 4, 2, 10)),
        model_case("channels alike", 2, (2, 3, 32, 32), (3, 3, 3, 3)),
        model_case("more channels in the second layer", 3, (3, 2, 32, 32), (2, 3, 5, 7)),
    ]


# --- a step of training, the accuracy --------------------------------------------------------------------------------


def small_net(values, x, classes):
    """Return a net with batch normalization and known weights."""
    from torch import nn

    D = x.shape[1]
    net = nn.Sequential(nn.Linear(D, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, classes))
    fill(net, values, x)
    return net


def batch(seed, N, D, classes):
    """Return rows and labels of a batch."""
    rng = np.random.default_rng(seed)
    return {"x": normal(rng, N, D), "y": tensor(rng.integers(0, classes, N), "int64"), "values": numbers(seed)}


def training(fn, x, y, values, classes, momentum, after_test, steps):
    """Play a few steps: the losses, the weights after the first and the last, the mode the model is left in."""
    import torch

    with seeded():
        model = small_net(values, x, classes).train(not after_test)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=momentum)
        losses, weights = [], []
        for step in range(steps):
            torch.manual_seed(step)
            losses.append(float(fn(model, x.roll(step, 0), y.roll(step, 0), optimizer)))
            weights.append(flat(model))
        first, last = weights[0], weights[-1]
        found = {"losses": np.float32(losses), "weights after the first step": first, "weights at the end": last}
        return {**found, "training mode": int(model.training)}


def training_cases():
    """With and without momentum, as many pictures as classes, a model that comes from a test, one step alone."""
    once, thrice = {"after_test": False, "steps": 1}, {"after_test": False, "steps": 3}
    return [
        case("one step alone", **batch(4, 5, 3, 4), classes=4, momentum=0.0, **once),
        case("three steps", **batch(1, 5, 4, 3), classes=3, momentum=0.0, **thrice),
        case("momentum", **batch(2, 4, 4, 4), classes=4, momentum=0.9, **thrice),
        case("a model in test mode", **batch(3, 6, 3, 10), classes=10, momentum=0.0, after_test=True, steps=3),
    ]


def testing(fn, x, y, values, classes, batch_size):
    """Play a test: the accuracy, and how often the model was called in the wrong mode or kept a graph."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    with seeded():
        model = small_net(values, x, classes).train()
        modes = []
        model.register_forward_hook(lambda m, _, out: modes.append((m.training, out.requires_grad)))
        share = fn(DataLoader(TensorDataset(x, y), batch_size=batch_size), model)
        if not modes:
            raise Blank
        training_calls, graphs = np.array(modes).sum(axis=0)
        share = share.float() if isinstance(share, torch.Tensor) else share
        return {"accuracy": share, "calls in training mode": training_calls, "calls that keep a graph": graphs}


def testing_cases():
    """A last batch that is not full, batches of one, one batch."""
    return [
        case("a last batch that is not full", **batch(11, 11, 4, 3), classes=3, batch_size=4),
        edge("batches of one picture", **batch(12, 5, 3, 2), classes=2, batch_size=1),
        case("one batch", **batch(13, 24, 5, 4), classes=4, batch_size=24),
        *(case("random pictures", **batch(s, 20 + s, 4, 3), classes=3, batch_size=8) for s in (14, 15, 17)),
    ]


# --- the notes' best net, mended --------------------------------------------------------------------------------------


def two_modes(fn, x, values, sizes):
    """Play a model with dropout and batch normalization: its size, and its scores with known weights in both modes."""
    import torch

    with seeded():
        model = make(fn, *sizes)
        fill(model, values, x)
        torch.manual_seed(1)
        training_scores = run(model.train(), x)
        test_scores = run(model.eval(), x)
        return {"parameters": count(model), "test_scores": test_scores, "training_scores": training_scores}


def mended_cases():
    """Channels all different, channels alike with as many classes, channels that grow."""
    return [
        model_case("channels that grow", 3, (4, 3, 32, 32), (2, 4, 8, 5)),
        model_case("channels all different", 1, (6, 3, 32, 32), (4, 5, 6, 10)),
        model_case("channels alike", 2, (5, 3, 32, 32), (3, 3, 3, 3)),
    ]


# --- transfer: a residual block --------------------------------------------------------------------------------------


def block(fn, x, values):
    """Play a residual block with layers of known weights."""
    from torch import nn

    C = x.shape[1]
    layers = [nn.Conv2d(C, C, 3, padding=1), nn.BatchNorm2d(C), nn.Conv2d(C, C, 3, padding=1), nn.BatchNorm2d(C)]
    fill(nn.Sequential(*layers), values, x)
    return fn(x, *layers)


def block_cases():
    """Two sets of pictures, and one with a single channel."""
    shapes = [
        (case, "pictures", (3, 2, 4, 5)),
        (case, "square pictures", (4, 4, 4, 4)),
        (case, "pictures of 3 channels", (2, 3, 5, 3)),
        (edge, "one channel", (2, 1, 3, 3)),
    ]
    return [
        kind(label, x=normal(np.random.default_rng(s), *shape), values=numbers(s))
        for s, (kind, label, shape) in enumerate(shapes, 1)
    ]


def model(name, truth, cases, proof, why, mistakes):
    """Return the exercise of a class or function that makes a model."""
    return Exercise(name, truth, ("model",), cases, proof, why, mistakes, f"{PLAIN}:{name}", play=run_model)


CONV_PROOF = "Three nets of different channels: the number of parameters, and the scores with known weights."
EXERCISES = [
    Exercise(
        "flatten",
        f"{PLAIN}:flatten",
        ("out",),
        flatten_cases,
        "Numbered pixels of five shapes, one picture alone among them.",
        "Each row is one picture, and its numbers keep their order.",
        catalogue.rows("pytorch.flatten"),
        remarks=(VIEW,),
    ),
    Exercise(
        "three_layer_convnet",
        f"{PLAIN}:three_layer_convnet",
        ("scores",),
        bare_cases,
        "Four sets of pictures, not square ones and one picture alone among them.",
        "With paddings 2 and 1 the picture keeps its size, so the last matrix fits.",
        catalogue.rows("pytorch.three_layer_convnet"),
    ),
    model(
        "TwoLayerFC",
        f"{PLAIN}:TwoLayerFC",
        fc_cases,
        "Four nets: the number of parameters, and the scores with known weights.",
        "What stands in self is found by parameters(); what stands in a list is not.",
        catalogue.rows("pytorch.TwoLayerFC"),
    ),
    model(
        "ThreeLayerConvNet",
        "cs231n_lib.pytorch.convnets:ThreeLayerConvNet",
        conv_cases,
        CONV_PROOF,
        "Almost all its parameters stand in the last layer: count them.",
        catalogue.rows("pytorch.ThreeLayerConvNet"),
    ),
    model(
        "sequential_convnet",
        f"{PLAIN}:sequential_convnet",
        conv_cases,
        CONV_PROOF,
        "The same net in six lines; what branches does not fit into a Sequential.",
        catalogue.rows("pytorch.sequential_convnet"),
    ),
    Exercise(
        "train_step",
        f"{PLAIN}:train_step",
        ("loss",),
        training_cases,
        "Four models, one step or three: losses, weights after the first and the last step, the mode.",
        "After one step a forgotten zero_grad does not show. That is why three are taken.",
        catalogue.rows("pytorch.train_step"),
        play=training,
    ),
    Exercise(
        "check_accuracy",
        f"{PLAIN}:check_accuracy",
        ("accuracy",),
        testing_cases,
        "Six tests of a net with dropout and batch normalization: the accuracy, the mode, no graph kept.",
        "In test mode the same pictures give the same number, whatever batch they come in.",
        catalogue.rows("pytorch.check_accuracy"),
        play=testing,
    ),
    Exercise(
        "mended_net",
        f"{PLAIN}:mended_net",
        ("model",),
        mended_cases,
        "Three nets: how many parameters, the scores in test mode, and in training with the same channels dropped.",
        "One output a class, and nothing random before a layer that remembers statistics.",
        catalogue.rows("pytorch.mended_net"),
        play=two_modes,
    ),
    Exercise(
        "residual_block",
        f"{PLAIN}:residual_block",
        ("out",),
        block_cases,
        "Four sets of pictures through layers of known weights.",
        "Through the sum the gradient reaches x untouched, however deep the net is.",
        catalogue.rows("pytorch.residual_block"),
        play=block,
    ),
    LineOrder(
        "pytorch_lines",
        "train_step",
        "def train_step(model, x, y, optimizer):",
        (
            "loss.backward()",
            "loss = F.cross_entropy(F.softmax(scores, dim=1), y)",
            "model.train()",
            "optimizer.step()",
            "loss = F.cross_entropy(scores, y)",
            "return loss",
            "optimizer.zero_grad()",
            "scores = model(x)",
            "model.eval()",
        ),
        (3, 8, 5, 7, 1, 4, 6),
        "Forward, loss, zero, backward, step. The zero may stand anywhere but between backward and step.",
        imports="import torch.nn.functional as F",
    ),
    FindMistake(
        "best_net_mistake",
        """
        def best_net(channel_1=32, channel_2=128, channel_3=256):
            return nn.Sequential(
                nn.Conv2d(3, channel_1, 3, padding=1), nn.ReLU(), nn.Dropout2d(0.25),
                nn.MaxPool2d(2), nn.BatchNorm2d(channel_1),
                nn.Conv2d(channel_1, channel_2, 3, padding=1), nn.ReLU(), nn.Dropout2d(0.25),
                nn.MaxPool2d(2), nn.BatchNorm2d(channel_2),
                nn.Conv2d(channel_2, channel_3, 3, padding=1), nn.ReLU(), nn.Dropout2d(0.25),
                nn.MaxPool2d(2), nn.Flatten(),
                nn.Linear(channel_3 * 4 * 4, 10),
            )
        """,
        "nn.Linear(channel_3 * 4 * 4, 10)",
        "nn.Linear(channel_3 * 4 * 4, 1024)",
        "1024 outputs for 10 classes",
        "It trains, and no line stops. Which number does the first loss come near: log 10, or the log of what?",
        "cross_entropy takes any label below 1024, so nothing stops: only the first loss, near log 1024, tells.",
    ),
]
