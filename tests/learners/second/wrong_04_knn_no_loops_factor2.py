# exercise: KNearestNeighbor.compute_distances_no_loops
# wrong: the mixed term of (a - b)^2 lacks its factor 2
# expect: wrong
# names: factor|\b2\b|\btwo\b|twice|doubl|cross|mixed|(inner|dot|matrix) product|\bab\b
# line: 19
import numpy as np


class KNearestNeighbor:
    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_no_loops(self, X):
        T = self.X_train
        aa = np.einsum('ij,ij->i', X, X)
        bb = np.einsum('ij,ij->i', T, T)
        ab = np.einsum('id,jd->ij', X, T)
        sq = aa[:, None] + bb[None, :] - ab
        return np.sqrt(np.clip(sq, 0, None))
