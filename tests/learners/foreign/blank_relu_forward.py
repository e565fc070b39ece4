# exercise: relu_forward
# wrong: BLANK: out is None, cache is given
# expect: blank

import numpy as np


def relu_forward(x):
    out = None
    # TODO

    cache = x
    return out, cache
