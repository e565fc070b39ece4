# ruff: noqa
# mypy: ignore-errors


def affine_forward(x, w, b):
    """Give the affine layer of x, with its cache."""
    return x.reshape(len(x), -1).dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    """Give the gradients of the affine layer."""
    x, w, b = cache
    flat = x.reshape(len(x), -1)
    return dout.dot(w.T).reshape(x.shape), flat.T.dot(dout), dout.sum(axis=0)


def relu_forward(x):
    """Give the ReLU of x, with its cache."""
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    """Give the gradient through the ReLU."""
    return dout * (cache > 0)
