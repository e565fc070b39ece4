# exercise: lstm_forward
# wrong: RIGHT: times first (swapaxes), gates from a reshape to (N, 4, H)
# expect: passed

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    hs = np.zeros((T, N, H))
    cell = np.zeros_like(h0)
    prev = h0
    caches = []
    for t, xt in enumerate(np.swapaxes(x, 0, 1)):
        A = (np.dot(xt, Wx) + np.dot(prev, Wh) + b).reshape(N, 4, H)
        i, f, o = (sigmoid(A[:, k]) for k in (0, 1, 2))
        g = np.tanh(A[:, 3])
        old = cell
        cell = f * old + i * g
        caches.append((xt, prev, old, i, f, o, g, cell))
        prev = o * np.tanh(cell)
        hs[t] = prev
    return np.swapaxes(hs, 0, 1), caches
