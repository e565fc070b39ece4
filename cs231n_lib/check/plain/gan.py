"""GAN losses, as a textbook writes them; torch is imported by the function that needs it."""


def bce_loss(input, target):
    """Return the mean of max(s, 0) - s t + log(1 + exp(-|s|)): binary cross-entropy of logits s."""
    positive = input.clamp(min=0)
    return (positive - input * target + (1 + (-input.abs()).exp()).log()).mean()


def discriminator_loss(logits_real, logits_fake):
    """Return the loss of calling real images real and fake images fake."""
    real = bce_loss(logits_real, 0 * logits_real + 1)
    fake = bce_loss(logits_fake, 0 * logits_fake)
    return real + fake


def generator_loss(logits_fake):
    """Return the loss of having fake images called real."""
    return bce_loss(logits_fake, 0 * logits_fake + 1)


def ls_discriminator_loss(scores_real, scores_fake):
    """Return half the mean square of scores_real - 1 plus half that of scores_fake."""
    real = 0.5 * ((scores_real - 1) ** 2).mean()
    fake = 0.5 * (scores_fake**2).mean()
    return real + fake


def ls_generator_loss(scores_fake):
    """Return half the mean square of scores_fake - 1."""
    return 0.5 * ((scores_fake - 1) ** 2).mean()
