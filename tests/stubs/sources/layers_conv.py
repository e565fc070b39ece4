# ruff: noqa
# mypy: ignore-errors


def conv_forward_naive(x, w, b, conv_param):
    """Convolve x (N, C, H, W) with F filters w (F, C, HH, WW); conv_param holds stride and pad."""
    out = None
    # GAP: pad, then move the window; np.pad may serve
    pass
    # END
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    """Give the gradients of the convolution."""
    dx, dw, db = None, None, None
    # GAP: the backward pass of the convolution
    pass
    # END
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    """Take the maximum of each window; pool_param holds pool_height, pool_width and stride."""
    out = None
    # GAP: the maximum of each window
    pass
    # END
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    """Give the gradient of max pooling."""
    dx = None
    # GAP: the backward pass of max pooling
    pass
    # END
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Batch normalisation of images: each channel over the batch and all places."""
    out, cache = None, None

    # GAP: a few lines that use the plain batch normalisation
    pass
    # END

    return out, cache


def spatial_batchnorm_backward(dout, cache):
    """Give the gradients of spatial batch normalisation."""
    dx, dgamma, dbeta = None, None, None

    # GAP: a few lines that use the plain backward pass
    pass
    # END

    return dx, dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """Normalise each group of channels of each image."""
    out, cache = None, None
    eps = gn_param.get("eps", 1e-5)
    # GAP: much like layer normalisation
    pass
    # END
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    """Give the gradients of spatial group normalisation."""
    dx, dgamma, dbeta = None, None, None

    # GAP: the backward pass of group normalisation
    pass
    # END
    return dx, dgamma, dbeta
