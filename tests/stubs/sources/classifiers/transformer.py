# ruff: noqa
# mypy: ignore-errors


class CaptioningTransformer(nn.Module):
    """Captions from image features by a transformer's decoder."""

    def __init__(self, word_to_idx, input_dim, wordvec_dim, num_heads=4, num_layers=2, max_length=50):
        super().__init__()

        vocab_size = len(word_to_idx)
        self.vocab_size = vocab_size
        self._null = word_to_idx["<NULL>"]
        self._start = word_to_idx.get("<START>", None)
        self._end = word_to_idx.get("<END>", None)

        self.visual_projection = nn.Linear(input_dim, wordvec_dim)
        self.embedding = nn.Embedding(vocab_size, wordvec_dim, padding_idx=self._null)
        self.positional_encoding = PositionalEncoding(wordvec_dim, max_len=max_length)

        decoder_layer = TransformerDecoderLayer(input_dim=wordvec_dim, num_heads=num_heads)
        self.transformer = TransformerDecoder(decoder_layer, num_layers=num_layers)
        self.apply(self._init_weights)

        self.output = nn.Linear(wordvec_dim, vocab_size)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            module.weight.data.normal_(mean=0.0, std=0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            module.bias.data.zero_()

    def forward(self, features, captions):
        """Give the scores (N, T, V) of the words after captions (N, T), for features (N, D)."""
        N, T = captions.shape
        # to be replaced by yours
        scores = torch.empty((N, T, self.vocab_size))

        # GAP: word vectors with positions, projected features as memory, decoder with a mask, scores
        pass
        # END

        return scores

    def sample(self, features, max_length=30):
        """Give captions (N, max_length), always the most likely word."""
        with torch.no_grad():
            features = torch.Tensor(features)
            N = features.shape[0]
            captions = self._null * np.ones((N, max_length), dtype=np.int32)
            partial = torch.LongTensor(self._start * np.ones(N, dtype=np.int32)).unsqueeze(1)
            for t in range(max_length):
                word = torch.argmax(self.forward(features, partial)[:, -1, :], axis=1)
                captions[:, t] = word.numpy()
                partial = torch.cat([partial, word.unsqueeze(1)], dim=1)
            return captions


def clones(module, N):
    """Give N copies of a module."""
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])


class TransformerDecoder(nn.Module):
    """Several equal layers, one after another."""

    def __init__(self, decoder_layer, num_layers):
        super().__init__()
        self.layers = clones(decoder_layer, num_layers)
        self.num_layers = num_layers

    def forward(self, tgt, memory, tgt_mask=None):
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask=tgt_mask)
        return tgt
