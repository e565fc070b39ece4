# exercise: bce_loss
# wrong: RIGHT: softplus minus target times logit
# expect: passed

import torch
import torch.nn.functional as F


def bce_loss(input, target):
    flat_x, flat_t = input.reshape(-1), target.reshape(-1)
    return (F.softplus(flat_x) - flat_t * flat_x).mean()
