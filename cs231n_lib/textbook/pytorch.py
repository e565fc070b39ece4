"""What a learner writes in PyTorch, as a textbook writes it; torch is imported by the function that needs it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn


def flatten(x: "torch.Tensor") -> "torch.Tensor":
    """Return x (N, ...) as rows (N, D)."""
    N = x.shape[0]
    return x.reshape(N, -1)


def three_layer_convnet(x: "torch.Tensor", params: Sequence["torch.Tensor"]) -> "torch.Tensor":
    """Return the scores (N, C) of conv 5x5 - relu - conv 3x3 - relu - affine; sizes stay as they are."""
    import torch.nn.functional as F

    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    a = F.conv2d(x, conv_w1, conv_b1, padding=2)
    h = F.relu(a)
    a = F.conv2d(h, conv_w2, conv_b2, padding=1)
    g = F.relu(a)
    return flatten(g) @ fc_w + fc_b


def TwoLayerFC(input_size: int, hidden_size: int, num_classes: int) -> "nn.Module":
    """Return the model linear - relu - linear."""
    import torch.nn.functional as F
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(input_size, hidden_size)
            self.fc2 = nn.Linear(hidden_size, num_classes)

        def forward(self, x):
            a = self.fc1(flatten(x))
            h = F.relu(a)
            return self.fc2(h)

    return Net()


def ThreeLayerConvNet(in_channel: int, channel_1: int, channel_2: int, num_classes: int) -> "nn.Module":
    """Return the model conv 5x5 - relu - conv 3x3 - relu - linear for pictures of 32 x 32 pixels."""
    import torch.nn.functional as F
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
            self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
            self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)

        def forward(self, x):
            a = self.conv1(x)
            h = F.relu(a)
            a = self.conv2(h)
            g = F.relu(a)
            return self.fc(flatten(g))

    return Net()


def sequential_convnet(in_channel: int, channel_1: int, channel_2: int, num_classes: int) -> "nn.Sequential":
    """Return the same model as one nn.Sequential."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )


def mended_net(channel_1: int, channel_2: int, channel_3: int, num_classes: int) -> "nn.Sequential":
    """Return three blocks of conv - batch norm - relu - pool - dropout of channels, and a linear layer."""
    from torch import nn

    def block(before, after):
        return nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout2d(0.25),
        )

    return nn.Sequential(
        block(3, channel_1),
        block(channel_1, channel_2),
        block(channel_2, channel_3),
        nn.Flatten(),
        nn.Linear(channel_3 * 4 * 4, num_classes),
    )


def residual_block(
    x: "torch.Tensor", conv1: "nn.Module", bn1: "nn.Module", conv2: "nn.Module", bn2: "nn.Module"
) -> "torch.Tensor":
    """Return relu(x + bn2(conv2(relu(bn1(conv1(x))))))."""
    import torch.nn.functional as F

    h = F.relu(bn1(conv1(x)))
    branch = bn2(conv2(h))
    return F.relu(x + branch)


def train_step(
    model: "nn.Module", x: "torch.Tensor", y: "torch.Tensor", optimizer: "torch.optim.Optimizer"
) -> "torch.Tensor":
    """Take one step down the cross-entropy of a batch, in training mode, and return its loss."""
    import torch.nn.functional as F

    model.train()
    scores = model(x)
    loss = F.cross_entropy(scores, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def check_accuracy(loader: Iterable[tuple["torch.Tensor", "torch.Tensor"]], model: "nn.Module") -> float:
    """Return the share of pictures whose highest score is the right one, in test mode and without gradients."""
    import torch

    right, total = 0, 0
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            scores = model(x)
            guesses = scores.argmax(dim=1)
            right += (guesses == y).sum().item()
            total += len(y)
    return right / total
