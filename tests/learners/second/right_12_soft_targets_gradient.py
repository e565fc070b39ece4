# exercise: soft_targets_loss
# expect: passed
import numpy as np


def soft_targets_loss(s, t):
    rows = s.shape[0]
    loss, grad = 0.0, np.zeros_like(s)
    for r in range(rows):
        z = s[r] - s[r].max()
        p = np.exp(z) / np.exp(z).sum()
        loss -= np.dot(t[r], np.log(p))
        grad[r] = p - t[r]
    return loss / rows, grad / rows
