"""k nearest neighbours, as a textbook writes them."""

import numpy as np


class KNearestNeighbor:
    """Hold the training rows X_train (M, D) and their labels y_train (M,)."""

    X_train: np.ndarray
    y_train: np.ndarray

    def compute_distances(self, X: np.ndarray) -> np.ndarray:
        """Return the Euclidean distances (N, M)."""
        dists = np.zeros((len(X), len(self.X_train)))
        for i in range(len(X)):
            for j in range(len(self.X_train)):
                difference = X[i] - self.X_train[j]
                dists[i, j] = np.sqrt(np.sum(difference**2))
        return dists

    def compute_distances_no_loops(self, X: np.ndarray) -> np.ndarray:
        """Return the Euclidean distances (N, M) from |a - b|^2 = |a|^2 - 2ab + |b|^2."""
        cross = X @ self.X_train.T
        test_squares = np.sum(X**2, axis=1, keepdims=True)
        train_squares = np.sum(self.X_train**2, axis=1)
        squares = test_squares - 2 * cross + train_squares
        return np.sqrt(np.maximum(squares, 0))

    def predict_labels(self, dists: np.ndarray, k: int = 1) -> np.ndarray:
        """Return the commonest label of the k nearest, the smaller of two with as many votes."""
        labels = np.zeros(len(dists), dtype=int)
        for i in range(len(dists)):
            nearest = np.argsort(dists[i])[:k]
            votes = np.bincount(self.y_train[nearest])
            labels[i] = np.argmax(votes)
        return labels


def cross_validation_folds(
    X: np.ndarray, y: np.ndarray, num_folds: int
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Return (X_train, y_train, X_val, y_val) for each of num_folds consecutive folds: it validates, the rest train."""
    X_folds, y_folds = np.array_split(X, num_folds), np.array_split(y, num_folds)
    splits = []
    for i in range(num_folds):
        X_train = np.concatenate(X_folds[:i] + X_folds[i + 1 :])
        y_train = np.concatenate(y_folds[:i] + y_folds[i + 1 :])
        splits.append((X_train, y_train, X_folds[i], y_folds[i]))
    return splits


def pairwise_l1(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the L1 distances (N, M) between the rows of A (N, D) and B (M, D)."""
    differences = A[:, None, :] - B[None, :, :]
    return np.abs(differences).sum(axis=2)
