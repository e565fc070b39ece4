# exercise: KNearestNeighbor.compute_distances_two_loops
# wrong: the root is missing
# expect: failed
# names: root|sqrt|squared?
# line: 21

import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_two_loops(self, X):
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        for i in range(num_test):
            for j in range(num_train):
                dists[i, j] = np.sum((X[i] - self.X_train[j]) ** 2)
        return dists
