# exercise: batchnorm_forward
# expect: passed
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, mom = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    zeros = np.zeros(x.shape[1])
    run_m = bn_param.get("running_mean", zeros)
    run_v = bn_param.get("running_var", zeros)
    mu, var = x.mean(axis=0), x.var(axis=0)

    def train_pass():
        std = np.sqrt(var + eps)
        bn_param["running_mean"] = mom * run_m + (1 - mom) * mu
        bn_param["running_var"] = mom * run_v + (1 - mom) * var
        return (x - mu) / std

    def test_pass():
        bn_param["running_mean"], bn_param["running_var"] = run_m, run_v
        return (x - run_m) / np.sqrt(run_v + eps)

    normed = train_pass() if bn_param["mode"] == "train" else test_pass()
    return normed * gamma + beta, (x, normed, gamma, mu, var, eps)
