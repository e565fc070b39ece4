# exercise: dropout_forward
# wrong: scales by p at test time although training has divided by p already
# expect: failed
# names: test
# line: 19

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x * p
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
