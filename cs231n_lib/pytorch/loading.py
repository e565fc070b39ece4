"""Pictures for PyTorch: transforms, a Dataset, and loaders for training, validation and test."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class Compose:
    """Apply transforms one after another."""

    def __init__(self, transforms: Sequence[Callable]):
        self.transforms = list(transforms)

    def __call__(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x


class ToTensor:
    """Turn a picture (H, W, C) of 0..255 into a float32 tensor (C, H, W) of 0..1."""

    def __call__(self, picture: np.ndarray) -> Tensor:
        if picture.ndim != 3:
            raise ValueError(f"ToTensor: the picture has shape {picture.shape}; use (H, W, C)")
        return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32)) / 255


class Normalize:
    """Subtract each channel's mean and divide by its standard deviation, for tensors (..., C, H, W).

    Settings: mean, std: a number for each channel, in the units of the tensor.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float]):
        if len(mean) != len(std) or min(std) <= 0:
            raise ValueError(f"Normalize: mean is {mean} and std is {std}; use as many of each, std above 0")
        self.mean, self.std = (torch.tensor(values, dtype=torch.float32)[:, None, None] for values in (mean, std))

    def __call__(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class Pictures(Dataset):
    """Labelled pictures, each transformed when it is asked for.

    Shapes: X (N, H, W, C) of 0..255, y (N,).  transform: from a picture to a tensor, default `ToTensor()`.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, transform: Callable | None = None):
        if len(X) != len(y):
            raise ValueError(f"Pictures: {len(X)} pictures and {len(y)} labels; give as many of each")
        self.X, self.y, self.transform = X, y, transform or ToTensor()

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        return self.transform(self.X[i]), int(self.y[i])


def channel_statistics(X: np.ndarray) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation of each channel over all pixels of all pictures, for values 0..1.

    The constants often printed for CIFAR-10, (.2023, .1994, .2010), are means of each picture's own deviation; over
    all pixels they are (.247, .243, .262).

    Shapes: X (N, H, W, C) of 0..255.
    """
    mean, std = X.mean(axis=(0, 1, 2), dtype=np.float64) / 255, X.std(axis=(0, 1, 2), dtype=np.float64) / 255
    return mean.tolist(), std.tolist()


def loaders(data: dict[str, Any], batch_size: int = 64, num_workers: int = 0) -> dict[str, DataLoader]:
    """Make loaders "train" (shuffled), "val" and "test" of what `cs231n_lib.data.load_images` returns.

    All pictures are scaled to 0..1 and normalised by the channels of the training pictures.

    Settings: batch_size; num_workers, processes that load ahead (default 0: small pictures come faster without).
    """
    normalise = Compose([ToTensor(), Normalize(*channel_statistics(data["X_train"]))])
    return {
        split: DataLoader(
            Pictures(data[f"X_{split}"], data[f"y_{split}"], normalise),
            batch_size=batch_size,
            shuffle=split == "train",
            num_workers=num_workers,
        )
        for split in ("train", "val", "test")
    }


def in_one_piece(data: dict[str, Any], split: str) -> tuple[Tensor, Tensor]:
    """Return all pictures of a split as one normalised tensor (N, C, H, W), and their labels (N,)."""
    mean, std = channel_statistics(data["X_train"])
    X = torch.from_numpy(np.ascontiguousarray(data[f"X_{split}"].transpose(0, 3, 1, 2), np.float32)) / 255
    return Normalize(mean, std)(X), torch.from_numpy(data[f"y_{split}"])
