# exercise: generator_loss
# expect: passed
import torch
import torch.nn.functional as F


def generator_loss(logits_fake):
    return torch.mean(-F.logsigmoid(logits_fake))
