# ruff: noqa
# mypy: ignore-errors
import copy
import math

import torch
import torch.nn as nn
from torch.nn import functional as F


class PositionalEncoding(nn.Module):
    """Adds waves of many lengths, so that a position can be told."""

    def __init__(self, embed_dim, dropout=0.1, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        assert embed_dim % 2 == 0
        # a first axis of 1, to be broadcast over the batch
        pe = torch.zeros(1, max_len, embed_dim)
        # GAP: sines in the even columns, cosines in the odd ones
        pass
        # END

        # saved with the model, not learnt
        self.register_buffer("pe", pe)

    def forward(self, x):
        """Add the encoding to x (N, S, D), then drop."""
        N, S, D = x.shape
        # to be replaced by yours
        output = torch.empty((N, S, D))
        # GAP: add the encoding and drop
        pass
        # END
        return output
