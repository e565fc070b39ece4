# exercise: PositionalEncoding
# wrong: RIGHT: two plain loops over places and channels
# expect: passed

import math

import torch
import torch.nn as nn


class PositionalEncoding(nn.Module):
    def __init__(self, embed_dim, dropout=0.1, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        assert embed_dim % 2 == 0
        pe = torch.zeros(1, max_len, embed_dim)
        pos = torch.arange(max_len).float()
        for j in range(0, embed_dim, 2):
            freq = math.pow(10000, -j / embed_dim)
            pe[0, :, j] = torch.sin(pos * freq)
            pe[0, :, j + 1] = torch.cos(pos * freq)
        self.register_buffer("pe", pe)

    def forward(self, x):
        N, S, D = x.shape
        out = x.clone()
        for n in range(N):
            out[n] += self.pe[0][:S]
        return self.dropout(out)
