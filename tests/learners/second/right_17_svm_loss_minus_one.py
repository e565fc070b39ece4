# exercise: svm_loss
# expect: passed
import numpy as np


def svm_loss(x, y):
    n, c = x.shape
    yes = np.zeros((n, c), dtype=bool)
    yes[np.arange(n), y] = True
    base = x[yes].reshape(n, 1)
    hinge = np.where(yes, 0, np.maximum(0, x - base + 1))
    loss = hinge.sum() / n
    active = np.where(hinge > 0, 1.0, 0.0)
    dx = np.where(yes, -active.sum(axis=1, keepdims=True), active)
    return loss, dx / n
