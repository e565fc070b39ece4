# exercise: simclr_loss_naive
# expect: passed
import torch


def simclr_loss_naive(out_left, out_right, tau):
    N = out_left.shape[0]
    z = torch.cat([out_left, out_right], dim=0)
    cos = lambda a, b: torch.dot(a, b) / (torch.linalg.norm(a) * torch.linalg.norm(b))

    def one(i, j):
        top = torch.exp(cos(z[i], z[j]) / tau)
        bottom = 0
        for k in range(2 * N):
            if k == i:
                continue
            bottom = bottom + torch.exp(cos(z[i], z[k]) / tau)
        return -torch.log(top / bottom)

    total = 0
    for k in range(N):
        total = total + one(k, k + N) + one(k + N, k)
    return total / (2 * N)
