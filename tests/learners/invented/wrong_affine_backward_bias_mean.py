# exercise: affine_backward
# wrong: db is a mean, not a sum
# expect: failed
# names: mean|sum
# line: 12

def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(len(x), -1)
    grad_w = flat.T @ dout
    grad_x = (dout @ w.T).reshape(x.shape)
    grad_b = dout.mean(axis=0)
    return grad_x, grad_w, grad_b
