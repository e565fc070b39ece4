# exercise: masked_language_loss
# wrong: the mean is taken over all words: the mask is not used, so visible words are graded too
# expect: wrong
# names: mask|hidden|visible|all (words|tokens|places)
# line: 13
import torch
import torch.nn.functional as F


def masked_language_loss(scores, tokens, mask):
    V = scores.shape[-1]
    each = F.cross_entropy(scores.reshape(-1, V), tokens.reshape(-1), reduction='none')
    weight = torch.ones_like(each)
    return torch.dot(each, weight) / weight.sum()
