# exercise: generator_loss
# wrong: the target of the fakes is 0, as for the discriminator
# expect: failed
# names: ones|\b1\b|real|target|label|zero
# line: 17

import torch


def bce_loss(input, target):
    neg_abs = -input.abs()
    loss = input.clamp(min=0) - input * target + (1 + neg_abs.exp()).log()
    return loss.mean()


def generator_loss(logits_fake):
    labels = torch.zeros_like(logits_fake)
    return bce_loss(logits_fake, labels)
