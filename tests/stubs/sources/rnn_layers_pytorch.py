# ruff: noqa
# mypy: ignore-errors
import torch


def affine_forward(x, w, b):
    """Give the affine layer of x."""
    return x.reshape(x.shape[0], -1) @ w + b


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One time step of a vanilla RNN with tanh."""
    next_h = None
    # GAP: the next hidden state
    pass
    # END
    return next_h


def rnn_forward(x, h0, Wx, Wh, b):
    """The RNN over a sequence."""
    h = None
    # GAP: step by step
    pass
    # END
    return h


def word_embedding_forward(x, W):
    """The vectors W (V, D) of the words x (N, T)."""
    out = None
    # GAP: one line of indexing
    pass
    # END
    return out


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One time step of an LSTM."""
    next_h, next_c = None, None
    # GAP: the next hidden and cell state
    pass
    # END
    return next_h, next_c


def lstm_forward(x, h0, Wx, Wh, b):
    """The LSTM over a sequence."""
    h = None
    # GAP: step by step
    pass
    # END
    return h


def temporal_affine_forward(x, w, b):
    """The affine layer at every time step."""
    return x @ w + b


def temporal_softmax_loss(x, y, mask, verbose=False):
    """The softmax loss, summed over time where the mask is set, mean over the batch."""
    N, T, V = x.shape
    loss = torch.nn.functional.cross_entropy(x.reshape(N * T, V), y.reshape(N * T), reduction="none")
    return (loss * mask.reshape(N * T)).sum() / N
