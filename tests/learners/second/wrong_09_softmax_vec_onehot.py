# exercise: softmax_loss_vectorized
# wrong: 1 is subtracted at the right class after the probabilities were divided by N, so it should be 1 / N
# expect: wrong
# names: divid|\bN\b|1 ?/ ?N|averag|batch size|one.hot|number of (examples|pictures|images|rows)|subtract.*(right|correct|true)|(right|correct|true) class
# line: 18
import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    logits = X.dot(W)
    logits -= np.max(logits, axis=1, keepdims=True)
    logZ = np.log(np.sum(np.exp(logits), axis=1))
    picked = logits[np.arange(n), y]
    loss = np.mean(logZ - picked) + reg * (W * W).sum()

    dlogits = np.exp(logits - logZ[:, np.newaxis]) / n
    dlogits[np.arange(n), y] -= 1.0
    dW = X.T.dot(dlogits) + 2.0 * reg * W
    return loss, dW
