# exercise: simclr_loss_naive
# wrong: BLANK: the loop is given and unpacks the rows, the total stays 0
# expect: blank

import torch


def simclr_loss_naive(out_left, out_right, tau):
    N = out_left.shape[0]  # total number of training examples

    # Concatenate out_left and out_right into a 2*N x D tensor.
    out = torch.cat([out_left, out_right], dim=0)  # [2*N, D]

    total_loss = 0
    for k in range(N):  # loop through each positive pair (k, k+N)
        z_k, z_k_N = out[k], out[k + N]

        # TODO: l(k, k+N) and l(k+N, k)

        pass

    # In the end, we need to divide the total loss by 2N
    total_loss = total_loss / (2 * N)
    return total_loss
