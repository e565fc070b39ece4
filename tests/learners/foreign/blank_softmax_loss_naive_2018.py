# exercise: softmax_loss_naive
# wrong: BLANK: as handed out before 2025, nothing but two initial values
# expect: blank

import numpy as np
from random import shuffle


def softmax_loss_naive(W, X, y, reg):
    # Initialize the loss and gradient to zero.
    loss = 0.0
    dW = np.zeros_like(W)

    #   TODO: softmax loss and gradient with explicit loops

    pass

    return loss, dW
