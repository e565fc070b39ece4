# exercise: ThreeLayerConvNet.loss
# expect: passed
import numpy as np
from cs231n_lib.layers import conv_relu_pool_forward, conv_relu_pool_backward, affine_forward, affine_backward
from cs231n_lib.layers import softmax_loss
from cs231n_lib.nets import convnet


class ThreeLayerConvNet(convnet.ThreeLayerConvNet):

    def loss(self, X, y=None):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        W3, b3 = self.params['W3'], self.params['b3']
        same = {'stride': 1, 'pad': (W1.shape[-1] - 1) // 2}
        halve = {'pool_height': 2, 'pool_width': 2, 'stride': 2}

        feat, k1 = conv_relu_pool_forward(X, W1, b1, same, halve)
        pre, k2 = affine_forward(feat, W2, b2)
        hid = np.maximum(pre, 0)
        scores, k3 = affine_forward(hid, W3, b3)
        if y is None:
            return scores

        grads = {}
        loss, d = softmax_loss(scores, y)
        loss += 0.5 * self.reg * sum(np.sum(M ** 2) for M in (W1, W2, W3))
        d, grads['W3'], grads['b3'] = affine_backward(d, k3)
        d[pre <= 0] = 0
        d, grads['W2'], grads['b2'] = affine_backward(d, k2)
        _, grads['W1'], grads['b1'] = conv_relu_pool_backward(d, k1)
        for name in ('W1', 'W2', 'W3'):
            grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads
