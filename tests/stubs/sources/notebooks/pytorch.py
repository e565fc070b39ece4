# ruff: noqa
# mypy: ignore-errors
import torch
import torch.nn as nn
import torch.nn.functional as F


def flatten(x):
    """Lay each example flat."""
    return x.view(x.shape[0], -1)


def three_layer_convnet(x, params):
    """The scores of a net of two convolutions and a linear layer."""
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    scores = None
    # GAP: the forward pass
    pass
    # END
    return scores


class ThreeLayerConvNet(nn.Module):
    """The same net as a module."""

    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        # GAP: the layers
        pass
        # END

    def forward(self, x):
        scores = None
        # GAP: the forward pass
        pass
        # END
        return scores
