# exercise: ls_discriminator_loss
# expect: passed
import torch


def ls_discriminator_loss(scores_real, scores_fake):
    def half_mse(scores, goal):
        return torch.pow(scores - goal, 2).mean() / 2

    on_real = half_mse(scores_real, 1.0)
    on_fake = half_mse(scores_fake, 0.0)
    return on_real + on_fake
