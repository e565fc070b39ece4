# exercise: softmax_loss
# expect: passed
import numpy as np


def softmax_loss(x, y):
    N = x.shape[0]
    z = x - np.amax(x, 1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    loss = -np.mean(log_p[range(N), y])
    onehot = np.eye(x.shape[1])[y]
    dx = np.exp(log_p) - onehot
    return loss, dx / N
