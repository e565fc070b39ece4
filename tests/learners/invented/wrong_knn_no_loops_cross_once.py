# exercise: KNearestNeighbor.compute_distances_no_loops
# wrong: the cross term is added, not taken off
# expect: failed
# names: sign|term
# line: 19

import numpy as np


class KNearestNeighbor:
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_no_loops(self, X):
        a = (X ** 2).sum(axis=1, keepdims=True)
        b = (self.X_train ** 2).sum(axis=1)
        cross = X.dot(self.X_train.T)
        squares = a + b - cross
        return np.sqrt(np.maximum(squares, 0))
