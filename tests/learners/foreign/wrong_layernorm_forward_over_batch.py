# exercise: layernorm_forward
# wrong: the statistics are taken over the batch
# expect: failed
# names: axis|batch|row|example|feature
# line: 12, 13

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = np.mean(x, axis=0, keepdims=True)
    var = np.var(x, axis=0, keepdims=True)
    xhat = (x - mu) / np.sqrt(var + eps)
    out = xhat * gamma + beta
    return out, (x, xhat, gamma, mu, var, eps)
