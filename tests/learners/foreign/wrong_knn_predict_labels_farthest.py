# exercise: KNearestNeighbor.predict_labels
# wrong: takes the k farthest rows
# expect: failed
# names: far|largest|greatest|nearest|closest|smallest
# line: 19

import numpy as np


class KNearestNeighbor(object):
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def predict_labels(self, dists, k=1):
        num_test = dists.shape[0]
        y_pred = np.zeros(num_test)
        for i in range(num_test):
            closest_y = self.y_train[np.argsort(dists[i])[-k:]]
            y_pred[i] = np.argmax(np.bincount(closest_y))
        return y_pred
