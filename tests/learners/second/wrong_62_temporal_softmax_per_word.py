# exercise: temporal_softmax_loss
# wrong: loss and gradient are divided by the number of words that count instead of by the number of sequences N
# expect: wrong
# names: divid|\bN\b|number of (sequences|captions|words|sentences|rows)|batch size|mask\.sum|averag|mean
# line: 14
import numpy as np


def temporal_softmax_loss(x, y, mask, verbose=False):
    n, t, v = x.shape
    z = x - np.max(x, axis=2, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=2, keepdims=True))
    chosen = np.take_along_axis(logp, y[:, :, None], axis=2)[:, :, 0]
    denom = np.sum(mask)
    loss = -(chosen * mask).sum() / denom
    onehot = (y[:, :, None] == np.arange(v)[None, None, :])
    dx = (np.exp(logp) - onehot) * mask[:, :, None] / denom
    return loss, dx
