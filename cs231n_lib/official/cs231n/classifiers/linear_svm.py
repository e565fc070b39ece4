"""Assignment 1, to 2024: the hinge loss; penalty reg * sum(W * W)."""

from cs231n_lib.nets import svm_loss_naive, svm_loss_vectorized

__all__ = ["svm_loss_naive", "svm_loss_vectorized"]
