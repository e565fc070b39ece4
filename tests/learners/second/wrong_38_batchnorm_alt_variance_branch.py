# exercise: batchnorm_backward_alt
# wrong: only the mean's part is subtracted: the branch through the variance (the term with xhat) is missing
# expect: wrong
# names: varianc|\bvar\b|xhat|x_hat|dgamma|branch|term|through the (std|standard)|standard deviation|\bstd\b
# line: 14
import numpy as np


def batchnorm_backward_alt(dout, cache):
    x, xhat, gamma, mean, var, eps = cache
    n = x.shape[0]
    dbeta = np.einsum('nd->d', dout)
    dgamma = np.einsum('nd,nd->d', dout, xhat)
    inner = n * dout - dbeta
    dx = (gamma / (n * np.sqrt(var + eps))) * inner
    return dx, dgamma, dbeta
