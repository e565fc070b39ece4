# exercise: PositionalEncoding
# wrong: the cosine uses its own channel's number instead of the even one before
# expect: failed
# names: cos|odd|exponent|even|j ?- ?1|frequenc
# line: 23

import math

import torch
import torch.nn as nn


class PositionalEncoding(nn.Module):
    def __init__(self, embed_dim, dropout=0.1, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        assert embed_dim % 2 == 0
        pe = torch.zeros(1, max_len, embed_dim)
        i = torch.arange(max_len, dtype=torch.float32).unsqueeze(1)
        even = torch.arange(0, embed_dim, 2)
        odd = torch.arange(1, embed_dim, 2)
        pe[0, :, even] = torch.sin(i * 10000 ** (-even / embed_dim))
        pe[0, :, odd] = torch.cos(i * 10000 ** (-odd / embed_dim))
        self.register_buffer("pe", pe)

    def forward(self, x):
        N, S, D = x.shape
        output = self.dropout(x + self.pe[:, :S])
        return output
