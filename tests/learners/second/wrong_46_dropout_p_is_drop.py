# exercise: dropout_forward
# wrong: p is taken for the probability to drop a number, while it is the probability to keep it
# expect: wrong
# names: keep|kept|probability|1 ?- ?p|drop with|\bp\b
# line: 16
import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    if dropout_param.get('seed') is not None:
        np.random.seed(dropout_param['seed'])
    if dropout_param['mode'] == 'test':
        return x, (dropout_param, None)
    coins = np.random.rand(*x.shape)
    keep = 1 - p
    mask = (coins < keep).astype(x.dtype) / keep
    return x * mask, (dropout_param, mask)
