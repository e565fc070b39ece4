# exercise: dropout_backward
# wrong: divides by p once more, the mask holds it already
# expect: failed
# names: \bp\b|twice|again|mask|divid
# line: 13

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = dout * mask / dropout_param["p"]
    else:
        dx = dout
    return dx
