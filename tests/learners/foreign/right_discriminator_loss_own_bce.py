# exercise: discriminator_loss
# wrong: RIGHT: logsigmoid for both halves, no target tensors
# expect: passed

import torch
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    real = -F.logsigmoid(logits_real).mean()
    fake = -F.logsigmoid(-logits_fake).mean()
    loss = real + fake
    return loss
