# ruff: noqa
# mypy: ignore-errors


def simclr_loss_vectorized(out_left, out_right, tau, device="cuda"):
    """The same loss without loops."""
    N = out_left.shape[0]

    # all 2N vectors, one above the other
    out = torch.cat([out_left, out_right], dim=0)

    # their cosines
    sim_matrix = compute_sim_matrix(out)

    # GAP: the loss of all pairs at once
    # first the exponentials of the cosines over tau
    exponential = None

    # ones everywhere but on the diagonal
    mask = (torch.ones_like(exponential, device=device) - torch.eye(2 * N, device=device)).to(device).bool()

    # the diagonal goes
    exponential = exponential.masked_select(mask).view(2 * N, -1)

    # then the denominators, sums of each row
    denom = None

    # then the numerators
    numerator = None

    # and the loss
    loss = None
    pass
    # END

    return loss


def rel_error(x, y):
    """The largest relative error."""
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))
