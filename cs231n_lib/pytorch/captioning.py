"""Captions in PyTorch: a Transformer that looks at the picture while it writes, and the recurrent net beside it."""

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cs231n_lib.pytorch import twins
from cs231n_lib.pytorch.transformer import (
    PositionalEncoding,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
    causal_mask,
    small_weights,
    testing,
)


class CaptioningTransformer(nn.Module):
    """Score every next word, from the words before it and from the picture, which each word looks at by attention.

    Shapes: features (N, D), one vector a picture, or (N, P, D), one for each of P places; captions (N, T), words by
        number -> scores (N, T, V). D = input_dim, V = len(word_to_idx).
    Settings: word_to_idx holds "<NULL>", for sampling also "<START>"; wordvec_dim, the width of all layers; num_heads
        (default 4); num_layers (default 2); max_length in words (default 50); dim_feedforward (default 2048); dropout
        (default .1); encoder_layers, in which the places look at each other before the words look at them (default 0,
        as in the course).
    Raises: ValueError if "<NULL>" is missing, or features have another shape.
    Source: CS231n assignment 3; the order of its parameters is the course's.
    """

    def __init__(
        self,
        word_to_idx: Mapping[str, int],
        input_dim: int,
        wordvec_dim: int,
        num_heads: int = 4,
        num_layers: int = 2,
        max_length: int = 50,
        *,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        encoder_layers: int = 0,
    ):
        super().__init__()
        self.vocab_size, self._null, self._start, self._end = _special(word_to_idx)
        self.visual_projection = nn.Linear(input_dim, wordvec_dim)
        self.embedding = nn.Embedding(self.vocab_size, wordvec_dim, padding_idx=self._null)
        self.positional_encoding = PositionalEncoding(wordvec_dim, dropout, max_length)
        sizes = (wordvec_dim, num_heads, dim_feedforward, dropout)
        self.transformer = TransformerDecoder(TransformerDecoderLayer(*sizes), num_layers)
        self.encoder: nn.Module = nn.Identity()
        if encoder_layers:
            self.encoder = TransformerEncoder(TransformerEncoderLayer(*sizes), encoder_layers)
        self.apply(small_weights)
        self.output = nn.Linear(wordvec_dim, self.vocab_size)  # after `apply`, as in the course: PyTorch's own weights

    def forward(self, features: Tensor, captions: Tensor) -> Tensor:
        return self.decode(captions, self.memory(features))

    def memory(self, features: Tensor) -> Tensor:
        """Return the tokens that words look at: one a picture, or one a place, as wide as words (N, P, wordvec_dim)."""
        if features.ndim not in (2, 3):
            raise ValueError(f"CaptioningTransformer: features are {tuple(features.shape)}; use (N, D) or (N, P, D)")
        tokens = self.visual_projection(features)
        return self.encoder(tokens[:, None] if features.ndim == 2 else tokens)

    def decode(self, captions: Tensor, memory: Tensor) -> Tensor:
        """Score the word after each of the captions' words, (N, T, V)."""
        mask = causal_mask(captions.shape[1]).to(captions.device)
        words = self.positional_encoding(self.embedding(captions))
        return self.output(self.transformer(words, memory, mask))

    @torch.no_grad()
    def sample(
        self,
        features: Tensor | np.ndarray,
        max_length: int = 30,
        *,
        temperature: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> np.ndarray:
        """Write a caption for each picture, word by word, each word read before the next is chosen.

        Settings: max_length, words to write (default 30); temperature: 0 (default) takes the likeliest word, above 0
            draws from softmax(scores / temperature), with `generator`.
        Returns: captions (N, max_length) int32, without "<START>", "<NULL>" behind "<END>".
        Raises: ValueError if word_to_idx has no "<START>", or temperature is below 0.
        """
        if self._start is None or temperature < 0:
            raise ValueError(
                f'sample: temperature is {temperature}, "<START>" is {self._start}; use >= 0, and a number'
            )
        with testing(self):
            memory = self.memory(torch.as_tensor(features))
            words = torch.full((len(memory), 1), self._start)
            ended = torch.zeros(len(memory), 1, dtype=torch.bool)
            for _ in range(max_length):
                word = next_word(self.decode(words, memory)[:, -1], temperature, generator)
                word = word.masked_fill(ended, self._null)
                words, ended = torch.cat([words, word], dim=1), ended | (word == self._end)
                if ended.all():
                    break
        return F.pad(words[:, 1:], (0, max_length + 1 - words.shape[1]), value=self._null).numpy().astype(np.int32)


def next_word(scores: Tensor, temperature: float = 0.0, generator: torch.Generator | None = None) -> Tensor:
    """Choose a word for each row of scores (N, V) -> (N, 1): the likeliest, or drawn at a temperature above 0."""
    if temperature == 0:
        return scores.argmax(dim=1, keepdim=True)
    return torch.multinomial((scores / temperature).softmax(dim=1), 1, generator=generator)


def caption_loss(scores: Tensor, words: Tensor, null: int) -> Tensor:
    """Average -log p over the words that are not <NULL>.

    The course's Transformer solver divides by all N * T places instead, `temporal_softmax_loss` by N: the same
    gradient but for a factor.

    Shapes: scores (N, T, V); words (N, T), the true ones.
    """
    return F.cross_entropy(scores.flatten(0, 1), words.flatten().long(), ignore_index=null)


def caption_step(model: nn.Module, optimizer: torch.optim.Optimizer, null: int = 0, clip: float = 1.0) -> Callable:
    """Return the step of a captioning net for `Trainer`: each word is to name the next one.

    Settings: null, the number of "<NULL>" (default 0); clip, the longest gradient (default 1).
    """

    def step(batch: tuple[Tensor, Tensor]) -> Tensor:
        features, captions = batch
        model.train()
        loss = caption_loss(model(features, captions[:, :-1]), captions[:, 1:], null)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        return loss.detach()

    return step


class CaptionBatches:
    """Batches (features, captions) for training: every picture once an epoch, with one of its sentences.

    The order and the choice of sentences come from PyTorch's generator, which `Trainer` seeds. Captions are cut to
    the longest of the batch.

    Shapes: features (N, ...) and captions (M, T), image_idxs (M,), the picture of each caption.
    Raises: ValueError if a picture has no caption.
    """

    def __init__(self, features: np.ndarray, captions: np.ndarray, image_idxs: np.ndarray, batch_size: int = 100):
        order = np.argsort(image_idxs, kind="stable")
        number = np.bincount(image_idxs, minlength=len(features))
        if len(number) > len(features) or number.min() < 1:
            raise ValueError(f"CaptionBatches: {len(features)} pictures; give each of them a caption, and no other")
        self.features = torch.as_tensor(features)
        self.captions = torch.as_tensor(captions[order]).long()
        self.number, self.batch_size = torch.as_tensor(number), batch_size
        self.first = self.number.cumsum(0) - self.number

    def __len__(self) -> int:
        return math.ceil(len(self.features) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for pictures in torch.randperm(len(self.features)).split(self.batch_size):
            chosen = (torch.rand(len(pictures)) * self.number[pictures]).long()
            captions = self.captions[self.first[pictures] + chosen]
            longest = int((captions != 0).sum(dim=1).max())
            yield self.features[pictures], captions[:, :longest]


class CaptioningRNN:
    """Write captions with a recurrent net, `cs231n_lib.nets.captioning.CaptioningRNN` under autograd.

    Shapes: params, tensors of the names, shapes and order of the NumPy net.
    Settings: as there; dtype (default torch.float32). First weights come from PyTorch's generator.
    Raises: ValueError for another cell_type, or if "<NULL>" is missing.
    Source: CS231n assignment 2 of 2025, `rnn_pytorch`.
    """

    def __init__(
        self,
        word_to_idx: Mapping[str, int],
        input_dim: int = 512,
        wordvec_dim: int = 128,
        hidden_dim: int = 128,
        cell_type: str = "rnn",
        dtype: torch.dtype = torch.float32,
    ):
        if cell_type not in ("rnn", "lstm"):
            raise ValueError(f'CaptioningRNN: cell_type is {cell_type!r}; use "rnn" or "lstm"')
        V, self._null, self._start, self._end = _special(word_to_idx)
        D, W, H, gates = input_dim, wordvec_dim, hidden_dim, hidden_dim * (4 if cell_type == "lstm" else 1)
        self.cell_type, self.dtype = cell_type, dtype
        self.params = {
            "W_embed": torch.randn(V, W) / 100,
            "W_proj": torch.randn(D, H) / math.sqrt(D),
            "b_proj": torch.zeros(H),
            "Wx": torch.randn(W, gates) / math.sqrt(W),
            "Wh": torch.randn(H, gates) / math.sqrt(H),
            "b": torch.zeros(gates),
            "W_vocab": torch.randn(H, V) / math.sqrt(H),
            "b_vocab": torch.zeros(V),
        }
        self.params = {name: value.to(dtype) for name, value in self.params.items()}

    def scores(self, features: Tensor, captions: Tensor) -> Tensor:
        """Score the word after each of the captions' words, (N, T, V), from features (N, D)."""
        p, forward = self.params, twins.rnn_forward if self.cell_type == "rnn" else twins.lstm_forward
        h0 = twins.affine_forward(features.to(self.dtype), p["W_proj"], p["b_proj"])
        h = forward(twins.word_embedding_forward(captions, p["W_embed"]), h0, p["Wx"], p["Wh"], p["b"])
        return twins.temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])

    def loss(self, features: Tensor, captions: Tensor) -> Tensor:
        """Sum -log p of the words that are not <NULL>, and divide by N; captions (N, T + 1)."""
        words = captions[:, 1:]
        return twins.temporal_softmax_loss(self.scores(features, captions[:, :-1]), words, words != self._null)

    @torch.no_grad()
    def sample(self, features: Tensor, max_length: int = 30) -> Tensor:
        """Write max_length words for each picture, always the likeliest one, (N, max_length)."""
        if self._start is None:
            raise ValueError('sample: word_to_idx has no "<START>"; a caption has to start from some word')
        p = self.params
        h = twins.affine_forward(features.to(self.dtype), p["W_proj"], p["b_proj"])
        c, words = torch.zeros_like(h), [torch.full((len(h),), self._start)]
        for _ in range(max_length):
            x, weights = p["W_embed"][words[-1]], (p["Wx"], p["Wh"], p["b"])
            if self.cell_type == "rnn":
                h = twins.rnn_step_forward(x, h, *weights)
            else:
                h, c = twins.lstm_step_forward(x, h, c, *weights)
            words.append((h @ p["W_vocab"] + p["b_vocab"]).argmax(dim=1))
        return torch.stack(words[1:], dim=1)


def _special(word_to_idx: Mapping[str, int]) -> tuple[int, int, int | None, int | None]:
    if "<NULL>" not in word_to_idx:
        raise ValueError('word_to_idx has no "<NULL>"; it marks the padding behind short captions')
    return len(word_to_idx), word_to_idx["<NULL>"], word_to_idx.get("<START>"), word_to_idx.get("<END>")
