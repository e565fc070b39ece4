# exercise: soft_targets_loss
# wrong: the gradient of the scores is taken as (p - 1) t instead of p - t: the classes of small target get no push
# expect: wrong
# names: p ?- ?t|\(p ?- ?1\)|probabilit.*(minus|target)|softmax'?s? (gradient|derivative|jacobian)|gradient.*(scores|softmax|target)|\bds\b|times the target|subtract.*(1|target)
# line: 16
import numpy as np


def soft_targets_loss(s, t):
    rows = s.shape[0]
    loss, grad = 0.0, np.zeros_like(s)
    for r in range(rows):
        z = s[r] - s[r].max()
        p = np.exp(z) / np.exp(z).sum()
        loss -= np.dot(t[r], np.log(p))
        grad[r] = (p - 1) * t[r]
    return loss / rows, grad / rows
