# exercise: channel_dropout
# expect: passed
import numpy as np


def channel_dropout(x, p, u):
    survivors = np.where(u < p, 1.0 / p, 0.0)
    survivors = survivors[..., np.newaxis, np.newaxis]
    return survivors * x
