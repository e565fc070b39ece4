# exercise: MultiHeadAttention
# expect: passed
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.key = nn.Linear(embed_dim, embed_dim)
        self.query = nn.Linear(embed_dim, embed_dim)
        self.value = nn.Linear(embed_dim, embed_dim)
        self.proj = nn.Linear(embed_dim, embed_dim)
        self.attn_drop = nn.Dropout(dropout)
        self.n_head = num_heads
        self.head_dim = embed_dim // num_heads

    def _heads(self, t):
        b, length, _ = t.size()
        return t.view(b, length, self.n_head, self.head_dim).permute(0, 2, 1, 3)

    def forward(self, query, key, value, attn_mask=None):
        Q = self._heads(self.query(query))
        K = self._heads(self.key(key))
        V = self._heads(self.value(value))
        logits = torch.einsum('bhtd,bhsd->bhts', Q, K) * self.head_dim ** -0.5
        if attn_mask is not None:
            logits = logits.masked_fill(attn_mask == 0, float('-inf'))
        att = self.attn_drop(torch.softmax(logits, dim=-1))
        mixed = torch.einsum('bhts,bhsd->bthd', att, V)
        return self.proj(mixed.flatten(start_dim=2))
