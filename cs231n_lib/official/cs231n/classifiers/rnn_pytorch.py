"""Assignment 2, 2025 and 2026: a captioning net in PyTorch."""

from cs231n_lib.pytorch import captioning


class CaptioningRNN(captioning.CaptioningRNN):
    """features -> h0; then word -> vector -> rnn or lstm -> scores of the next word.

    It computes in the type of its parameters, since notebooks put float64 ones in place of those drawn here.
    """

    @property
    def dtype(self):
        """The type of the parameters."""
        return self.params["W_proj"].dtype

    @dtype.setter
    def dtype(self, value):
        pass  # the parameters are made in it, and it is read from them

    def loss(self, features, captions):
        """Return the loss of captions (N, T + 1), given features (N, D)."""
        return super().loss(features, captions.long())


__all__ = ["CaptioningRNN"]
