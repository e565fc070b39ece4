# exercise: multihead_attention_forward
# wrong: keys and values are cut into heads with the number of queries T instead of their own number S
# expect: wrong
# names: \bS\b|length|number of (keys|queries|tokens)|reshap|cross|key\.shape|own size
# line: 11
import numpy as np


def multihead_attention_forward(query, key, value, Wq, bq, Wk, bk, Wv, bv, Wo, bo, num_heads, mask=None):
    N, T, E = query.shape
    S = query.shape[1]
    d = E // num_heads
    Q = (query.dot(Wq) + bq).reshape(N, T, num_heads, d)
    K = (key.dot(Wk) + bk).reshape(N, S, num_heads, d)
    V = (value.dot(Wv) + bv).reshape(N, S, num_heads, d)
    energy = np.einsum('nthd,nshd->nhts', Q, K) / np.sqrt(d)
    if mask is not None:
        energy[:, :, ~np.asarray(mask, dtype=bool)] = -np.inf
    energy -= energy.max(axis=-1, keepdims=True)
    att = np.exp(energy)
    att /= att.sum(axis=-1, keepdims=True)
    ctx = np.einsum('nhts,nshd->nthd', att, V).reshape(N, T, E)
    return ctx.dot(Wo) + bo, None
