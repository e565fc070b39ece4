# exercise: KNearestNeighbor.predict_labels
# expect: passed
import numpy as np
from collections import Counter


class KNearestNeighbor:
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def predict_labels(self, dists, k=1):
        num_test, num_train = dists.shape
        y_pred = np.zeros(num_test, dtype=int)
        for i in range(num_test):
            order = sorted(range(num_train), key=lambda j: dists[i, j])
            votes = Counter(int(self.y_train[j]) for j in order[:k])
            winner, _ = max(votes.items(), key=lambda kv: (kv[1], -kv[0]))
            y_pred[i] = winner
        return y_pred
