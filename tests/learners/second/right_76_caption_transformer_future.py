# exercise: CaptioningTransformer
# expect: passed
import torch
import torch.nn as nn
from cs231n_lib.pytorch.transformer import PositionalEncoding, TransformerDecoder, TransformerDecoderLayer


class CaptioningTransformer(nn.Module):
    def __init__(self, word_to_idx, input_dim, wordvec_dim, num_heads=4, num_layers=2, max_length=50):
        super().__init__()
        self.vocab = len(word_to_idx)
        self.visual_projection = nn.Linear(input_dim, wordvec_dim)
        self.embedding = nn.Embedding(self.vocab, wordvec_dim, padding_idx=word_to_idx["<NULL>"])
        self.positional_encoding = PositionalEncoding(wordvec_dim, max_len=max_length)
        layer = TransformerDecoderLayer(input_dim=wordvec_dim, num_heads=num_heads)
        self.transformer = TransformerDecoder(layer, num_layers=num_layers)
        self.output = nn.Linear(wordvec_dim, self.vocab)

    def forward(self, features, captions):
        n, t = captions.size()
        picture = self.visual_projection(features).unsqueeze(1)
        words = self.positional_encoding(self.embedding(captions))
        ones = torch.ones((t, t), dtype=torch.bool, device=captions.device)
        allowed = torch.tril(ones)
        decoded = self.transformer(words, picture, tgt_mask=allowed)
        return self.output(decoded)
