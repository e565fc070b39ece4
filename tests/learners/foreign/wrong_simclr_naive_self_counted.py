# exercise: simclr_loss_naive
# wrong: the sum below counts the row with itself
# expect: failed
# names: itself|self|own|i ?== ?k|k ?== ?i|diagonal
# line: 22

import torch


def sim(a, b):
    return torch.dot(a, b) / (torch.norm(a) * torch.norm(b))


def simclr_loss_naive(out_left, out_right, tau):
    N = out_left.shape[0]
    out = torch.cat([out_left, out_right], dim=0)
    total_loss = 0
    for k in range(N):
        for a, b in ((k, k + N), (k + N, k)):
            num = torch.exp(sim(out[a], out[b]) / tau)
            den = 0
            for m in range(2 * N):
                den = den + torch.exp(sim(out[a], out[m]) / tau)
            total_loss = total_loss - torch.log(num / den)
    return total_loss / (2 * N)
