# exercise: KNearestNeighbor.compute_distances_one_loop
# wrong: sums over the training rows instead of the pixels
# expect: failed|error
# names: axis
# line: 20

import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_one_loop(self, X):
        num_test = X.shape[0]
        num_train = self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        for i in range(num_test):
            dists[i, :] = np.sqrt(np.sum(np.square(self.X_train - X[i, :]), axis=0))
        return dists
