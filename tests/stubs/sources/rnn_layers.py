# ruff: noqa
# mypy: ignore-errors


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One time step of a vanilla RNN with tanh."""
    next_h, cache = None, None
    # GAP: the next hidden state, and what the backward pass needs
    pass
    # END
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """The gradients of one time step."""
    dx, dprev_h, dWx, dWh, db = None, None, None, None, None
    # GAP: the derivative of tanh can be had from its output
    pass
    # END
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """The RNN over a sequence x (N, T, D), from h0 (N, H); returns h (N, T, H)."""
    h, cache = None, None
    # GAP: step by step
    pass
    # END
    return h, cache


def rnn_backward(dh, cache):
    """The gradients of the RNN; dh holds the gradients of the losses of all time steps."""
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    # GAP: step by step, backwards
    pass
    # END
    return dx, dh0, dWx, dWh, db


def word_embedding_forward(x, W):
    """The vectors W (V, D) of the words x (N, T)."""
    out, cache = None, None
    # GAP: one line of indexing
    pass
    # END
    return out, cache


def word_embedding_backward(dout, cache):
    """The gradient of the words' vectors; none for the words."""
    dW = None
    # GAP: words may stand there twice; np.add.at may serve
    pass
    # END
    return dW


def sigmoid(x):
    """A sigmoid that never overflows."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One time step of an LSTM; the gates lie in the order i, f, o, g."""
    next_h, next_c, cache = None, None, None
    # GAP: the next hidden and cell state; use the sigmoid above
    pass
    # END

    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    """The gradients of one time step of an LSTM."""
    dx, dprev_h, dprev_c, dWx, dWh, db = None, None, None, None, None, None
    # GAP: sigmoid and tanh know their derivatives by their outputs
    pass
    # END

    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    """The LSTM over a sequence; the cell state begins at zero."""
    h, cache = None, None
    # GAP: step by step
    pass
    # END

    return h, cache


def lstm_backward(dh, cache):
    """The gradients of the LSTM."""
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    # GAP: step by step, backwards
    pass
    # END

    return dx, dh0, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    """The affine layer at every time step of x (N, T, D)."""
    N, T, D = x.shape
    out = (x.reshape(N * T, D).dot(w) + b).reshape(N, T, -1)
    return out, (x, w, b, out)


def temporal_affine_backward(dout, cache):
    """The gradients of the affine layer at every time step."""
    x, w, b, out = cache
    flat = dout.reshape(-1, dout.shape[-1])
    return flat.dot(w.T).reshape(x.shape), x.reshape(-1, x.shape[-1]).T.dot(flat), flat.sum(axis=0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    """The softmax loss of scores x (N, T, V), summed over time where the mask is set, mean over the batch."""
    N, T, V = x.shape
    flat, rows = x.reshape(N * T, V), np.arange(N * T)
    shifted = flat - flat.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    weights = mask.reshape(N * T) / N
    dx = np.exp(logs)
    dx[rows, y.reshape(N * T)] -= 1
    return -(weights * logs[rows, y.reshape(N * T)]).sum(), (dx * weights[:, None]).reshape(N, T, V)
