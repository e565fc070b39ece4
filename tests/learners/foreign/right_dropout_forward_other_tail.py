# exercise: dropout_forward
# wrong: RIGHT: keeps where the draw is above 1 - p (the same chance, another mask than < p)
# expect: passed

import numpy as np


def dropout_forward(x, dropout_param):
    keep_prob, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = np.random.uniform(size=x.shape) >= 1 - keep_prob
        mask = mask.astype(x.dtype) / keep_prob
        out = x * mask
    else:
        out = x.copy()
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
