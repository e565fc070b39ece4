# exercise: spatial_groupnorm_forward
# expect: passed
import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get('eps', 1e-5)
    N, C, H, W = x.shape
    x5 = x.reshape((N, G, C // G, H, W))
    mu = x5.mean(axis=(2, 3, 4), keepdims=True)
    sigma2 = x5.var(axis=(2, 3, 4), keepdims=True)
    xhat = ((x5 - mu) / np.sqrt(sigma2 + eps)).reshape(x.shape)
    out = xhat * gamma.reshape(1, C, 1, 1) + beta.reshape(1, C, 1, 1)
    groups = (N, -1, 1)
    return out, (x, xhat, gamma, mu.reshape(groups), sigma2.reshape(groups), eps, G)
