# exercise: affine_forward
# wrong: the input is reshaped to (features, N) instead of (N, features), so the product with w does not fit
# expect: wrong
# names: reshap|transpos|flatten|\brows?\b|order of.*(size|axes|dimension)|first axis|\(N, ?D\)|swap|exchang
# line: 12
import numpy as np


def affine_forward(x, w, b):
    num = x.shape[0]
    feats = int(np.prod(x.shape[1:]))
    flat = np.reshape(x, (feats, num))
    out = flat.dot(w)
    out += b
    cache = (x, w, b)
    return out, cache
