# exercise: layernorm_forward
# expect: passed
import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    m = np.mean(x, axis=1, keepdims=True)
    v = np.var(x, axis=1, keepdims=True)
    z = (x - m) / np.sqrt(v + eps)
    return z * gamma + beta, (x, z, gamma, m, v, eps)
