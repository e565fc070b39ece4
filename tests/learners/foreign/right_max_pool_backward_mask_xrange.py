# exercise: max_pool_backward_naive
# wrong: RIGHT: an own xrange, sizes by /, a mask of the largest cells (shares ties with all of them)
# expect: passed

import numpy as np

xrange = range


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    N, C, H, W = x.shape
    Hp, Wp, S = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    H1 = int((H - Hp) / S + 1)
    W1 = int((W - Wp) / S + 1)
    dx = np.zeros((N, C, H, W))
    for nprime in xrange(N):
        for cprime in xrange(C):
            for k in xrange(H1):
                for l in xrange(W1):
                    x_pooling = x[nprime, cprime, k * S:k * S + Hp, l * S:l * S + Wp]
                    maxi = np.max(x_pooling)
                    x_mask = x_pooling == maxi
                    dx[nprime, cprime, k * S:k * S + Hp, l * S:l * S + Wp] += dout[nprime, cprime, k, l] * x_mask
    return dx
