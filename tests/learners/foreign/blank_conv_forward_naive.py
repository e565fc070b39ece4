# exercise: conv_forward_naive
# wrong: BLANK: only a docstring, None and the cache
# expect: blank


def conv_forward_naive(x, w, b, conv_param):
    """
    A naive implementation of the forward pass for a convolutional layer.

    - conv_param: a dictionary with 'stride' and 'pad'.
    Returns (out, cache).
    """
    out = None
    ...
    cache = (x, w, b, conv_param)
    return out, cache
