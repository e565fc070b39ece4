"""Assignment 3, 2021 on: a Transformer that writes captions."""

from cs231n_lib.pytorch.captioning import CaptioningTransformer
from cs231n_lib.pytorch.transformer import TransformerDecoder, TransformerDecoderLayer, clones

__all__ = ["CaptioningTransformer", "TransformerDecoder", "TransformerDecoderLayer", "clones"]
