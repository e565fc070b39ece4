# exercise: batchnorm_forward
# wrong: test mode normalises by the batch's own mean and variance instead of the running ones
# expect: wrong
# names: test|running|batch'?s (own )?(mean|stat|var)|mode|inference
# line: 24
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    D = x.shape[1]
    r_mean = bn_param.setdefault('running_mean', np.zeros(D))
    r_var = bn_param.setdefault('running_var', np.zeros(D))

    batch_mean = np.mean(x, 0)
    batch_var = np.mean((x - batch_mean) ** 2, 0)
    if mode == 'train':
        use_mean, use_var = batch_mean, batch_var
        bn_param['running_mean'] = momentum * r_mean + (1 - momentum) * batch_mean
        bn_param['running_var'] = momentum * r_var + (1 - momentum) * batch_var
    else:
        use_mean, use_var = batch_mean, batch_var

    x_hat = (x - use_mean) * (use_var + eps) ** -0.5
    out = x_hat * gamma + beta
    return out, (x, x_hat, gamma, batch_mean, batch_var, eps)
