"""Assignment 1: the cross-entropy loss; penalty reg * sum(W * W)."""

from cs231n_lib.nets import softmax_loss_naive, softmax_loss_vectorized

__all__ = ["softmax_loss_naive", "softmax_loss_vectorized"]
