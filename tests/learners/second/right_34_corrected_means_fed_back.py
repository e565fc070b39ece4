# exercise: corrected_means
# expect: passed
import numpy as np


def corrected_means(x, beta):
    m = 0.0
    out = np.zeros(len(x))
    for t in range(len(x)):
        m = beta * m + (1.0 - beta) * x[t]
        out[t] = m / (1.0 - beta ** (t + 1))
    return out
