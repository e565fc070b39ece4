# exercise: dropout_forward
# expect: passed
import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    if dropout_param.get('seed') is not None:
        np.random.seed(dropout_param['seed'])
    if dropout_param['mode'] == 'test':
        return x, (dropout_param, None)
    coins = np.random.rand(*x.shape)
    keep = p
    mask = (coins < keep).astype(x.dtype) / keep
    return x * mask, (dropout_param, mask)
