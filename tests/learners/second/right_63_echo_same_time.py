# exercise: echo_backward
# expect: passed
import numpy as np


def echo_backward(dout, out, a):
    T = len(dout)
    dx = np.array(dout, dtype=float)
    for t in range(T - 2, -1, -1):
        dx[t] += a * dx[t + 1]
    da = 0.0
    for t in range(1, T):
        da += dx[t] * out[t - 1]
    return dx, da
