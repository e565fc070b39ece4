# exercise: lstm_step_backward
# wrong: BLANK: six Nones
# expect: blank

import numpy as np


def lstm_step_backward(dnext_h, dnext_c, cache):
    dx, dprev_h, dprev_c, dWx, dWh, db = None, None, None, None, None, None
    # TODO: Implement the backward pass for a single timestep of an LSTM.
    # HINT: For sigmoid and tanh you can compute local derivatives in terms of
    # the output value from the nonlinearity.
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****

    pass

    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****

    return dx, dprev_h, dprev_c, dWx, dWh, db
