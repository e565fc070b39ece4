# ruff: noqa
# mypy: ignore-errors


from ..classifiers.linear_svm import *


class LinearSVM(LinearClassifier):
    """The classifier with the hinge loss."""

    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)
