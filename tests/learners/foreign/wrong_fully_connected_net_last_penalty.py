# exercise: FullyConnectedNet.loss
# wrong: the penalty leaves the last layer's weights out, loss and gradient (off by one)
# expect: failed
# names: last|W[L2-9]|regulari[sz]|penalty
# line: 136

import numpy as np


def _fc(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def _fc_back(d, cache):
    x, w = cache
    return (d @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ d, d.sum(0)


def _norm(x, gamma, beta, axis, mu=None, var=None, eps=1e-5):
    fixed = mu is not None
    if not fixed:
        mu = x.mean(axis=axis, keepdims=True)
        var = x.var(axis=axis, keepdims=True)
    inv = 1 / np.sqrt(var + eps)
    xh = (x - mu) * inv
    return gamma * xh + beta, (xh, gamma, inv, axis, fixed), mu, var


def _norm_back(d, cache):
    xh, gamma, inv, axis, fixed = cache
    g = d * gamma
    if fixed:
        dx = g * inv
    else:
        dx = inv * (g - g.mean(axis=axis, keepdims=True) - xh * (g * xh).mean(axis=axis, keepdims=True))
    return dx, (d * xh).sum(0), d.sum(0)


class FullyConnectedNet(object):
    def __init__(
        self,
        hidden_dims,
        input_dim=3 * 32 * 32,
        num_classes=10,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
    ):
        self.normalization = normalization
        self.use_dropout = dropout_keep_ratio != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        dims = [input_dim] + list(hidden_dims) + [num_classes]
        for i, (a, b) in enumerate(zip(dims[:-1], dims[1:]), 1):
            self.params["W%d" % i] = weight_scale * np.random.randn(a, b)
            self.params["b%d" % i] = np.zeros(b)
            if normalization is not None and i < self.num_layers:
                self.params["gamma%d" % i] = np.ones(b)
                self.params["beta%d" % i] = np.zeros(b)
        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {"mode": "train", "p": dropout_keep_ratio}
            if seed is not None:
                self.dropout_param["seed"] = seed
        self.bn_params = []
        if normalization == "batchnorm":
            self.bn_params = [{"mode": "train"} for _ in range(self.num_layers - 1)]
        if normalization == "layernorm":
            self.bn_params = [{} for _ in range(self.num_layers - 1)]
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = "test" if y is None else "train"
        if self.use_dropout:
            self.dropout_param["mode"] = mode
        if self.normalization == "batchnorm":
            for bn_param in self.bn_params:
                bn_param["mode"] = mode
        P, L = self.params, self.num_layers
        stack = []
        h = X
        for i in range(1, L):
            h, c = _fc(h, P["W%d" % i], P["b%d" % i])
            stack.append(c)
            if self.normalization == "batchnorm":
                bn = self.bn_params[i - 1]
                rm = bn.get("running_mean", np.zeros(h.shape[1], dtype=h.dtype))
                rv = bn.get("running_var", np.zeros(h.shape[1], dtype=h.dtype))
                if mode == "train":
                    h, c, mu, var = _norm(h, P["gamma%d" % i], P["beta%d" % i], 0)
                    bn["running_mean"] = 0.9 * rm + 0.1 * mu[0]
                    bn["running_var"] = 0.9 * rv + 0.1 * var[0]
                else:
                    h, c, _, _ = _norm(h, P["gamma%d" % i], P["beta%d" % i], 0, rm, rv)
                stack.append(c)
            elif self.normalization == "layernorm":
                h, c, _, _ = _norm(h, P["gamma%d" % i], P["beta%d" % i], 1)
                stack.append(c)
            stack.append(h > 0)
            h = h * (h > 0)
            if self.use_dropout and mode == "train":
                if "seed" in self.dropout_param:
                    np.random.seed(self.dropout_param["seed"])
                keep = self.dropout_param["p"]
                m = (np.random.rand(*h.shape) < keep) / keep
                h = h * m
                stack.append(m)
        scores, c = _fc(h, P["W%d" % L], P["b%d" % L])
        stack.append(c)
        if mode == "test":
            return scores

        N = len(X)
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(N), y]))
        d = p.copy()
        d[np.arange(N), y] -= 1
        d /= N
        grads = {}
        d, grads["W%d" % L], grads["b%d" % L] = _fc_back(d, stack.pop())
        for i in range(L - 1, 0, -1):
            if self.use_dropout:
                d = d * stack.pop()
            d = d * stack.pop()
            if self.normalization:
                d, grads["gamma%d" % i], grads["beta%d" % i] = _norm_back(d, stack.pop())
            d, grads["W%d" % i], grads["b%d" % i] = _fc_back(d, stack.pop())
        for i in range(1, L):
            W = P["W%d" % i]
            loss += 0.5 * self.reg * np.sum(W * W)
            grads["W%d" % i] += self.reg * W
        return loss, grads
