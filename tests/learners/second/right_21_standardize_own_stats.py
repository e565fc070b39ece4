# exercise: standardize
# expect: passed
import numpy as np


def standardize(X_train, X_val, X_test):
    mu, sd = X_train.mean(axis=0), X_train.std(axis=0)

    def norm(A):
        return (A - mu) / sd

    return tuple(norm(part) for part in (X_train, X_val, X_test))
