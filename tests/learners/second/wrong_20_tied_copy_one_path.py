# exercise: tied_copy_loss
# wrong: W is used twice, but only the gradient of the second use (the decoder W') is returned, and the path through the codes is forgotten
# expect: wrong
# names: twice|both|two (uses|paths|places|times|parts|terms|gradients)|second (use|path|term)|first use|(path|branch|through the) code|encoder|\bdW_?in\b|add.*gradients?|forgot|missing (term|path|branch|part)
# line: 18
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
    return loss, via_decoder
