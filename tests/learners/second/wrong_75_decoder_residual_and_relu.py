# exercise: TransformerDecoderLayer
# wrong: the residual around the cross-attention adds tgt instead of the output of the first norm; the feed-forward net lacks its ReLU
# expect: wrong
# names: residual|\btgt\b|skip|cross.?attention|norm2|relu|feed.?forward|activation|non.?linear
# line: 30, 31
import torch
import torch.nn as nn
from cs231n_lib.pytorch.transformer import MultiHeadAttention


class TransformerDecoderLayer(nn.Module):
    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__()
        self.self_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.multihead_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.linear1 = nn.Linear(input_dim, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, input_dim)
        self.norm1 = nn.LayerNorm(input_dim)
        self.norm2 = nn.LayerNorm(input_dim)
        self.norm3 = nn.LayerNorm(input_dim)
        self.dropout = nn.Dropout(dropout)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)
        self.dropout3 = nn.Dropout(dropout)

    def forward(self, tgt, memory, tgt_mask=None):
        words = self.dropout1(self.self_attn(query=tgt, key=tgt, value=tgt, attn_mask=tgt_mask))
        words = self.norm1(words + tgt)
        seen = self.dropout2(self.multihead_attn(query=words, key=memory, value=memory))
        seen = self.norm2(seen + tgt)
        inner = self.linear1(seen)
        thought = self.dropout3(self.linear2(self.dropout(inner)))
        return self.norm3(thought + seen)
