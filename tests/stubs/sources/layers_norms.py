# ruff: noqa
# mypy: ignore-errors


def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each feature of x (N, D) over the batch, then scale and shift; keep running statistics in bn_param."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)

    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    out, cache = None, None
    if mode == "train":
        # GAP: statistics of the batch, running statistics, output and cache
        pass
        # END
    elif mode == "test":
        # GAP: output by the running statistics
        pass
        # END
    else:
        raise ValueError(f"no such mode of batch normalisation: {mode}")

    # hand the running statistics on to the next call
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var

    return out, cache


def batchnorm_backward(dout, cache):
    """Give the gradients of batch normalisation, step by step through its graph."""
    dx, dgamma, dbeta = None, None, None
    # GAP: follow the graph back
    pass
    # END
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    """Give the same gradients by a formula worked out on paper."""
    dx, dgamma, dbeta = None, None, None
    # GAP: the short form
    pass
    # END
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    """Normalise each row of x (N, D), then scale and shift."""
    out, cache = None, None
    eps = ln_param.get("eps", 1e-5)
    # GAP: as in batch normalisation, but over the features
    pass
    # END
    return out, cache


def layernorm_backward(dout, cache):
    """Give the gradients of layer normalisation."""
    dx, dgamma, dbeta = None, None, None
    # GAP: the backward pass of layer normalisation
    pass
    # END
    return dx, dgamma, dbeta


def dropout_forward(x, dropout_param):
    """Drop values of x in train mode; p is the probability to keep one."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        # GAP: draw the mask and apply it
        pass
        # END
    elif mode == "test":
        # GAP: what happens in test mode
        pass
        # END

    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)

    return out, cache


def dropout_backward(dout, cache):
    """Give the gradient through the mask."""
    dropout_param, mask = cache
    mode = dropout_param["mode"]

    dx = None
    if mode == "train":
        # GAP: the backward pass in train mode
        pass
        # END
    elif mode == "test":
        dx = dout
    return dx
