"""A captioning net: an image's features start the memory of a recurrent net, which then says one word after another."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.recurrent import (
    lstm_backward,
    lstm_forward,
    lstm_step_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_forward,
)
from cs231n_lib.layers.sequence import (
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

CELLS = {"rnn": (rnn_forward, rnn_backward, 1), "lstm": (lstm_forward, lstm_backward, 4)}  # and the number of gates


class CaptioningRNN:
    """Write captions: features -> h0; then word -> vector -> rnn or lstm -> scores of the next word, again and again.

    Shapes: the parameters, with D = input_dim, W = wordvec_dim, H = hidden_dim, V words and k = 1 (rnn) or 4 (lstm):
        W_embed (V, W), W_proj (D, H), b_proj (H,), Wx (W, kH), Wh (H, kH), b (kH,), W_vocab (H, V), b_vocab (V,).
    Settings: word_to_idx maps each word to its number and holds "<NULL>", for sampling also "<START>";
        input_dim (default 512); wordvec_dim (default 128); hidden_dim (default 128); cell_type "rnn" (default) or
        "lstm"; dtype (default float32); rng, a seed or a NumPy Generator for the first weights (default: a fresh one).
    Raises: ValueError for another cell_type, or if "<NULL>" is missing.
    Source: Vinyals et al. 2015, Show and Tell; CS231n assignment 3.
    """

    def __init__(
        self,
        word_to_idx: Mapping[str, int],
        input_dim: int = 512,
        wordvec_dim: int = 128,
        hidden_dim: int = 128,
        cell_type: str = "rnn",
        dtype: DTypeLike = np.float32,
        rng: int | np.random.Generator | None = None,
    ):
        if cell_type not in CELLS:
            raise ValueError(f'CaptioningRNN: cell_type is {cell_type!r}; use "rnn" or "lstm"')
        if "<NULL>" not in word_to_idx:
            raise ValueError('CaptioningRNN: word_to_idx has no "<NULL>"; it marks the padding behind short captions')
        self.cell_type, self.dtype, self.word_to_idx = cell_type, dtype, word_to_idx
        self._null, self._start = word_to_idx["<NULL>"], word_to_idx.get("<START>")
        V, D, W, H = len(word_to_idx), input_dim, wordvec_dim, hidden_dim
        gates = CELLS[cell_type][2] * H
        rng = np.random.default_rng(rng)

        def matrix(rows: int, columns: int, scale: float) -> np.ndarray:
            return rng.standard_normal((rows, columns)) * scale

        params = {
            "W_embed": matrix(V, W, 0.01),
            "W_proj": matrix(D, H, 1 / math.sqrt(D)),
            "b_proj": np.zeros(H),
            "Wx": matrix(W, gates, 1 / math.sqrt(W)),
            "Wh": matrix(H, gates, 1 / math.sqrt(H)),
            "b": np.zeros(gates),
            "W_vocab": matrix(H, V, 1 / math.sqrt(H)),
            "b_vocab": np.zeros(V),
        }
        self.params = {name: value.astype(dtype) for name, value in params.items()}

    def loss(self, features: np.ndarray, captions: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        """Score every next word of the captions, given the true words before it.

        Shapes: features (N, D); captions (N, T + 1), words by number, padded with <NULL>.
        Returns: loss, the sum of -log p over the words that are not <NULL>, divided by N; and grads, a dictionary
            with the keys of `params`.
        Raises: ValueError if the sizes do not fit or a word is out of range.
        """
        p, (sequence_forward, sequence_backward, _) = self.params, CELLS[self.cell_type]
        captions_in, captions_out = captions[:, :-1], captions[:, 1:]  # (N, T): each word is to guess the next one
        h0, h0_cache = affine_forward(np.asarray(features, self.dtype), p["W_proj"], p["b_proj"])
        x, x_cache = word_embedding_forward(captions_in, p["W_embed"])  # (N, T, W)
        h, h_cache = sequence_forward(x, h0, p["Wx"], p["Wh"], p["b"])  # (N, T, H)
        scores, scores_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])  # (N, T, V)
        loss, dscores = temporal_softmax_loss(scores, captions_out, captions_out != self._null)

        grads = {}
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, scores_cache)
        dx, dh0, grads["Wx"], grads["Wh"], grads["b"] = sequence_backward(dh, h_cache)
        grads["W_embed"] = word_embedding_backward(dx, x_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, h0_cache)
        return loss, grads

    def sample(self, features: np.ndarray, max_length: int = 30) -> np.ndarray:
        """Write a caption for each image: always the likeliest word, which is then read as the next input.

        Shapes: features (N, D).
        Settings: max_length, words to write (default 30); a caption goes on after "<END>".
        Returns: captions (N, max_length), words by number, without "<START>".
        Raises: ValueError if word_to_idx has no "<START>".
        """
        if self._start is None:
            raise ValueError('sample: word_to_idx has no "<START>"; a caption has to start from some word')
        p = self.params
        h, _ = affine_forward(np.asarray(features, self.dtype), p["W_proj"], p["b_proj"])
        c = np.zeros_like(h)
        words = np.full(len(features), self._start)  # (N,)
        captions = np.empty((len(features), max_length), int)
        for t in range(max_length):
            h, c = self._step(p["W_embed"][words], h, c)
            words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
            captions[:, t] = words
        return captions

    def _step(self, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = (self.params[name] for name in ("Wx", "Wh", "b"))
        if self.cell_type == "rnn":
            return rnn_step_forward(x, h, *weights)[0], c
        return lstm_step_forward(x, h, c, *weights)[:2]
