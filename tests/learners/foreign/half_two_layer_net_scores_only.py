# exercise: TwoLayerNet.loss
# wrong: HALF: the scores are right, loss and gradients not begun
# expect: half
# names: loss|gradient

import numpy as np


class TwoLayerNet(object):
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        scores = None
        # TODO: forward pass
        rows = X.reshape(X.shape[0], -1)
        hidden = rows.dot(self.params["W1"]) + self.params["b1"]
        hidden = np.maximum(0, hidden)
        scores = hidden.dot(self.params["W2"]) + self.params["b2"]

        # If y is None then we are in test mode so just return scores
        if y is None:
            return scores

        loss, grads = 0, {}
        # TODO: backward pass
        # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****

        pass

        # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
        return loss, grads
