# exercise: softmax_row_losses
# expect: passed
import numpy as np


def softmax_row_losses(s, y):
    top = s.max(axis=1)
    total = np.zeros(s.shape[0])
    for c in range(s.shape[1]):
        total += np.exp(s[:, c] - top)
    lse = np.log(total) + top
    return lse - s[np.arange(s.shape[0]), y]
