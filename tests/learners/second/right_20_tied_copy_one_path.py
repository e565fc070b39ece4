# exercise: tied_copy_loss
# expect: passed
import numpy as np


def tied_copy_loss(W, X):
    n = X.shape[0]
    H = np.einsum('nd,dk->nk', X, W)
    R = np.einsum('nk,dk->nd', H, W) - X
    loss = np.sum(R ** 2) / (2 * n)
    G = R / n
    dH = np.einsum('nd,dk->nk', G, W)
    via_decoder = np.einsum('nd,nk->dk', G, H)
    via_encoder = np.einsum('nd,nk->dk', X, dH)
    return loss, via_decoder + via_encoder
