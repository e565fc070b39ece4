# exercise: simclr_loss_vectorized
# wrong: RIGHT: as a cross entropy with the partner's row as the label
# expect: passed

import torch
import torch.nn.functional as F


def simclr_loss_vectorized(out_left, out_right, tau, device="cpu"):
    n = out_left.size(0)
    z = F.normalize(torch.cat((out_left, out_right), dim=0), dim=1)
    logits = torch.mm(z, z.t()) / tau
    logits.fill_diagonal_(float("-inf"))
    partner = torch.arange(2 * n, device=z.device).roll(n)
    return F.cross_entropy(logits, partner)
