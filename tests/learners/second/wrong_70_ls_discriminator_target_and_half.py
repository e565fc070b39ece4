# exercise: ls_discriminator_loss
# wrong: the scores of real pictures are compared with 0 instead of 1; the fake pictures' part lacks its factor one half
# expect: wrong
# names: \b1\b|real|target|0?\.5|half|1/2|factor|fake
# line: 13, 14
import torch


def ls_discriminator_loss(scores_real, scores_fake):
    def half_mse(scores, goal):
        return torch.pow(scores - goal, 2).mean() / 2

    on_real = half_mse(scores_real, 0.0)
    on_fake = torch.pow(scores_fake, 2).mean()
    return on_real + on_fake
