"""SimCLR's loss."""

import numpy as np

from cs231n_lib.pytorch.simclr import (
    compute_sim_matrix,
    sim,
    sim_positive_pairs,
    simclr_loss_naive,
    simclr_loss_vectorized,
)


def rel_error(x, y):
    """Return the largest relative difference, max |x - y| / max(1e-8, |x| + |y|)."""
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))


__all__ = [
    "compute_sim_matrix",
    "rel_error",
    "sim",
    "sim_positive_pairs",
    "simclr_loss_naive",
    "simclr_loss_vectorized",
]
