# exercise: spread
# wrong: the smallest entry is read at index 1 of the sorted numbers, not at index 0, so the second smallest is subtracted
# expect: wrong
# names: small|minim|\bmin\b|lowest|index 1|\[1\]|\[0\]|off.by.one
# line: 12
import numpy as np


def spread(x):
    ordered = np.sort(x)
    biggest = ordered[-1]
    tiniest = ordered[1]
    return biggest - tiniest
