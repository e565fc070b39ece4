# exercise: MultiHeadAttention
# wrong: RIGHT: einsum, -1e9 for blocked places, chunks joined by flatten
# expect: passed

import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super(MultiHeadAttention, self).__init__()
        assert embed_dim % num_heads == 0
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
        h, d = self.n_head, self.head_dim
        Q = self.query(query).reshape(N, S, h, d)
        K = self.key(key).reshape(N, T, h, d)
        V = self.value(value).reshape(N, T, h, d)
        e = torch.einsum("nshd,nthd->nhst", Q, K) * d ** -0.5
        if attn_mask is not None:
            blocked = attn_mask.expand(N, h, S, T) == 0
            e = torch.where(blocked, torch.full_like(e, -1e9), e)
        A = self.attn_drop(F.softmax(e, dim=3))
        Y = torch.einsum("nhst,nthd->nshd", A, V).flatten(2)
        return self.proj(Y)
