# exercise: batchnorm_forward
# wrong: the running variance takes momentum and 1 - momentum the wrong way round
# expect: failed
# names: momentum|running
# line: 24

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        xhat = (x - mean) / np.sqrt(var + eps)
        out = gamma * xhat + beta
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = (1 - momentum) * running_var + momentum * var
        cache = (x, xhat, gamma, mean, var, eps)
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError("Invalid forward batchnorm mode")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache
