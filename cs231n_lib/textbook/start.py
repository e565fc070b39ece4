"""The first exercise of the course, to try the checker on."""


def spread(x):
    """Return the largest minus the smallest entry of x (N,)."""
    return x.max() - x.min()
