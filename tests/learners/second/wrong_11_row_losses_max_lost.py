# exercise: softmax_row_losses
# wrong: the row's maximum, subtracted within the exponential, is not added again to the logarithm of the sum
# expect: wrong
# names: \bmax|add.*(back|again)|shift|largest|\btop\b|log.?sum.?exp|subtract
# line: 14
import numpy as np


def softmax_row_losses(s, y):
    top = s.max(axis=1)
    total = np.zeros(s.shape[0])
    for c in range(s.shape[1]):
        total += np.exp(s[:, c] - top)
    lse = np.log(total)
    return lse - s[np.arange(s.shape[0]), y]
