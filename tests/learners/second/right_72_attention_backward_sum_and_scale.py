# exercise: attention_backward
# expect: passed
import numpy as np


def attention_backward(dout, cache):
    q, k, v, A = cache
    c = 1.0 / np.sqrt(q.shape[-1])
    dv = np.einsum('...ts,...te->...se', A, dout)
    dA = np.einsum('...te,...se->...ts', dout, v)
    pull = (A * dA).sum(axis=-1, keepdims=True)
    dS = A * (dA - pull)
    dq = np.einsum('...ts,...sd->...td', dS, k) * c
    dk = np.einsum('...ts,...td->...sd', dS, q) * c
    return dq, dk, dv
