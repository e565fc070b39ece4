# exercise: corrected_means
# wrong: the corrected mean is fed back into the running mean, which should go on uncorrected
# expect: wrong
# names: fed back|feed|uncorrected|running mean|again|twice|next (step|reading)|overwrit|\bm\b|correct
# line: 14, 15
import numpy as np


def corrected_means(x, beta):
    m = 0.0
    out = np.zeros(len(x))
    for t in range(len(x)):
        m = beta * m + (1.0 - beta) * x[t]
        m = m / (1.0 - beta ** (t + 1))
        out[t] = m
    return out
