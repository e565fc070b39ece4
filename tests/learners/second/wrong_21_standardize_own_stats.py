# exercise: standardize
# wrong: validation and test rows are standardised by their own mean and standard deviation, not by those of the training rows
# expect: wrong
# names: train|own (mean|stat|std|standard)|same (mean|stat|std)|validation|each (set|part|split)
# line: 13
import numpy as np


def standardize(X_train, X_val, X_test):
    mu, sd = X_train.mean(axis=0), X_train.std(axis=0)

    def norm(A):
        return (A - A.mean(axis=0)) / A.std(axis=0)

    return tuple(norm(part) for part in (X_train, X_val, X_test))
