# ruff: noqa
# mypy: ignore-errors
from builtins import range, object
import numpy as np


class KNearestNeighbor(object):
    """The k nearest neighbours by Euclidean distance."""

    def __init__(self):
        pass

    def train(self, X, y):
        """Keep the images (num_train, D) and the labels (num_train,)."""
        self.X_train = X
        self.y_train = y

    def predict(self, X, k=1, num_loops=0):
        """Give the labels of the images X (num_test, D)."""
        if num_loops == 0:
            dists = self.compute_distances_no_loops(X)
        elif num_loops == 1:
            dists = self.compute_distances_one_loop(X)
        elif num_loops == 2:
            dists = self.compute_distances_two_loops(X)
        else:
            raise ValueError(f"no way to go with {num_loops} loops")

        return self.predict_labels(dists, k=k)

    def compute_distances_two_loops(self, X):
        """Give all distances (num_test, num_train), one at a time."""
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        for i in range(num_test):
            for j in range(num_train):
                # GAP: the distance of test image i and training image j, without a loop and without np.linalg.norm
                pass
                # END
        return dists

    def compute_distances_one_loop(self, X):
        """Give the same distances, a row at a time."""
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        for i in range(num_test):
            # GAP: row i of the distances
            pass
            # END
        return dists

    def compute_distances_no_loops(self, X):
        """Give the same distances, all at once."""
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        # GAP: all distances by one matrix product and two sums
        pass
        # END
        return dists

    def predict_labels(self, dists, k=1):
        """Give for each test image the label that most of its k nearest have; the smaller one of a tie."""
        num_test = dists.shape[0]
        y_pred = np.zeros(num_test)
        for i in range(num_test):
            # labels of the k nearest of image i
            closest_y = []
            # GAP: fill closest_y; np.argsort may serve
            pass
            # END from 2019
            # GAP: the most frequent label of closest_y, kept in y_pred[i]
            pass
            # END

        return y_pred
