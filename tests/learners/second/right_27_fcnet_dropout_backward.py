# exercise: FullyConnectedNet.loss with dropout
# expect: passed
import numpy as np
from cs231n_lib.layers import affine_forward, affine_backward, softmax_loss, dropout_forward, dropout_backward
from cs231n_lib.nets.fully_connected import FullyConnectedNet as _FC


def relu(v):
    return np.maximum(v, 0)


class FullyConnectedNet(_FC):
    def loss(self, X, y=None):
        self.dropout_param['mode'] = 'test' if y is None else 'train'
        a = X
        saved = []
        for l in range(1, self.num_layers):
            z, fc = affine_forward(a, self.params[f'W{l}'], self.params[f'b{l}'])
            a, drop = dropout_forward(relu(z), self.dropout_param)
            saved.insert(0, (l, fc, z, drop))
        top = self.num_layers
        scores, fc = affine_forward(a, self.params[f'W{top}'], self.params[f'b{top}'])
        if y is None:
            return scores
        loss, back = softmax_loss(scores, y)
        grads = {}
        back, grads[f'W{top}'], grads[f'b{top}'] = affine_backward(back, fc)
        for l, fc, z, drop in saved:
            back = dropout_backward(back, drop)
            back = back * (z > 0)
            back, grads[f'W{l}'], grads[f'b{l}'] = affine_backward(back, fc)
        for l in range(1, top + 1):
            w = self.params[f'W{l}']
            loss += 0.5 * self.reg * (w ** 2).sum()
            grads[f'W{l}'] += self.reg * w
        return loss, grads
