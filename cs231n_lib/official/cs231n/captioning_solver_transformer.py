"""Assignment 3, 2021 on: the Solver of the captioning Transformer."""

import torch
import torch.nn.functional as F

from cs231n_lib.official.torch_solver import TorchSolver


class CaptioningSolverTransformer(TorchSolver):
    """Train a model that scores every next word; the loss is the mean over all N * T places, 0 where a word is <NULL>.

    Settings: idx_to_word, a list; the others as in `TorchSolver`.
    """

    def __init__(self, model, data, idx_to_word, **kwargs):
        self.idx_to_word = idx_to_word
        super().__init__(model, data, **kwargs)

    def parameters(self):
        """Return the parameters of the model."""
        return list(self.model.parameters())

    def loss(self, features, captions):
        """Return the loss of naming each word from those before it."""
        self.model.train()
        words = captions[:, 1:]
        scores = self.model(features, captions[:, :-1])
        return self.transformer_temporal_softmax_loss(scores, words, words != self.model._null)

    def transformer_temporal_softmax_loss(self, x, y, mask):
        """Average -log p_y, times the mask, over all places: x (N, T, V), y (N, T), mask (N, T)."""
        losses = F.cross_entropy(x.flatten(0, 1), y.flatten(), reduction="none")
        return (losses * mask.flatten()).mean()


__all__ = ["CaptioningSolverTransformer", "torch"]
