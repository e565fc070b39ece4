# exercise: KNearestNeighbor.compute_distances_one_loop
# wrong: the squared differences are summed over axis 0 (the training rows) instead of over the features
# expect: wrong
# names: \baxis|\bax\b|sum.*(row|column|feature|pixel|dimension)
# line: 19
import numpy as np


class KNearestNeighbor:

    def train(self, X, y):
        self.X_train, self.y_train = X, y

    def compute_distances_one_loop(self, X):
        n_test, n_train = X.shape[0], self.X_train.shape[0]
        D = np.zeros((n_test, n_train))
        for t, sample in enumerate(X):
            sq = (self.X_train - sample) ** 2
            D[t, :] = np.sqrt(sq.sum(0))
        return D
