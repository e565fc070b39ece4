# exercise: attention_forward
# expect: passed
import numpy as np


def softmax(z, axis):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def attention_forward(q, k, v, mask=None):
    affinity = np.einsum('...td,...sd->...ts', q, k)
    affinity /= q.shape[-1] ** 0.5
    if mask is not None:
        affinity = np.where(mask, affinity, -1e30)
    weights = softmax(affinity, axis=-1)
    mixed = np.einsum('...ts,...se->...te', weights, v)
    return mixed, (q, k, v, weights)
