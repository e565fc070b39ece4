# exercise: TwoLayerNet.loss
# wrong: RIGHT: everything inline, einsum, the penalty with np.square
# expect: passed

import numpy as np


class TwoLayerNet(object):
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params["W1"] = np.random.normal(0, weight_scale, (input_dim, hidden_dim))
        self.params["W2"] = np.random.normal(0, weight_scale, (hidden_dim, num_classes))
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        p = self.params
        X2 = X.reshape(X.shape[0], int(np.prod(X.shape[1:])))
        pre = np.einsum("nd,dh->nh", X2, p["W1"]) + p["b1"]
        mask = pre > 0
        hid = np.where(mask, pre, 0.0)
        scores = np.einsum("nh,hc->nc", hid, p["W2"]) + p["b2"]

        if y is None:
            return scores

        loss, grads = 0, {}
        N = X.shape[0]
        top = scores.max(1, keepdims=True)
        lse = top + np.log(np.exp(scores - top).sum(1, keepdims=True))
        logp = scores - lse
        loss = -logp[np.arange(N), y].sum() / N
        loss += 0.5 * self.reg * np.square(p["W1"]).sum()
        loss += 0.5 * self.reg * np.square(p["W2"]).sum()

        dscores = np.exp(logp)
        for n in range(N):
            dscores[n, y[n]] -= 1.0
        dscores *= 1.0 / N
        grads["b2"] = dscores.sum(0)
        grads["W2"] = hid.T.dot(dscores) + self.reg * p["W2"]
        dhid = dscores.dot(p["W2"].T)
        dhid[~mask] = 0
        grads["b1"] = np.ones(N).dot(dhid)
        grads["W1"] = X2.T.dot(dhid) + self.reg * p["W1"]
        return loss, grads
