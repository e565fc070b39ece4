# exercise: KNearestNeighbor.compute_distances_no_loops
# wrong: the product is taken off once, not twice
# expect: failed
# names: \b2\b|twice|cross|product|a\*?b|binomial
# line: 20

import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_no_loops(self, X):
        tr = self.X_train
        a = np.sum(X * X, axis=1, keepdims=True)
        b = np.sum(tr * tr, axis=1)
        ab = X @ tr.T
        return np.sqrt(np.maximum(a - ab + b, 0))
