# exercise: attention_backward
# wrong: the softmax's correction sums over the queries instead of the keys; dq is not divided by sqrt(d)
# expect: wrong
# names: \baxis|softmax|sum over|quer|keys|sqrt|root|scal|\bdq\b|jacobian
# line: 14, 16
import numpy as np


def attention_backward(dout, cache):
    q, k, v, A = cache
    c = 1.0 / np.sqrt(q.shape[-1])
    dv = np.einsum('...ts,...te->...se', A, dout)
    dA = np.einsum('...te,...se->...ts', dout, v)
    pull = (A * dA).sum(axis=-2, keepdims=True)
    dS = A * (dA - pull)
    dq = np.einsum('...ts,...sd->...td', dS, k)
    dk = np.einsum('...ts,...td->...sd', dS, q) * c
    return dq, dk, dv
