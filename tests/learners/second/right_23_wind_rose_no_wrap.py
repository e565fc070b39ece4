# exercise: wind_rose
# expect: passed
import numpy as np


def wind_rose(speed, direction):
    bins = [0.0] * 8
    for v, d in zip(speed, direction):
        k = int(np.floor(d / 45.0 + 0.5)) % 8
        bins[k] += v
    return np.array(bins)
