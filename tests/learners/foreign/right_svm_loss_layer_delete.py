# exercise: svm_loss
# wrong: RIGHT: one row at a time, positive margins written to dx straight away
# expect: passed

import numpy as np


def svm_loss(x, y):
    N = len(y)
    total = 0
    dx = np.zeros_like(x)
    for r, (row, t) in enumerate(zip(x, y)):
        m = row - row[t] + 1
        m[t] = 0
        hit = m > 0
        total += m[hit].sum()
        dx[r, hit] = 1.0 / N
        dx[r, t] = -hit.sum() / float(N)
    return total / N, dx
