"""The k-nearest-neighbour classifier: no training, all the work at test time."""

from collections.abc import Callable

import numpy as np

BLOCK = 1 << 24  # distances held at once by predict: 64 MiB in float32


class KNearestNeighbor:
    """Give each test row the commonest label among its k nearest training rows.

    Shapes: X_train (M, D), y_train (M,); X (N, D); dists (N, M).
    Raises: ValueError if it was not trained, if the rows have another width, or if X is of an integer type so
        narrow that differences of pixels wrap round.
    Source: Cover and Hart, Nearest neighbor pattern classification, IEEE Trans. Inf. Theory 13 (1967).
    """

    X_train: np.ndarray
    y_train: np.ndarray

    def train(self, X: np.ndarray, y: np.ndarray) -> None:
        """Remember the training rows X (M, D) and their labels y (M,)."""
        X, y = _as_rows("train", X), np.asarray(y)
        if y.shape != (len(X),):
            raise ValueError(f"train: y has shape {y.shape}; X has {len(X)} rows, so use ({len(X)},)")
        self.X_train, self.y_train = X, y

    def predict(self, X: np.ndarray, k: int = 1, num_loops: int = 0) -> np.ndarray:
        """Return the label of each row of X.

        Works through X in blocks of rows, so that only part of the distance matrix exists at a time.

        Shapes: X (N, D).
        k: how many neighbours vote, 1..M, default 1.  num_loops: Python loops in the distance code, 0, 1 or 2.
        Returns: labels (N,).
        Raises: ValueError for another num_loops, k outside 1..M, X of another width.
        """
        distances = self._distance_function(num_loops)
        X = self._as_test_rows("predict", X)
        block = max(1, BLOCK // len(self.X_train))
        return np.concatenate([self.predict_labels(distances(X[i : i + block]), k) for i in range(0, len(X), block)])

    def compute_distances_two_loops(self, X: np.ndarray) -> np.ndarray:
        """Return the Euclidean distances dists (N, M) between X (N, D) and the training rows, one pair at a time."""
        X = self._as_test_rows("compute_distances_two_loops", X)
        dists = np.zeros((len(X), len(self.X_train)), np.result_type(X, self.X_train))
        for i in range(len(X)):
            for j in range(len(self.X_train)):
                difference = X[i] - self.X_train[j]  # (D,)
                dists[i, j] = np.sqrt(np.sum(difference**2))
        return dists

    def compute_distances_one_loop(self, X: np.ndarray) -> np.ndarray:
        """Return the Euclidean distances dists (N, M) between X (N, D) and the training rows, test row by test row."""
        X = self._as_test_rows("compute_distances_one_loop", X)
        dists = np.zeros((len(X), len(self.X_train)), np.result_type(X, self.X_train))
        for i in range(len(X)):
            difference = self.X_train - X[i]  # (M, D) - (D,): X[i] is subtracted from every training row
            dists[i] = np.sqrt(np.sum(difference**2, axis=1))  # (M,)
        return dists

    def compute_distances_no_loops(self, X: np.ndarray) -> np.ndarray:
        """Return the Euclidean distances dists (N, M) from |a - b|^2 = |a|^2 - 2ab + |b|^2: one matrix product."""
        X = self._as_test_rows("compute_distances_no_loops", X)
        return _distances(X, self.X_train, _squared_lengths(self.X_train))

    def predict_labels(self, dists: np.ndarray, k: int = 1) -> np.ndarray:
        """Let the k nearest training rows vote on the label of each test row.

        Of labels with as many votes the smaller wins; of training rows equally near the earlier one votes.

        Shapes: dists (N, M).  k: 1..M, default 1.
        Returns: labels (N,).
        """
        dists = np.asarray(dists)
        self._check_trained("predict_labels")
        if dists.ndim != 2 or dists.shape[1] != len(self.y_train):
            raise ValueError(f"predict_labels: dists has shape {dists.shape}; use (test rows, {len(self.y_train)})")
        if not 1 <= k <= len(self.y_train):
            raise ValueError(f"predict_labels: k is {k}; use 1..{len(self.y_train)}, the number of training rows")
        labels, label_ids = np.unique(self.y_train, return_inverse=True)
        ids = label_ids[_nearest(dists, k)]  # (N, k)
        slots = np.arange(len(ids))[:, None] * len(labels) + ids  # one slot for each test row and label
        votes = np.bincount(slots.ravel(), minlength=len(ids) * len(labels)).reshape(len(ids), len(labels))
        return labels[votes.argmax(axis=1)]  # argmax takes the first maximum: the smaller label

    def _distance_function(self, num_loops: int) -> Callable[[np.ndarray], np.ndarray]:
        self._check_trained("predict")
        if num_loops == 0:
            train_squares = _squared_lengths(self.X_train)  # once, not once a block
            return lambda X: _distances(X, self.X_train, train_squares)
        if num_loops == 1:
            return self.compute_distances_one_loop
        if num_loops == 2:
            return self.compute_distances_two_loops
        raise ValueError(f"predict: num_loops is {num_loops!r}; use 0, 1 or 2")

    def _as_test_rows(self, operation: str, X: np.ndarray) -> np.ndarray:
        self._check_trained(operation)
        X = _as_rows(operation, X)
        if X.shape[1] != self.X_train.shape[1]:
            raise ValueError(
                f"{operation}: X has {X.shape[1]} numbers a row; the training rows have {self.X_train.shape[1]}"
            )
        return X

    def _check_trained(self, operation: str) -> None:
        if not hasattr(self, "X_train"):
            raise ValueError(f"{operation}: there are no training rows yet; call train(X, y) first")


def _as_rows(operation: str, X: np.ndarray) -> np.ndarray:
    X = np.asarray(X)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(
            f"{operation}: X has shape {X.shape}; use one row an image, (N, D), as X.reshape(len(X), -1) gives"
        )
    if X.dtype.kind not in "fiu":
        raise ValueError(f"{operation}: X has dtype {X.dtype}; use numbers, float32 or float64")
    if X.dtype.kind != "f" and X.dtype.itemsize < 4:
        raise ValueError(
            f"{operation}: X has dtype {X.dtype}, whose differences and squares wrap round (in uint8, 10 - 200 is 66); "
            "use X.astype(np.float32)"
        )
    return X.astype(np.promote_types(X.dtype, np.float32), copy=False)  # float32 stays, int64 becomes float64


def _squared_lengths(X: np.ndarray) -> np.ndarray:
    return np.einsum("nd,nd->n", X, X)


def _distances(X: np.ndarray, Y: np.ndarray, Y_squares: np.ndarray) -> np.ndarray:
    dists = X @ Y.T  # (N, M)
    dists *= -2
    dists += Y_squares
    dists += _squared_lengths(X)[:, None]
    np.maximum(dists, 0, out=dists)  # rounding can leave the square of a tiny distance below zero
    return np.sqrt(dists, out=dists)


def _nearest(dists: np.ndarray, k: int) -> np.ndarray:
    """Return the columns of the k smallest numbers of each row of dists (N, M), nearest first, as (N, k).

    The k-th smallest of the minima of disjoint groups of columns bounds the k-th smallest of all from above, so
    only the few numbers up to that bound need sorting.
    """
    N, M = dists.shape
    if np.isnan(np.min(dists)):
        raise ValueError("predict_labels: dists holds nan; look for nan in X or in the training rows")
    groups = min(M, max(16 * k, 256))
    members = M // groups
    minima = dists[:, : groups * members].reshape(N, members, groups).min(axis=1)  # (N, groups)
    bound = np.partition(minima, k - 1, axis=1)[:, k - 1 : k]  # (N, 1)
    rows, columns = np.nonzero(dists <= bound)  # row by row, columns ascending
    order = np.lexsort((dists[rows, columns], rows))  # stable: equal distances keep the earlier column first
    first = np.searchsorted(rows, np.arange(N))
    return columns[order[first[:, None] + np.arange(k)]]
