# exercise: echo_backward
# wrong: da multiplies by out[t] instead of out[t - 1], the number that a was multiplied with
# expect: wrong
# names: t ?- ?1|previous|step before|earlier|before it|one (step )?(late|early|too)|index|shift|out\[t
# line: 16
import numpy as np


def echo_backward(dout, out, a):
    T = len(dout)
    dx = np.array(dout, dtype=float)
    for t in range(T - 2, -1, -1):
        dx[t] += a * dx[t + 1]
    da = 0.0
    for t in range(1, T):
        da += dx[t] * out[t]
    return dx, da
