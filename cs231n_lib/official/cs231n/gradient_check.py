"""Assignments 1 to 3: numerical gradients."""

from random import randrange

import numpy as np

from cs231n_lib.gradcheck import eval_numerical_gradient


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Return the gradient of sum(f(x) * df) with respect to x, for f that gives an array.

    The difference of the two arrays is taken before the sum, which loses fewer digits than the other way round.
    """
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x).copy()
        x[index] = old - h
        below = f(x).copy()
        x[index] = old
        grad[index] = np.sum((above - below) * df) / (2 * h)
    return grad


def eval_numerical_gradient_blobs(f, inputs, output, h=1e-5):
    """Return the gradients of sum(f's output * output.diffs) with respect to each input.

    Blobs have arrays `vals` and `diffs`; f(*inputs, output) writes its result to output.vals.
    """

    def result(_):
        f(*inputs, output)
        return output.vals.copy()

    return [eval_numerical_gradient_array(result, blob.vals, output.diffs, h) for blob in inputs]


def eval_numerical_gradient_net(net, inputs, output, h=1e-5):
    """Return the gradients of a net whose forward() goes from input blobs to an output blob."""
    return eval_numerical_gradient_blobs(lambda *_: net.forward(), inputs, output, h)


def grad_check_sparse(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Print numerical and analytic slope of f at a few entries of x, chosen by Python's `random`."""
    for _ in range(num_checks):
        index = tuple(randrange(size) for size in x.shape)
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        x[index] = old
        numerical, analytic = (above - below) / (2 * h), analytic_grad[index]
        error = abs(numerical - analytic) / (abs(numerical) + abs(analytic))
        print(f"numerical: {numerical:f} analytic: {analytic:f}, relative error: {error:e}")


__all__ = [
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "eval_numerical_gradient_blobs",
    "eval_numerical_gradient_net",
    "grad_check_sparse",
    "randrange",
]
