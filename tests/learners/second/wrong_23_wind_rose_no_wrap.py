# exercise: wind_rose
# wrong: the bin number is not wrapped round at 8, so directions near 360 degrees run out of the array
# expect: wrong
# names: % ?8|% ?360|modulo|wrap|360|repeat|index 8|out of (bounds|range)|circ|bound|full turn|north
# line: 12
import numpy as np


def wind_rose(speed, direction):
    bins = [0.0] * 8
    for v, d in zip(speed, direction):
        k = int(np.floor(d / 45.0 + 0.5))
        bins[k] += v
    return np.array(bins)
