# exercise: softmax_loss
# wrong: each column's maximum is subtracted instead of each row's, which changes the probabilities; the gradient is not divided by N
# expect: wrong
# names: \baxis|row.*max|max.*(row|column)|column|shift|divid|\bN\b|averag|batch size|number of (examples|pictures|images|rows)
# line: 11, 16
import numpy as np


def softmax_loss(x, y):
    N = x.shape[0]
    z = x - np.amax(x, 0, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    loss = -np.mean(log_p[range(N), y])
    onehot = np.eye(x.shape[1])[y]
    dx = np.exp(log_p) - onehot
    return loss, dx
