# ruff: noqa
# mypy: ignore-errors
import torch
import numpy as np


def sim(z_i, z_j):
    """The cosine of two vectors."""
    norm_dot_product = None
    # GAP: the cosine; torch.linalg.norm may serve
    pass
    # END

    return norm_dot_product


def simclr_loss_naive(out_left, out_right, tau):
    """The contrastive loss of N pairs, with loops."""
    N = out_left.shape[0]

    # all 2N vectors, one above the other
    out = torch.cat([out_left, out_right], dim=0)

    total_loss = 0
    for k in range(N):
        z_k, z_k_N = out[k], out[k + N]

        # GAP: add l(k, k+N) and l(k+N, k) to the loss
        pass
        # END

    # the mean over 2N
    total_loss = total_loss / (2 * N)
    return total_loss


def sim_positive_pairs(out_left, out_right):
    """The cosines (N, 1) of the pairs."""
    pos_pairs = None

    # GAP: the cosines of the rows
    pass
    # END
    return pos_pairs


def compute_sim_matrix(out):
    """The cosines (2N, 2N) of all rows."""
    sim_matrix = None

    # GAP: the cosines
    pass
    # END
    return sim_matrix
