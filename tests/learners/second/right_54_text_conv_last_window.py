# exercise: text_conv_forward
# expect: passed
import numpy as np


def text_conv_forward(x, w, b):
    N, T, D = x.shape
    F, K = w.shape[0], w.shape[1]
    kernel = w.reshape(F, K * D)
    out = np.zeros((N, T - K + 1, F))
    for start in range(T - K + 1):
        words = x[:, start:start + K, :].reshape(N, K * D)
        out[:, start, :] = words.dot(kernel.T) + b
    return out
