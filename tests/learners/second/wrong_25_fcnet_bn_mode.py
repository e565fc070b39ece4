# exercise: FullyConnectedNet.loss with batchnorm
# wrong: the mode of batch norm is always "train", also when there are no labels, so scores at test time use the batch's statistics
# expect: wrong
# names: test|mode|running|without labels|y is None|eval
# line: 15
import numpy as np
from cs231n_lib.layers import (affine_forward, affine_backward, relu_forward, relu_backward,
                               batchnorm_forward, batchnorm_backward, softmax_loss)
from cs231n_lib.nets import fully_connected


class FullyConnectedNet(fully_connected.FullyConnectedNet):

    def loss(self, X, y=None):
        mode = 'train'
        for bn in self.bn_params:
            bn['mode'] = mode

        stack = []
        out = X
        for i in range(self.num_layers - 1):
            n = str(i + 1)
            out, c1 = affine_forward(out, self.params['W' + n], self.params['b' + n])
            out, c2 = batchnorm_forward(out, self.params['gamma' + n], self.params['beta' + n], self.bn_params[i])
            out, c3 = relu_forward(out)
            stack.append((n, c1, c2, c3))
        n = str(self.num_layers)
        scores, c_last = affine_forward(out, self.params['W' + n], self.params['b' + n])
        if y is None:
            return scores

        grads = {}
        loss, d = softmax_loss(scores, y)
        d, grads['W' + n], grads['b' + n] = affine_backward(d, c_last)
        while stack:
            n, c1, c2, c3 = stack.pop()
            d = relu_backward(d, c3)
            d, grads['gamma' + n], grads['beta' + n] = batchnorm_backward(d, c2)
            d, grads['W' + n], grads['b' + n] = affine_backward(d, c1)
        for name in self.params:
            if name[0] == 'W':
                loss += 0.5 * self.reg * np.sum(self.params[name] ** 2)
                grads[name] += self.reg * self.params[name]
        return loss, grads
