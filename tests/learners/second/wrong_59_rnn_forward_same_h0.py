# exercise: rnn_forward
# wrong: every step starts from h0 instead of from the state of the step before
# expect: wrong
# names: h0|previous|step before|prev_h|(hidden )?state|memory|last step|carr(y|ied)
# line: 13
import numpy as np


def rnn_forward(x, h0, Wx, Wh, b):
    steps, memory = [], []
    h = h0
    for xt in np.swapaxes(x, 0, 1):
        before = h0
        h = np.tanh(xt.dot(Wx) + before.dot(Wh) + b)
        steps.append(h)
        memory.append((xt, before, Wx, Wh, h))
    return np.stack(steps, axis=1), memory
