# ruff: noqa
# mypy: ignore-errors


def discriminator_loss(logits_real, logits_fake):
    """The loss of the discriminator."""
    loss = None
    # GAP: both halves of the loss
    pass
    # END
    return loss


def generator_loss(logits_fake):
    """The loss of the generator."""
    loss = None
    # GAP: the loss
    pass
    # END
    return loss


def get_optimizer(model):
    """Adam, with the settings told in the notebook."""
    optimizer = None
    # GAP: the optimiser
    pass
    # END
    return optimizer


def ls_discriminator_loss(scores_real, scores_fake):
    """The least-squares loss of the discriminator."""
    loss = None
    # GAP: the loss
    pass
    # END
    return loss


def ls_generator_loss(scores_fake):
    """The least-squares loss of the generator."""
    loss = None
    # GAP: the loss
    pass
    # END
    return loss
