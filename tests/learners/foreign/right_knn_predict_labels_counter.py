# exercise: KNearestNeighbor.predict_labels
# wrong: RIGHT: votes in a dict, a tie decided by sorting the labels first
# expect: passed

import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def predict_labels(self, dists, k=1):
        num_test = dists.shape[0]
        y_pred = np.zeros(num_test)
        for i in range(num_test):
            closest_y = []
            order = np.argsort(dists[i, :])
            for idx in order[:k]:
                closest_y.append(self.y_train[idx])
            votes = {}
            for label in closest_y:
                votes[label] = votes.get(label, 0) + 1
            best, best_n = None, 0
            for label in sorted(votes):
                if votes[label] > best_n:
                    best, best_n = label, votes[label]
            y_pred[i] = best
        return y_pred
