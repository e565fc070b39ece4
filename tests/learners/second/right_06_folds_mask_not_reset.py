# exercise: cross_validation_folds
# expect: passed
import numpy as np


def cross_validation_folds(X, y, num_folds):
    pieces = np.array_split(np.arange(len(X)), num_folds)
    result = []
    for val_idx in pieces:
        keep = np.ones(len(X), dtype=bool)
        keep[val_idx] = False
        result.append((X[keep], y[keep], X[val_idx], y[val_idx]))
    return result
