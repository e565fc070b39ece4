"""Topic 11: a net in PyTorch at three levels, a step of training, the accuracy."""

import numpy as np

from ..model import Exercise, Mistake, Remark, case, edge
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

FLATTEN = [
    Mistake(
        "11.f1",
        "the pictures are flattened into one row",
        "How many rows should N pictures make?",
        "x.reshape(N, -1)",
        "x.reshape(-1)",
    ),
    Mistake(
        "11.f2",
        "one column for each picture instead of one row",
        "Which of the two sizes is N: the rows or the columns?",
        "x.reshape(N, -1)",
        "x.reshape(N, -1).T",
    ),
    Mistake(
        "11.d",
        "reshaped to (D, N), as if that turned rows into columns",
        "Same numbers, same places? Follow picture 0.",
        "x.reshape(N, -1)",
        "x.reshape(-1, N)",
    ),
    Mistake(
        "11.f3",
        "the channels are moved to the end first",
        "Nice, but in which order do the others expect the numbers?",
        "x.reshape(N, -1)",
        "x.movedim(1, -1).reshape(N, -1)",
    ),
    Mistake(
        "11.f4",
        "rows of channels: the first two axes are put together",
        "What belongs to one picture: its channels as well?",
        "x.reshape(N, -1)",
        "x.reshape(N * x.shape[1], -1)",
    ),
    Mistake(
        "11.f5",
        "averaged over the pixels",
        "Flatten keeps every number. Does yours?",
        "x.reshape(N, -1)",
        "x.reshape(N, x.shape[1], -1).mean(dim=2)",
    ),
]


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


