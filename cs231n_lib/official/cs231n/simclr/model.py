"""SimCLR's net; its ResNet-50 comes from torchvision, which is imported when the net is made."""

import torch.nn.functional as F
from torch import nn

from cs231n_lib.official.vision import torchvision


class Model(nn.Module):
    """A ResNet-50 for small pictures `f`, and a projection head `g`.

    Shapes: x (N, 3, 32, 32) -> features (N, 2048) and projections (N, feature_dim), both of length 1.
    """

    def __init__(self, feature_dim=128):
        super().__init__()
        layers = []
        for name, layer in torchvision("models.resnet").resnet50().named_children():
            if name == "conv1":
                layers.append(nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False))
            elif not isinstance(layer, nn.Linear | nn.MaxPool2d):
                layers.append(layer)
        self.f = nn.Sequential(*layers)
        self.g = nn.Sequential(
            nn.Linear(2048, 512, bias=False),
            nn.BatchNorm1d(512),
            nn.ReLU(inplace=True),
            nn.Linear(512, feature_dim, bias=True),
        )

    def forward(self, x):
        feature = self.f(x).flatten(1)
        return F.normalize(feature, dim=-1), F.normalize(self.g(feature), dim=-1)


__all__ = ["Model"]
