# exercise: fair_marks
# expect: passed
import numpy as np


def fair_marks(marks, given, eps):
    res = np.zeros(marks.shape)
    for j in range(marks.shape[0]):
        has = given[j].astype(bool)
        n = has.sum()
        avg = marks[j][has].sum() / n
        dev = marks[j] - avg
        dev[~has] = 0
        spread = (dev ** 2).sum() / n
        res[j] = dev / np.sqrt(spread + eps)
    return res
