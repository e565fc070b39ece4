# exercise: softmax_loss_vectorized
# wrong: HALF: the loss is right, dW still zeros
# expect: half
# names: gradient|dW

import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    # Initialize the loss and gradient to zero.
    loss = 0.0
    dW = np.zeros_like(W)
    logits = X @ W
    logits -= logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    probs = odds / odds.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(len(y)), y]).mean() + reg * np.sum(W ** 2)
    return loss, dW
