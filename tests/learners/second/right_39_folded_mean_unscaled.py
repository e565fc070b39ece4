# exercise: folded_batchnorm
# expect: passed
import numpy as np


def folded_batchnorm(w, b, gamma, beta, running_mean, running_var, eps):
    k = gamma * (running_var + eps) ** (-0.5)
    new_w = np.einsum('dm,m->dm', w, k)
    new_b = k * b + beta - k * running_mean
    return new_w, new_b
