# exercise: TwoLayerNet.loss
# wrong: the bias of the first layer sums what has not passed the gate
# expect: failed
# names: gate|relu|dh|name|mask
# line: 41

import numpy as np


class TwoLayerNet:
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        self.params = {
            "W1": weight_scale * np.random.randn(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": weight_scale * np.random.randn(hidden_dim, num_classes),
            "b2": np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        n = X.shape[0]
        rows = X.reshape(n, -1)
        a = rows @ W1 + b1
        h = np.maximum(a, 0)
        scores = h @ W2 + b2
        if y is None:
            return scores
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(n), y]).mean()
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        d = p.copy()
        d[np.arange(n), y] -= 1
        d /= n
        grads = {"W2": h.T @ d + self.reg * W2, "b2": d.sum(axis=0)}
        dh = d @ W2.T
        da = dh * (a > 0)
        grads["W1"] = rows.T @ da + self.reg * W1
        grads["b1"] = dh.sum(axis=0)
        return loss, grads
