# exercise: max_pool_backward_naive
# wrong: the gradient is spread evenly over the window, as for average pooling, instead of going to the largest number
# expect: wrong
# names: average|even|largest|\bmax|argmax|spread|all (numbers|entries|pixels|places)|whole window|equal
# line: 20
import numpy as np


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw = pool_param['pool_height'], pool_param['pool_width']
    s = pool_param['stride']
    dx = np.zeros_like(x)
    N, C, Ho, Wo = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(Ho):
                for j in range(Wo):
                    win = x[n, c, i * s:i * s + ph, j * s:j * s + pw]
                    share = np.ones_like(win) / (ph * pw)
                    dx[n, c, i * s:i * s + ph, j * s:j * s + pw] += share * dout[n, c, i, j]
    return dx
