"""Assignment 3, 2021 on: the parts of a Transformer. The notebooks take `torch` from here, too."""

import torch

from cs231n_lib.pytorch.transformer import (
    MultiHeadAttention,
    PatchEmbedding,
    PositionalEncoding,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
)

__all__ = [
    "MultiHeadAttention",
    "PatchEmbedding",
    "PositionalEncoding",
    "TransformerDecoderLayer",
    "TransformerEncoderLayer",
    "torch",
]
