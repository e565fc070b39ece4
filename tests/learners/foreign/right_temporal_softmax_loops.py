# exercise: temporal_softmax_loss
# wrong: RIGHT: two loops, masked places skipped
# expect: passed

import numpy as np


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    loss = 0
    dx = np.zeros((N, T, V))
    for n in range(N):
        for t in range(T):
            if not mask[n, t]:
                continue
            z = x[n, t, :] - np.max(x[n, t, :])
            e = np.exp(z)
            p = e / np.sum(e)
            loss -= np.log(p[y[n, t]]) / N
            p[y[n, t]] -= 1
            dx[n, t] = p / N
    if verbose:
        print("dx: ", dx.shape)
    return loss, dx
