# exercise: spatial_batchnorm_forward
# wrong: RIGHT: statistics over three axes at once, no reshape
# expect: passed

import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    C = x.shape[1]
    bn_param.setdefault('running_mean', np.zeros(C, dtype=x.dtype))
    bn_param.setdefault('running_var', np.zeros(C, dtype=x.dtype))
    cache = None
    if mode == 'train':
        m = x.mean(axis=(0, 2, 3))
        v = x.var(axis=(0, 2, 3))
        bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1. - momentum) * m
        bn_param['running_var'] = momentum * bn_param['running_var'] + (1. - momentum) * v
    elif mode == 'test':
        m, v = bn_param['running_mean'], bn_param['running_var']
    else:
        raise ValueError('mode?')
    m4, v4 = m[None, :, None, None], v[None, :, None, None]
    normed = (x - m4) / np.sqrt(v4 + eps)
    out = gamma.reshape(1, C, 1, 1) * normed + beta.reshape(1, C, 1, 1)
    if mode == 'train':
        cache = (normed, gamma, v4, eps)
    return out, cache
