# exercise: FullyConnectedNet.loss
# expect: passed
import numpy as np
from cs231n_lib.layers import softmax_loss
from cs231n_lib.nets import fully_connected


class FullyConnectedNet(fully_connected.FullyConnectedNet):
    def loss(self, X, y=None):
        L, P = self.num_layers, self.params
        acts = {0: X.reshape(X.shape[0], -1)}
        pre = {}
        for k in range(1, L + 1):
            pre[k] = acts[k - 1].dot(P['W%d' % k]) + P['b%d' % k]
            acts[k] = np.maximum(pre[k], 0) if k < L else pre[k]
        if y is None:
            return acts[L]
        loss, delta = softmax_loss(acts[L], y)
        grads = {}
        for k in range(L, 0, -1):
            W = P['W%d' % k]
            loss += 0.5 * self.reg * np.sum(W * W)
            grads['W%d' % k] = acts[k - 1].T.dot(delta) + self.reg * W
            grads['b%d' % k] = delta.sum(0)
            if k > 1:
                delta = delta.dot(W.T) * (pre[k - 1] > 0)
        return loss, grads
