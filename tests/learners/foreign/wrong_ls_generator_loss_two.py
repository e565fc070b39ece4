# exercise: ls_generator_loss
# wrong: two faults: the target is 0, and the half is missing
# expect: failed
# names: 0\.5|half|\b1\b|target|real
# line: 11

import torch


def ls_generator_loss(scores_fake):
    loss = torch.mean(scores_fake ** 2)
    return loss
