# exercise: clip_loss
# expect: passed
import torch
import torch.nn.functional as F


def clip_loss(pictures, captions, tau):
    P = F.normalize(pictures, dim=1)
    C = F.normalize(captions, dim=1)
    logits = torch.matmul(P, C.t()) / tau
    truth = torch.arange(logits.size(0))
    to_caption = F.cross_entropy(logits, truth)
    to_picture = F.cross_entropy(logits.t(), truth)
    return 0.5 * (to_caption + to_picture)
