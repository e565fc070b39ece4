# exercise: MultiHeadAttention
# wrong: blocks the places where the mask is 1
# expect: failed
# names: mask
# line: 36

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.key = nn.Linear(embed_dim, embed_dim)
        self.query = nn.Linear(embed_dim, embed_dim)
        self.value = nn.Linear(embed_dim, embed_dim)
        self.proj = nn.Linear(embed_dim, embed_dim)
        self.attn_drop = nn.Dropout(dropout)
        self.n_head = num_heads
        self.emd_dim = embed_dim
        self.head_dim = self.emd_dim // self.n_head

    def forward(self, query, key, value, attn_mask=None):
        N, S, E = query.shape
        N, T, E = value.shape

        def split(t, length):
            return t.view(N, length, self.n_head, self.head_dim).permute(0, 2, 1, 3)

        q, k, v = split(self.query(query), S), split(self.key(key), T), split(self.value(value), T)
        energy = q @ k.permute(0, 1, 3, 2) / math.sqrt(self.head_dim)
        if attn_mask is not None:
            energy = energy.masked_fill(attn_mask.bool(), -1e9)
        a = self.attn_drop(F.softmax(energy, dim=-1))
        out = (a @ v).permute(0, 2, 1, 3).reshape(N, S, E)
        return self.proj(out)
