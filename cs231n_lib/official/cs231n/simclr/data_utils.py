"""SimCLR's pairs of views; they need torchvision, which is imported when they are made."""

import random

import torch

from cs231n_lib.official.vision import torchvision

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)


def compute_train_transform(seed=123456):
    """Return the random augmentation of a picture; `random` and torch are seeded first."""
    random.seed(seed)
    torch.random.manual_seed(seed)
    transforms = torchvision("transforms")
    jitter = transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)
    return transforms.Compose(
        [
            transforms.RandomResizedCrop(32),
            transforms.RandomHorizontalFlip(p=0.5),
            transforms.RandomApply([jitter], p=0.8),
            transforms.RandomGrayscale(p=0.2),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
        ]
    )


def compute_test_transform():
    """Return what makes a picture a normalised tensor."""
    transforms = torchvision("transforms")
    return transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])


class CIFAR10Pair:
    """torchvision's CIFAR10 whose items are two views of a picture and its label: x_i, x_j, target."""

    def __new__(cls, *arguments, **settings):
        """Make the data set; arguments are those of torchvision's class."""
        return _pair_class()(*arguments, **settings)


def _pair_class():
    from PIL import Image

    class Pair(torchvision("datasets").CIFAR10):
        def __getitem__(self, index):
            picture, target = Image.fromarray(self.data[index]), self.targets[index]
            views = [picture if self.transform is None else self.transform(picture) for _ in range(2)]
            return *views, target if self.target_transform is None else self.target_transform(target)

    return Pair


__all__ = ["CIFAR10Pair", "compute_test_transform", "compute_train_transform"]
