"""Convolutional networks in PyTorch: the notes' three-layer net, their best net, and one with residual blocks."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ThreeLayerConvNet(nn.Module):
    """Compute conv 5x5 - relu - conv 3x3 - relu - linear, padded so that pictures keep their size.

    Shapes: x (N, in_channel, image_size, image_size) -> scores (N, num_classes).
    Source: CS231n assignment 2, PyTorch, "ThreeLayerConvNet".
    """

    def __init__(self, in_channel: int, channel_1: int, channel_2: int, num_classes: int, image_size: int = 32):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, kernel_size=3, padding=1)
        self.fc = nn.Linear(channel_2 * image_size**2, num_classes)
        for layer in (self.conv1, self.conv2):  # not the last: its scores would begin large, the loss above ln C
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        return self.fc(x.flatten(1))


def conv_block(channels_in: int, channels_out: int, drop: float = 0.0) -> nn.Sequential:
    """Make conv 3x3 - batch norm - relu - max pool 2x2, and drop whole channels with probability `drop` at the end.

    Shapes: x (N, channels_in, H, W) -> (N, channels_out, H / 2, W / 2).
    """
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1, bias=False),  # batch norm brings a shift
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]
    return nn.Sequential(*layers, nn.Dropout2d(drop)) if drop else nn.Sequential(*layers)


def block_net(channels: Sequence[int], num_classes: int = 10, drop: float = 0.0, image_size: int = 32) -> nn.Sequential:
    """Make a net of `conv_block`s, one for each number of channels, and a linear layer on what is left.

    Shapes: x (N, 3, image_size, image_size) -> scores (N, num_classes); image_size is halved by each block.
    Raises: ValueError if the pictures cannot be halved so often.
    """
    if image_size % 2 ** len(channels):
        raise ValueError(f"block_net: {len(channels)} blocks halve pictures of {image_size} pixels to no whole size")
    blocks = [conv_block(before, after, drop) for before, after in zip([3, *channels], channels, strict=False)]
    pixels = (image_size >> len(channels)) ** 2
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(channels[-1] * pixels, num_classes))


def notes_best_net(channels: Sequence[int] = (32, 128, 256), outputs: int = 1024) -> nn.Sequential:
    """Return the best net of the notes as they print it, with 1024 outputs for ten classes and dropout before norm.

    Shapes: x (N, 3, 32, 32) -> scores (N, outputs).
    Settings: channels, of the blocks, each of which halves the picture (fewer train faster);  outputs (default 1024).
    """
    layers: list[nn.Module] = []
    for channels_in, channels_out in zip([3, *channels], channels, strict=False):
        conv = nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1)
        layers += [conv, nn.ReLU(), nn.Dropout2d(p=0.25), nn.MaxPool2d(2), nn.BatchNorm2d(channels_out)]
    del layers[-1]  # the last block has no batch norm
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * (32 >> len(channels)) ** 2, outputs))


def mended_best_net(num_classes: int = 10) -> nn.Sequential:
    """Return the notes' best net mended: one output a class, batch norm before dropout. Train it with a higher rate."""
    return block_net([32, 128, 256], num_classes, drop=0.25)


class Residual(nn.Module):
    """Compute relu(x + branch(x)) with branch = conv 3x3 - batch norm - relu - conv 3x3 - batch norm.

    Shapes: x (N, channels, H, W) -> the same.  skip: add x (default True); without it the block is plain.
    Source: He et al. 2016, Deep Residual Learning for Image Recognition.
    """

    def __init__(self, channels: int, skip: bool = True):
        super().__init__()
        self.skip = skip
        self.branch = nn.Sequential(
            nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.branch(x) if self.skip else self.branch(x))


def deep_net(blocks: int, channels: int = 16, num_classes: int = 10, skip: bool = True) -> nn.Sequential:
    """Make a net of 2 + 2 * blocks layers: conv 3x3 stride 2, blocks, global mean, linear.

    Shapes: x (N, 3, H, W) -> scores (N, num_classes).  skip: residual blocks (default) or plain ones.
    """
    stem = nn.Sequential(
        nn.Conv2d(3, channels, kernel_size=3, stride=2, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
    )
    body = [Residual(channels, skip) for _ in range(blocks)]
    return nn.Sequential(stem, *body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes))


def parameter_count(model: nn.Module) -> int:
    """Return how many numbers training may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def shift_and_flip(x: Tensor, pixels: int = 4, generator: torch.Generator | None = None) -> Tensor:
    """Move each picture by up to `pixels` in both directions, black coming in, and mirror half of them: augmentation.

    Shapes: x (N, C, H, W) -> the same.
    """
    N, _, H, W = x.shape
    padded = F.pad(x, (pixels,) * 4)
    top, left = torch.randint(0, 2 * pixels + 1, (2, N), generator=generator)
    rows = top[:, None] + torch.arange(H)  # (N, H)
    columns = left[:, None] + torch.arange(W)  # (N, W)
    mirrored = torch.rand(N, generator=generator) < 0.5
    columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    picture = torch.arange(N)[:, None, None]
    return padded.permute(0, 2, 3, 1)[picture, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
