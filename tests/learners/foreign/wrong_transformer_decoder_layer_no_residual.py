# exercise: TransformerDecoderLayer
# wrong: the second block does not add its own input back
# expect: failed
# names: residual|shortcut|skip|add|cross|second
# line: 57

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
        self.head_dim = embed_dim // num_heads

    def forward(self, query, key, value, attn_mask=None):
        N, S, E = query.shape
        T = value.shape[1]
        q = self.query(query).view(N, S, self.n_head, self.head_dim).permute(0, 2, 1, 3)
        k = self.key(key).view(N, T, self.n_head, self.head_dim).permute(0, 2, 3, 1)
        v = self.value(value).view(N, T, self.n_head, self.head_dim).permute(0, 2, 1, 3)
        att = torch.matmul(q, k) / math.sqrt(self.head_dim)
        if attn_mask is not None:
            att = att.masked_fill(torch.logical_not(attn_mask), -math.inf)
        att = self.attn_drop(F.softmax(att, dim=-1))
        return self.proj(torch.matmul(att, v).permute(0, 2, 1, 3).contiguous().view(N, S, E))


class TransformerDecoderLayer(nn.Module):
    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__()
        self.self_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.multihead_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.linear1 = nn.Linear(input_dim, dim_feedforward)
        self.dropout = nn.Dropout(dropout)
        self.linear2 = nn.Linear(dim_feedforward, input_dim)
        self.norm1 = nn.LayerNorm(input_dim)
        self.norm2 = nn.LayerNorm(input_dim)
        self.norm3 = nn.LayerNorm(input_dim)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)
        self.dropout3 = nn.Dropout(dropout)
        self.activation = nn.ReLU()

    def forward(self, tgt, memory, tgt_mask=None):
        x = tgt
        x = self.norm1(x + self.dropout1(self.self_attn(x, x, x, tgt_mask)))
        x = self.norm2(self.dropout2(self.multihead_attn(x, memory, memory)))
        ff = self.linear2(self.dropout(self.activation(self.linear1(x))))
        return self.norm3(x + self.dropout3(ff))
