# ruff: noqa
# mypy: ignore-errors
import torch

from ..rnn_layers_pytorch import *


class CaptioningRNN:
    """Captions from image features by an RNN or an LSTM."""

    def __init__(
        self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=torch.float32
    ):
        if cell_type not in {"rnn", "lstm"}:
            raise ValueError(f"no such cell: {cell_type}")

        self.cell_type = cell_type
        self.dtype = dtype
        self.word_to_idx = word_to_idx
        self.idx_to_word = {i: w for w, i in word_to_idx.items()}
        self.params = {}

        vocab_size = len(word_to_idx)
        self._null = word_to_idx["<NULL>"]
        self._start = word_to_idx.get("<START>", None)
        self._end = word_to_idx.get("<END>", None)

        dim_mul = {"lstm": 4, "rnn": 1}[cell_type]
        sizes = {
            "W_embed": (vocab_size, wordvec_dim),
            "W_proj": (input_dim, hidden_dim),
            "Wx": (wordvec_dim, dim_mul * hidden_dim),
            "Wh": (hidden_dim, dim_mul * hidden_dim),
            "W_vocab": (hidden_dim, vocab_size),
        }
        for name, size in sizes.items():
            self.params[name] = torch.randn(*size) / (100 if name == "W_embed" else size[0] ** 0.5)
        for name, size in (("b_proj", hidden_dim), ("b", dim_mul * hidden_dim), ("b_vocab", vocab_size)):
            self.params[name] = torch.zeros(size)

    def loss(self, features, captions):
        """Give the loss of captions (N, T + 1) for features (N, D)."""
        # what goes in, and what is to come out: one word later
        captions_in = captions[:, :-1]
        captions_out = captions[:, 1:]

        mask = captions_out != self._null

        W_proj, b_proj = self.params["W_proj"], self.params["b_proj"]
        W_embed = self.params["W_embed"]
        Wx, Wh, b = self.params["Wx"], self.params["Wh"], self.params["b"]
        W_vocab, b_vocab = self.params["W_vocab"], self.params["b_vocab"]

        loss = 0.0
        # GAP: first hidden state, word vectors, RNN or LSTM, scores, loss
        pass
        # END

        return loss

    def sample(self, features, max_length=30):
        """Give captions (N, max_length), always the most likely word."""
        N = features.shape[0]
        captions = self._null * torch.ones((N, max_length), dtype=torch.long)

        W_proj, b_proj = self.params["W_proj"], self.params["b_proj"]
        W_embed = self.params["W_embed"]
        Wx, Wh, b = self.params["Wx"], self.params["Wh"], self.params["b"]
        W_vocab, b_vocab = self.params["W_vocab"], self.params["b_vocab"]

        # GAP: start with <START>; at each time step take the most likely word
        pass
        # END
        return captions
