"""The layers of a transformer, as a textbook writes them; torch is imported by the function that needs it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def MultiHeadAttention(embed_dim: int, num_heads: int, dropout: float) -> "nn.Module":
    """Return the module: softmax(q k' / sqrt(d)) v in several heads, joined and projected."""
    import math

    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.key = nn.Linear(embed_dim, embed_dim)
            self.query = nn.Linear(embed_dim, embed_dim)
            self.value = nn.Linear(embed_dim, embed_dim)
            self.proj = nn.Linear(embed_dim, embed_dim)
            self.attn_drop = nn.Dropout(dropout)

        def forward(self, query, key, value, attn_mask=None):
            N, T, E = query.shape
            S, d = key.shape[1], E // num_heads
            q = self.query(query).view(N, T, num_heads, d).transpose(1, 2)
            k = self.key(key).view(N, S, num_heads, d).transpose(1, 2)
            v = self.value(value).view(N, S, num_heads, d).transpose(1, 2)
            scores = q @ k.transpose(2, 3) / math.sqrt(d)
            if attn_mask is not None:
                scores = scores.masked_fill(attn_mask == 0, -math.inf)
            weights = self.attn_drop(scores.softmax(dim=-1))
            heads = weights @ v
            return self.proj(heads.transpose(1, 2).reshape(N, T, E))

    return Net()


def PositionalEncoding(embed_dim: int, dropout: float, max_len: int) -> "nn.Module":
    """Return the module that adds the table of positions to x (N, T, E), then drops some."""
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.dropout = nn.Dropout(dropout)
            i = torch.arange(max_len)[:, None]
            j = torch.arange(embed_dim)[None, :]
            angle = i * 10000.0 ** (-(j - j % 2) / embed_dim)
            pe = torch.where(j % 2 == 0, angle.sin(), angle.cos())
            self.register_buffer("pe", pe[None])

        def forward(self, x):
            T = x.shape[1]
            return self.dropout(x + self.pe[:, :T])

    return Net()


def TransformerDecoderLayer(input_dim: int, num_heads: int, dim_feedforward: int, dropout: float) -> "nn.Module":
    """Return the module: masked self-attention, cross-attention, feed-forward, each added, then normalized."""
    import torch.nn.functional as F
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.self_attn = MultiHeadAttention(input_dim, num_heads, dropout)
            self.multihead_attn = MultiHeadAttention(input_dim, num_heads, dropout)
            self.linear1 = nn.Linear(input_dim, dim_feedforward)
            self.linear2 = nn.Linear(dim_feedforward, input_dim)
            self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(input_dim) for _ in range(3))
            self.dropout, self.dropout1, self.dropout2, self.dropout3 = (nn.Dropout(dropout) for _ in range(4))

        def forward(self, tgt, memory, tgt_mask=None):
            a = self.self_attn(tgt, tgt, tgt, tgt_mask)
            x = self.norm1(tgt + self.dropout1(a))
            b = self.multihead_attn(x, memory, memory)
            y = self.norm2(x + self.dropout2(b))
            h = self.dropout(F.relu(self.linear1(y)))
            return self.norm3(y + self.dropout3(self.linear2(h)))

    return Net()


def CaptioningTransformer(
    word_to_idx: Mapping[str, int], input_dim: int, wordvec_dim: int, num_heads: int, num_layers: int, max_length: int
) -> "nn.Module":
    """Return the module: scores of every next word, from the words before it and the picture's features."""
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            V = len(word_to_idx)
            self.visual_projection = nn.Linear(input_dim, wordvec_dim)
            self.embedding = nn.Embedding(V, wordvec_dim, padding_idx=word_to_idx["<NULL>"])
            self.positional_encoding = PositionalEncoding(wordvec_dim, 0.1, max_length)
            self.transformer = nn.Module()
            self.transformer.layers = nn.ModuleList(
                TransformerDecoderLayer(wordvec_dim, num_heads, 2048, 0.1) for _ in range(num_layers)
            )
            self.output = nn.Linear(wordvec_dim, V)

        def forward(self, features, captions):
            T = captions.shape[1]
            memory = self.visual_projection(features)[:, None]
            x = self.positional_encoding(self.embedding(captions))
            mask = torch.ones(T, T).tril()
            for layer in self.transformer.layers:
                x = layer(x, memory, mask)
            return self.output(x)

    return Net()
