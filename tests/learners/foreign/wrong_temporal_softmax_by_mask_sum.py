# exercise: temporal_softmax_loss
# wrong: divides by the number of unmasked places instead of N
# expect: failed
# names: \bN\b|batch|divid|mask
# line: 17

import numpy as np


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    x_flat = x.reshape(N * T, V)
    y_flat = y.reshape(N * T)
    mask_flat = mask.reshape(N * T)
    probs = np.exp(x_flat - np.max(x_flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    count = mask_flat.sum()
    loss = -np.sum(mask_flat * np.log(probs[np.arange(N * T), y_flat])) / count
    dx_flat = probs.copy()
    dx_flat[np.arange(N * T), y_flat] -= 1
    dx_flat /= count
    dx_flat *= mask_flat[:, None]
    return loss, dx_flat.reshape(N, T, V)
