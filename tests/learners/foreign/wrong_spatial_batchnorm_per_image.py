# exercise: spatial_batchnorm_forward
# wrong: statistics of each image by itself (N is left out of the axes)
# expect: failed
# names: batch|axis|axes|image|channel|\bN\b
# line: 20, 21

import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, C, H, W = x.shape
    rm = bn_param.get("running_mean", np.zeros(C, dtype=x.dtype))
    rv = bn_param.get("running_var", np.zeros(C, dtype=x.dtype))
    g, b = gamma.reshape(1, -1, 1, 1), beta.reshape(1, -1, 1, 1)
    cache = None
    if mode == "train":
        mu = x.mean(axis=(2, 3), keepdims=True)
        var = x.var(axis=(2, 3), keepdims=True)
        xh = (x - mu) / np.sqrt(var + eps)
        rm = momentum * rm + (1 - momentum) * mu.mean(axis=0).ravel()
        rv = momentum * rv + (1 - momentum) * var.mean(axis=0).ravel()
        cache = (xh, gamma, var, eps)
    else:
        xh = (x - rm.reshape(1, C, 1, 1)) / np.sqrt(rv.reshape(1, C, 1, 1) + eps)
    bn_param["running_mean"], bn_param["running_var"] = rm, rv
    return g * xh + b, cache
