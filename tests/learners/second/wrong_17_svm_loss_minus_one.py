# exercise: svm_loss
# wrong: the right class's gradient is -1 for each picture instead of minus the number of classes that violate the margin
# expect: wrong
# names: (right|correct|true) class|number of|count|how many|violat|minus|-1\b|sum of the (others|row)
# line: 17
import numpy as np


def svm_loss(x, y):
    n, c = x.shape
    yes = np.zeros((n, c), dtype=bool)
    yes[np.arange(n), y] = True
    base = x[yes].reshape(n, 1)
    hinge = np.where(yes, 0, np.maximum(0, x - base + 1))
    loss = hinge.sum() / n
    active = np.where(hinge > 0, 1.0, 0.0)
    dx = np.where(yes, -1.0, active)
    return loss, dx / n
