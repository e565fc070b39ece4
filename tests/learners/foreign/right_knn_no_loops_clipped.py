# exercise: KNearestNeighbor.compute_distances_no_loops
# wrong: RIGHT: the expanded square, rounding below zero cut off before the root
# expect: passed

import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_no_loops(self, X):
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        test_sq = np.tile(np.sum(np.square(X), axis=1).reshape(num_test, 1), (1, num_train))
        train_sq = np.tile(np.sum(np.square(self.X_train), axis=1), (num_test, 1))
        dists += test_sq
        dists += train_sq
        dists -= 2 * np.dot(X, self.X_train.transpose())
        dists = np.sqrt(np.maximum(dists, 0.0))
        return dists
