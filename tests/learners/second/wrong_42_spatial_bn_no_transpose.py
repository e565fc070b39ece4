# exercise: spatial_batchnorm_forward
# wrong: x is reshaped to rows of C numbers without moving the channels to the end first, so the columns mix channels and places
# expect: wrong
# names: transpos|permut|moveaxis|channel|reshap|last axis|order of.*axes
# line: 12, 14
import numpy as np
from cs231n_lib.textbook.norm import batchnorm_forward


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    as_rows = x.reshape(N * H * W, C)
    y, cache = batchnorm_forward(as_rows, gamma, beta, bn_param)
    out = y.reshape(N, C, H, W)
    return out, cache
