# exercise: fair_marks
# wrong: the variance is divided by the number of all marks instead of the number of marks given
# expect: wrong
# names: varianc|\bvar\b|count|number of|given|divid|mean\(|average over all
# line: 17
import numpy as np


def fair_marks(marks, given, eps):
    res = np.zeros(marks.shape)
    for j in range(marks.shape[0]):
        has = given[j].astype(bool)
        n = has.sum()
        avg = marks[j][has].sum() / n
        dev = marks[j] - avg
        dev[~has] = 0
        spread = (dev ** 2).sum() / len(dev)
        res[j] = dev / np.sqrt(spread + eps)
    return res
