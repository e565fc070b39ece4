"""Assignment 3, to 2024: a captioning net in NumPy, its weights from NumPy's global generator."""

import math

import numpy as np

from cs231n_lib import nets


class CaptioningRNN(nets.CaptioningRNN):
    """features -> h0; then word -> vector -> rnn or lstm -> scores of the next word."""

    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        super().__init__(word_to_idx, input_dim, wordvec_dim, hidden_dim, cell_type, dtype, rng=0)
        self.idx_to_word = {i: word for word, i in word_to_idx.items()}
        self._end = word_to_idx.get("<END>")
        for name, old in self.params.items():
            if old.ndim == 2:
                scale = 0.01 if name == "W_embed" else 1 / math.sqrt(len(old))
                self.params[name] = (scale * np.random.randn(*old.shape)).astype(dtype)


__all__ = ["CaptioningRNN"]
