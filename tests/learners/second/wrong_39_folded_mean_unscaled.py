# exercise: folded_batchnorm
# wrong: the running mean is subtracted from the bias without being scaled by gamma / std
# expect: wrong
# names: mean|scal|bias|\bb\b|bracket|parenthes|gamma
# line: 12
import numpy as np


def folded_batchnorm(w, b, gamma, beta, running_mean, running_var, eps):
    k = gamma * (running_var + eps) ** (-0.5)
    new_w = np.einsum('dm,m->dm', w, k)
    new_b = k * b + beta - running_mean
    return new_w, new_b
