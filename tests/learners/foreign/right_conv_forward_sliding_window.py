# exercise: conv_forward_naive
# wrong: RIGHT: sliding_window_view and tensordot
# expect: passed

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.tensordot(win, w, axes=([1, 4, 5], [1, 2, 3]))  # N H' W' F
    out = np.moveaxis(out + b, -1, 1)
    return out, (x, w, b, conv_param)
