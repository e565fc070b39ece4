# exercise: masked_language_loss
# expect: passed
import torch
import torch.nn.functional as F


def masked_language_loss(scores, tokens, mask):
    V = scores.shape[-1]
    each = F.cross_entropy(scores.reshape(-1, V), tokens.reshape(-1), reduction='none')
    weight = mask.reshape(-1).to(each.dtype)
    return torch.dot(each, weight) / weight.sum()
