# exercise: layernorm_forward
# wrong: the mean and the variance over the features lack keepdims, so (N,) meets (N, D)
# expect: wrong
# names: keepdims|broadcast|\[:, ?None\]|\(N, ?1\)|column
# line: 11, 12
import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    m = np.mean(x, axis=1)
    v = np.var(x, axis=1)
    z = (x - m) / np.sqrt(v + eps)
    return z * gamma + beta, (x, z, gamma, m, v, eps)
