# exercise: cross_validation_folds
# wrong: the mask of training rows is made once before the loop and not reset, so the validation rows of earlier folds stay out of the training rows
# expect: wrong
# names: reset|mask|keep\b|\bloop|earlier fold|previous fold|(each|every) fold|all other folds|missing.*train|too few|stay out|accumul
# line: 12, 13
import numpy as np


def cross_validation_folds(X, y, num_folds):
    pieces = np.array_split(np.arange(len(X)), num_folds)
    result = []
    keep = np.ones(len(X), dtype=bool)
    for val_idx in pieces:
        keep[val_idx] = False
        result.append((X[keep], y[keep], X[val_idx], y[val_idx]))
    return result
