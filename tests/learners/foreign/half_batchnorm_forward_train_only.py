# exercise: batchnorm_forward
# wrong: HALF: the training mode is right, the test mode not begun
# expect: half
# names: test

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
        avg = np.mean(x, 0)
        variance = np.var(x, 0)
        x_norm = (x - avg) / np.sqrt(variance + eps)
        out = x_norm * gamma + beta
        running_mean = running_mean * momentum + avg * (1 - momentum)
        running_var = running_var * momentum + variance * (1 - momentum)
        cache = (x, x_norm, gamma, avg, variance, eps)
    elif mode == "test":
        # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****

        pass

        # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache
