# exercise: clip_loss
# wrong: only the captions are looked for by the pictures: the other direction, each caption's picture, is forgotten
# expect: wrong
# names: direction|both|caption.*picture|column|transpos|symmetr|other way|dim ?= ?0|half|second (term|loss|part)|forgot|by_caption|\btwo\b
# line: 16
import torch
import torch.nn.functional as F


def clip_loss(pictures, captions, tau):
    P = F.normalize(pictures, dim=1)
    C = F.normalize(captions, dim=1)
    logits = torch.matmul(P, C.t()) / tau
    truth = torch.arange(logits.size(0))
    to_caption = F.cross_entropy(logits, truth)
    to_picture = F.cross_entropy(logits, truth)
    return 0.5 * (to_caption + to_picture)
