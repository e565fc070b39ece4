# exercise: dropout_backward
# wrong: BLANK: the test mode is given, the training mode is the gap
# expect: blank

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]

    dx = None
    if mode == "train":
        #######################################################################
        # TODO: training phase backward pass                                  #
        #######################################################################
        pass
    elif mode == "test":
        dx = dout
    return dx