BARE = [
    Mistake(
        "11.c1",
        "the ReLU after the first convolution is missing",
        "Two convolutions without a bend between them are one. Where are your bends?",
        "h = F.relu(a)",
        "h = a",
    ),
    Mistake(
        "11.c2",
        "the ReLU after the second convolution is missing",
        "Two ReLUs. Which one has no effect?",
        "g = F.relu(a)",
        "g = a",
    ),
    Mistake(
        "11.c3",
        "the paddings of the two convolutions are exchanged",
        "The size comes out right. But what does a 5 x 5 filter need at the border, and a 3 x 3?",
        "padding=2",
        "padding=1",
        more=(("conv_b2, padding=1", "conv_b2, padding=2"),),
    ),
    Mistake(
        "11.c4",
        "the bias of the first convolution is not used",
        "One of the parameters has no effect. Which?",
        "conv_w1, conv_b1, padding",
        "conv_w1, None, padding",
    ),
    Mistake(
        "11.c5",
        "the bias of the second convolution is not used",
        "One of the parameters has no effect. Which?",
        "conv_w2, conv_b2, padding",
        "conv_w2, None, padding",
    ),
    Mistake(
        "11.c6",
        "the last bias is not added",
        "One of the parameters has no effect. Which?",
        " @ fc_w + fc_b",
        " @ fc_w",
    ),
    Mistake(
        "11.c7",
        "a ReLU after the last layer",
        "Can a score be negative?",
        "flatten(g) @ fc_w + fc_b",
        "F.relu(flatten(g) @ fc_w + fc_b)",
    ),
    Mistake(
        "11.a",
        "the softmax is taken here already",
        "Scores or probabilities: what does cross_entropy expect, and who takes the softmax?",
        "flatten(g) @ fc_w + fc_b",
        "F.softmax(flatten(g) @ fc_w + fc_b, dim=1)",
    ),
    Mistake(
        "11.c8",
        "the channels are moved to the end before flattening",
        "In which order does fc_w expect channels, rows and columns?",
        "flatten(g)",
        "flatten(g.permute(0, 2, 3, 1))",
    ),
    Mistake(
        "11.c9",
        "fc_w is used as if it were (classes, pixels)",
        "Which of its two axes is as long as a flat picture?",
        "flatten(g) @ fc_w + fc_b",
        "F.linear(flatten(g), fc_w, fc_b)",
    ),
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


FC = [
    Mistake(
        "11.m1",
        "there is no ReLU",
        "Two linear layers without a bend between them are one. Where is yours?",
        "h = F.relu(a)",
        "h = a",
    ),
    Mistake(
        "11.m2",
        "a ReLU after the last layer",
        "Can a score be negative?",
        "return self.fc2(h)",
        "return F.relu(self.fc2(h))",
    ),
    Mistake(
        "11.m3",
        "the softmax is taken here already",
        "Scores or probabilities: what does cross_entropy expect, and who takes the softmax?",
        "return self.fc2(h)",
        "return F.softmax(self.fc2(h), dim=1)",
    ),
    Mistake(
        "11.b",
        "the last layer has 1024 outputs, however many classes there are",
        "What should the first loss be? And what is yours?",
        "nn.Linear(hidden_size, num_classes)",
        "nn.Linear(hidden_size, 1024)",
    ),
    Mistake(
        "11.m4",
        "the layers stand in a Python list, where the model does not see them",
        "Does model.parameters() find them?",
        "self.fc1 = nn.Linear(input_size, hidden_size)",
        "self.layers = [nn.Linear(input_size, hidden_size), nn.Linear(hidden_size, num_classes)]",
        more=(
            ("            self.fc2 = nn.Linear(hidden_size, num_classes)\n", ""),
            ("self.fc1(flatten(x))", "self.layers[0](flatten(x))"),
            ("return self.fc2(h)", "return self.layers[1](h)"),
        ),
    ),
    Mistake(
        "11.m5",
        "the pictures are not flattened",
        "Which shape has a batch of pictures, and which does a linear layer expect?",
        "self.fc1(flatten(x))",
        "self.fc1(x)",
    ),
    Mistake(
        "11.m6",
        "the second layer has no bias",
        "How many parameters should it have? Count yours.",
        "nn.Linear(hidden_size, num_classes)",
        "nn.Linear(hidden_size, num_classes, bias=False)",
    ),
    Mistake(
        "11.m7",
        "the first layer has no bias",
        "How many parameters should it have? Count yours.",
        "nn.Linear(input_size, hidden_size)",
        "nn.Linear(input_size, hidden_size, bias=False)",
    ),
    Mistake(
        "11.m8",
        "a third layer stands between the two",
        "How many layers has a two-layer net?",
        "h = F.relu(a)",
        "h = F.relu(self.between(F.relu(a)))",
        more=(
            (
                "            self.fc2 =",
                "            self.between = nn.Linear(hidden_size, hidden_size)\n            self.fc2 =",
            ),
        ),
    ),
]


def conv_mistakes(prefix, pieces):
    """Return the mistakes of a three-layer convnet; pieces are the (old, new) pairs in the order of their titles."""
    return [
        Mistake(f"{prefix}{i}", title, hint, *pairs[0], more=pairs[1:])
        for i, ((title, hint), pairs) in enumerate(zip(CONV_TEXTS, pieces, strict=True), 1)
    ]


CONV_TEXTS = [
    (
        "the ReLU after the first convolution is missing",
        "Two convolutions without a bend between them are one. Where are your bends?",
    ),
    ("the ReLU after the second convolution is missing", "Two ReLUs. Which one has no effect?"),
    (
        "the paddings of the two convolutions are exchanged",
        "The size comes out right. But what does a 5 x 5 filter need at the border, and a 3 x 3?",
    ),
    (
        "the sizes of the two filters are exchanged",
        "How large are the filters of the first convolution, and how large those of the second?",
    ),
    (
        "the last layer has 1024 outputs, however many classes there are",
        "What should the first loss be? And what is yours?",
    ),
    (
        "the softmax is taken here already",
        "Scores or probabilities: what does cross_entropy expect, and who takes the softmax?",
    ),
    ("a ReLU after the last layer", "Can a score be negative?"),
    ("the convolutions have no bias", "How many parameters should it have? Count yours."),
    ("the numbers of the two convolutions' filters are exchanged", "Which of the two is channel_1?"),
    ("a third convolution stands between the two", "How many layers are asked for?"),
]
MORE = "            self.more = nn.Conv2d(channel_1, channel_1, 3, padding=1)"
CLASS = conv_mistakes(
    "11.n",
    [
        (("h = F.relu(a)", "h = a"),),
        (("g = F.relu(a)", "g = a"),),
        (("5, padding=2", "5, padding=1"), ("3, padding=1", "3, padding=2")),
        (("5, padding=2", "3, padding=1"), ("channel_2, 3, padding=1", "channel_2, 5, padding=2")),
        (("32, num_classes)", "32, 1024)"),),
        (("return self.fc(flatten(g))", "return F.softmax(self.fc(flatten(g)), dim=1)"),),
        (("return self.fc(flatten(g))", "return F.relu(self.fc(flatten(g)))"),),
        (("5, padding=2)", "5, padding=2, bias=False)"), ("3, padding=1)", "3, padding=1, bias=False)")),
        (
            ("nn.Conv2d(in_channel, channel_1,", "nn.Conv2d(in_channel, channel_2,"),
            ("nn.Conv2d(channel_1, channel_2,", "nn.Conv2d(channel_2, channel_1,"),
            ("nn.Linear(channel_2", "nn.Linear(channel_1"),
        ),
        (
            ("channel_1, 5, padding=2)", "channel_1, 5, padding=2)\n" + MORE),
            ("h = F.relu(a)", "h = F.relu(self.more(F.relu(a)))"),
        ),
    ],
)
SEQUENTIAL = conv_mistakes(
    "11.s",
    [
        (("        nn.ReLU(),\n", ""),),
        (("        nn.ReLU(inplace=True),\n", ""),),
        (("5, padding=2", "5, padding=1"), ("3, padding=1", "3, padding=2")),
        (("5, padding=2", "3, padding=1"), ("channel_2, 3, padding=1", "channel_2, 5, padding=2")),
        (("32, num_classes)", "32, 1024)"),),
        (("32, num_classes),", "32, num_classes), nn.Softmax(dim=1),"),),
        (("32, num_classes),", "32, num_classes), nn.ReLU(),"),),
        (("5, padding=2)", "5, padding=2, bias=False)"), ("3, padding=1)", "3, padding=1, bias=False)")),
        (
            ("nn.Conv2d(in_channel, channel_1,", "nn.Conv2d(in_channel, channel_2,"),
            ("nn.Conv2d(channel_1, channel_2,", "nn.Conv2d(channel_2, channel_1,"),
            ("nn.Linear(channel_2", "nn.Linear(channel_1"),
        ),
        (("        nn.ReLU(),\n", "        nn.ReLU(), nn.Conv2d(channel_1, channel_1, 3, 1, 1), nn.ReLU(),\n"),),
    ],
)

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


TRAIN = [
    Mistake(
        "11.c",
        "the gradients are never set to zero, so they add up",
        "What is in .grad before you begin?",
        "    optimizer.zero_grad()\n",
        "",
    ),
    Mistake(
        "11.t1",
        "the step sees no gradient: the weights stay as they are",
        "Print a weight before and after. In which order do zero_grad, backward and step come?",
        "    optimizer.zero_grad()\n    loss.backward()\n",
        "    loss.backward()\n    optimizer.zero_grad()\n",
    ),
    Mistake(
        "11.t2",
        "the step comes before its gradient",
        "Which batch's gradient does the step see?",
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n",
        "    optimizer.step()\n    optimizer.zero_grad()\n    loss.backward()\n",
    ),
    Mistake(
        "11.t4",
        "the softmax is taken before the cross-entropy, which takes it again",
        "Who already takes the softmax?",
        "F.cross_entropy(scores, y)",
        "F.cross_entropy(F.softmax(scores, dim=1), y)",
    ),
    Mistake(
        "11.t5",
        "the losses of the pictures are added instead of averaged",
        "Take every picture twice: should the loss double?",
        "F.cross_entropy(scores, y)",
        'F.cross_entropy(scores, y, reduction="sum")',
    ),
    Mistake(
        "11.t6",
        "the model is not put into training mode",
        "It may come from a test. Which mode is it in now?",
        "    model.train()\n",
        "",
    ),
    Mistake(
        "11.t7",
        "the model is put into test mode",
        "Two modes, which one for training?",
        "    model.train()\n",
        "    model.eval()\n",
    ),
    Mistake(
        "11.t8",
        "the sign of the loss is turned round",
        "Downhill or uphill?",
        "F.cross_entropy(scores, y)",
        "-F.cross_entropy(scores, y)",
    ),
    Mistake(
        "11.t9",
        "two steps are taken with one gradient",
        "How many steps does one batch make?",
        "    optimizer.step()\n",
        "    optimizer.step()\n    optimizer.step()\n",
    ),
    Mistake(
        "11.t10",
        "nll_loss of bare scores: no softmax is taken at all",
        "A log of a probability is never positive. Are your scores logs of probabilities?",
        "F.cross_entropy(scores, y)",
        "F.nll_loss(scores, y)",
    ),
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


ACCURACY = [
    Mistake(
        "11.e1",
        "the model stays in training mode",
        "Two modes, which one for a test? Call yours twice: the same number?",
        "    model.eval()\n",
        "",
    ),
    Mistake(
        "11.e2",
        "the graph of every batch is kept: gradients are not switched off",
        "Who needs gradients in a test? What do they cost?",
        "with torch.no_grad():",
        "with torch.enable_grad():",
    ),
    Mistake(
        "11.e3",
        "the mean of the batches' accuracies, though the last batch is smaller",
        "Does a picture of the last batch count as much as the others?",
        "right += (guesses == y).sum().item()",
        "right += (guesses == y).float().mean().item()",
        more=(("total += len(y)", "total += 1"),),
    ),
    Mistake(
        "11.e4",
        "only the last batch counts",
        "= or +=?",
        "right += (guesses == y).sum().item()",
        "right = (guesses == y).sum().item()",
        more=(("total += len(y)", "total = len(y)"),),
    ),
    Mistake(
        "11.e5",
        "the highest score is looked for among the pictures instead of the classes",
        "Which axis holds the classes?",
        "guesses = scores.argmax(dim=1)",
        "guesses = scores.argmax(dim=0)[y]",
    ),
    Mistake(
        "11.e6",
        "how many are right, not which share of them",
        "Between which two numbers lies an accuracy?",
        "return right / total",
        "return right",
    ),
    Mistake(
        "11.e7",
        "the lowest score is taken for the guess",
        "Largest score or smallest?",
        "scores.argmax(dim=1)",
        "scores.argmin(dim=1)",
    ),
    Mistake(
        "11.e8",
        "percent instead of a share",
        "Between which two numbers should it lie?",
        "return right / total",
        "return 100 * right / total",
    ),
    Mistake(
        "11.e9",
        "the share of wrong guesses",
        "Is 1 good or bad?",
        "(guesses == y)",
        "(guesses != y)",
    ),
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


NORM_RELU = "            nn.BatchNorm2d(after),\n            nn.ReLU(),\n            nn.MaxPool2d(2),\n"
DROP = "            nn.Dropout2d(0.25),\n"
MENDED = [
    Mistake(
        "11.w1",
        "the last layer has 1024 outputs, however many classes there are",
        "What should the first loss be? And what is yours?",
        "4 * 4, num_classes)",
        "4 * 4, 1024)",
    ),
    Mistake(
        "11.w2",
        "dropout comes before batch normalization, which then sees another variance in the test",
        "Which variance does batch norm remember, and which does it meet in the test?",
        NORM_RELU + DROP,
        "            nn.ReLU(),\n" + DROP + "            nn.MaxPool2d(2),\n            nn.BatchNorm2d(after),\n",
    ),
    Mistake(
        "11.w3",
        "batch normalization comes after the ReLU",
        "That can be done. But in which order are the five layers asked for?",
        NORM_RELU,
        "            nn.ReLU(),\n            nn.BatchNorm2d(after),\n            nn.MaxPool2d(2),\n",
    ),
    Mistake(
        "11.w4",
        "single numbers are dropped instead of whole channels",
        "Dropout or Dropout2d: which one drops a channel as a whole?",
        "nn.Dropout2d(0.25)",
        "nn.Dropout(0.25)",
    ),
    Mistake(
        "11.w5",
        "three quarters of the channels are dropped",
        "Is p who stays or who goes, in PyTorch?",
        "nn.Dropout2d(0.25)",
        "nn.Dropout2d(0.75)",
    ),
    Mistake(
        "11.w6",
        "there is no dropout",
        "Five layers make a block. Count yours.",
        DROP,
        "",
    ),
    Mistake(
        "11.w7",
        "the ReLU is missing",
        "Five layers make a block. Count yours.",
        "            nn.ReLU(),\n",
        "",
    ),
    Mistake(
        "11.w8",
        "the softmax is taken here already",
        "Scores or probabilities: what does cross_entropy expect, and who takes the softmax?",
        "nn.Linear(channel_3 * 4 * 4, num_classes),",
        "nn.Linear(channel_3 * 4 * 4, num_classes), nn.Softmax(dim=1),",
    ),
    Mistake(
        "11.w9",
        "the last block has no batch normalization",
        "Which of the three blocks is unlike the others?",
        "block(channel_2, channel_3),",
        "nn.Conv2d(channel_2, channel_3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout2d(0.25),",
    ),
    Mistake(
        "11.w10",
        "the net as the notes print it: 1024 outputs, and dropout before batch normalization",
        "What should the first loss be? And which variance does batch norm remember, which does it meet in the test?",
        NORM_RELU + DROP,
        "            nn.ReLU(),\n" + DROP + "            nn.MaxPool2d(2),\n            nn.BatchNorm2d(after),\n",
        more=(
            (
                "block(channel_2, channel_3),",
                "nn.Conv2d(channel_2, channel_3, 3, padding=1), nn.ReLU(), nn.Dropout2d(0.25), nn.MaxPool2d(2),",
            ),
            ("4 * 4, num_classes)", "4 * 4, 1024)"),
        ),
    ),
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


BLOCK = [
    Mistake("11.r1", "the input is not added", "What makes it residual?", "x + branch", "branch"),
    Mistake(
        "11.r2",
        "the input is added after the last ReLU",
        "What does the last ReLU see?",
        "F.relu(x + branch)",
        "x + F.relu(branch)",
    ),
    Mistake(
        "11.r3", "there is no ReLU at the end", "Two ReLUs. Which one is missing?", "F.relu(x + branch)", "x + branch"
    ),
    Mistake(
        "11.r4",
        "the ReLU between the convolutions is missing",
        "Two ReLUs. Which one is missing?",
        "F.relu(bn1(conv1(x)))",
        "bn1(conv1(x))",
    ),
    Mistake(
        "11.r5",
        "the ReLU comes before batch normalization",
        "In which order do convolution, normalization and ReLU stand?",
        "F.relu(bn1(conv1(x)))",
        "bn1(F.relu(conv1(x)))",
    ),
    Mistake("11.r6", "bn1 is used twice", "Four layers. Which one has no effect?", "bn2(conv2(h))", "bn1(conv2(h))"),
    Mistake(
        "11.r7",
        "the second normalization is missing",
        "Four layers. Which one has no effect?",
        "bn2(conv2(h))",
        "conv2(h)",
    ),
    Mistake(
        "11.r8",
        "the branch begins from the ReLU of the input",
        "Which numbers does conv1 see?",
        "conv1(x)",
        "conv1(F.relu(x))",
    ),
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
        FLATTEN,
        remarks=(VIEW,),
    ),
    Exercise(
        "three_layer_convnet",
        f"{PLAIN}:three_layer_convnet",
        ("scores",),
        bare_cases,
        "Four sets of pictures, not square ones and one picture alone among them.",
        "With paddings 2 and 1 the picture keeps its size, so the last matrix fits.",
        BARE,
    ),
    model(
        "TwoLayerFC",
        f"{PLAIN}:TwoLayerFC",
        fc_cases,
        "Four nets: the number of parameters, and the scores with known weights.",
        "What stands in self is found by parameters(); what stands in a list is not.",
        FC,
    ),
    model(
        "ThreeLayerConvNet",
        "cs231n_lib.pytorch.convnets:ThreeLayerConvNet",
        conv_cases,
        CONV_PROOF,
        "Almost all its parameters stand in the last layer: count them.",
        CLASS,
    ),
    model(
        "sequential_convnet",
        f"{PLAIN}:sequential_convnet",
        conv_cases,
        CONV_PROOF,
        "The same net in six lines; what branches does not fit into a Sequential.",
        SEQUENTIAL,
    ),
    Exercise(
        "train_step",
        f"{PLAIN}:train_step",
        ("loss",),
        training_cases,
        "Four models, one step or three: losses, weights after the first and the last step, the mode.",
        "After one step a forgotten zero_grad does not show. That is why three are taken.",
        TRAIN,
        play=training,
    ),
    Exercise(
        "check_accuracy",
        f"{PLAIN}:check_accuracy",
        ("accuracy",),
        testing_cases,
        "Six tests of a net with dropout and batch normalization: the accuracy, the mode, no graph kept.",
        "In test mode the same pictures give the same number, whatever batch they come in.",
        ACCURACY,
        play=testing,
    ),
    Exercise(
        "mended_net",
        f"{PLAIN}:mended_net",
        ("model",),
        mended_cases,
        "Three nets: how many parameters, the scores in test mode, and in training with the same channels dropped.",
        "One output a class, and nothing random before a layer that remembers statistics.",
        MENDED,
        play=two_modes,
    ),
    Exercise(
        "residual_block",
        f"{PLAIN}:residual_block",
        ("out",),
        block_cases,
        "Four sets of pictures through layers of known weights.",
        "Through the sum the gradient reaches x untouched, however deep the net is.",
        BLOCK,
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
