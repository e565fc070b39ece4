# exercise: KNearestNeighbor.compute_distances_two_loops
# wrong: Manhattan distance (sum of absolute differences) in place of the Euclidean distance
# expect: wrong
# names: manhattan|\bL1\b|absolute|euclid|\bL2\b|square|sqrt|root|norm\b|\bord\b
# line: 20
import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_two_loops(self, X):
        table = []
        for test_img in X:
            line = []
            for train_img in self.X_train:
                gap = test_img - train_img
                line.append(np.linalg.norm(gap, 1))
            table.append(line)
        return np.array(table)
