# exercise: text_conv_forward
# wrong: the loop over the positions stops one too early, so the last window stays 0
# expect: wrong
# names: last|off.by.one|T ?- ?K|\+ ?1\b|one (too|more|window|position)|stops|range|number of (windows|positions)
# line: 14
import numpy as np


def text_conv_forward(x, w, b):
    N, T, D = x.shape
    F, K = w.shape[0], w.shape[1]
    kernel = w.reshape(F, K * D)
    out = np.zeros((N, T - K + 1, F))
    for start in range(T - K):
        words = x[:, start:start + K, :].reshape(N, K * D)
        out[:, start, :] = words.dot(kernel.T) + b
    return out
