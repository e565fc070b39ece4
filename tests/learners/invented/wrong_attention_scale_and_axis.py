# exercise: attention_forward
# wrong: two faults: scaled by d instead of its root, and the softmax runs over the queries
# expect: failed
# names: axis|root|sqrt
# line: 11, 15

import numpy as np


def attention_forward(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1]
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-2, keepdims=True)
    return weights @ v, (q, k, v, weights)
