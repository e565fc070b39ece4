# ruff: noqa
# mypy: ignore-errors


def affine_forward(x, w, b):
    """Give x times w plus b, with every example of x laid flat.

    x (N, d_1, ..., d_k), w (D, M), b (M,) with D the product of the d; returns out (N, M) and cache (x, w, b).
    """
    out = None
    # GAP: lay each example flat and compute the output
    pass
    # END
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    """Give the gradients of the affine layer, each of the shape of what it belongs to."""
    x, w, b = cache
    dx, dw, db = None, None, None
    # GAP: the backward pass of the affine layer
    pass
    # END
    return dx, dw, db


def relu_forward(x):
    """Give max(x, 0), and x as cache."""
    out = None
    # GAP: the ReLU
    pass
    # END
    cache = x
    return out, cache


def relu_backward(dout, cache):
    """Give the gradient that the ReLU lets through."""
    dx, x = None, cache
    # GAP: the backward pass of the ReLU
    pass
    # END
    return dx
