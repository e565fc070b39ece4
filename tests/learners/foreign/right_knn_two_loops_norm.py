# exercise: KNearestNeighbor.compute_distances_two_loops
# wrong: RIGHT: np.linalg.norm of the flattened difference
# expect: passed

import numpy as np


class KNearestNeighbor(object):
    """ a kNN classifier with L2 distance """

    def __init__(self):
        pass

    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_two_loops(self, X):
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        for i in range(num_test):
            for j in range(num_train):
                diff = X[i] - self.X_train[j]
                dists[i][j] = np.linalg.norm(diff.ravel())
        return dists
