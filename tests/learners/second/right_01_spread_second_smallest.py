# exercise: spread
# expect: passed
import numpy as np


def spread(x):
    ordered = np.sort(x)
    biggest = ordered[-1]
    tiniest = ordered[0]
    return biggest - tiniest
