# exercise: TwoLayerNet.loss
# wrong: the penalty in the loss lacks its factor 0.5; the gradient of b1 is summed before the ReLU's mask is applied
# expect: wrong
# names: 0?\.5|half|1/2|factor|regulari|penalty|\breg\b|b1|bias|relu|mask
# line: 23, 28
import numpy as np
from cs231n_lib.layers import softmax_loss
from cs231n_lib.nets.two_layer import TwoLayerNet as Base


class TwoLayerNet(Base):

    def loss(self, X, y=None):
        P = self.params
        inp = X.reshape(X.shape[0], -1)
        z1 = np.dot(inp, P['W1']) + P['b1']
        a1 = z1 * (z1 > 0)
        out = np.dot(a1, P['W2']) + P['b2']
        if y is None:
            return out
        loss, d_out = softmax_loss(out, y)
        for key in ('W1', 'W2'):
            loss += self.reg * np.sum(P[key] * P[key])
        d_a1 = np.dot(d_out, P['W2'].T)
        d_z1 = np.where(z1 > 0, d_a1, 0)
        grads = {
            'W1': np.dot(inp.T, d_z1) + self.reg * P['W1'],
            'b1': d_a1.sum(axis=0),
            'W2': np.dot(a1.T, d_out) + self.reg * P['W2'],
            'b2': d_out.sum(axis=0),
        }
        return loss, grads
