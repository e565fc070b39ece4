# exercise: channel_dropout
# wrong: the mask (N, C) is given one axis more instead of two, so it does not broadcast over height and width
# expect: wrong
# names: broadcast|\baxis|axes|\bNone\b|newaxis|dimension
# line: 11
import numpy as np


def channel_dropout(x, p, u):
    survivors = np.where(u < p, 1.0 / p, 0.0)
    survivors = survivors[..., np.newaxis]
    return survivors * x
