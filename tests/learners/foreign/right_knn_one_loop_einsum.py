# exercise: KNearestNeighbor.compute_distances_one_loop
# wrong: RIGHT: loops over the training rows instead of the test rows
# expect: passed

import numpy as np


class KNearestNeighbor:
    def train(self, X, y):
        self.X_train, self.y_train = X, y

    def compute_distances_one_loop(self, X):
        m = len(self.X_train)
        out = np.empty((len(X), m))
        for col in range(m):
            d = X - self.X_train[col]
            out[:, col] = np.einsum("ij,ij->i", d, d) ** 0.5
        return out
