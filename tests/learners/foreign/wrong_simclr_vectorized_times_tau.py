# exercise: simclr_loss_vectorized
# wrong: multiplies by the temperature instead of dividing, above and below
# expect: failed
# names: tau|temperature
# line: 14, 18

import torch


def simclr_loss_vectorized(out_left, out_right, tau, device="cpu"):
    N = out_left.shape[0]
    out = torch.cat([out_left, out_right], dim=0)
    out = out / torch.norm(out, dim=1, keepdim=True)
    exponential = torch.exp(out @ out.t() * tau)
    mask = ~torch.eye(2 * N, dtype=torch.bool, device=exponential.device)
    denom = exponential.masked_select(mask).view(2 * N, -1).sum(dim=1)
    pos = (out[:N] * out[N:]).sum(dim=1)
    numerator = torch.exp(torch.cat([pos, pos]) * tau)
    return torch.mean(-torch.log(numerator / denom))
