# ruff: noqa
# mypy: ignore-errors


def sample_noise(batch_size, dim, seed=None):
    """Uniform noise between -1 and 1."""
    if seed is not None:
        torch.manual_seed(seed)

    # GAP: the noise
    pass
    # END


def discriminator(seed=None):
    """The model that tells real images from made ones."""
    if seed is not None:
        torch.manual_seed(seed)

    model = None

    # GAP: the layers
    pass
    # END
    return model


def generator(noise_dim=NOISE_DIM, seed=None):
    """The model that makes images of noise."""
    if seed is not None:
        torch.manual_seed(seed)

    model = None

    # GAP: the layers
    pass
    # END
    return model


def build_dc_classifier(batch_size):
    """A discriminator with convolutions."""
    # GAP: the layers
    pass
    # END


def build_dc_generator(noise_dim=NOISE_DIM):
    """A generator with transposed convolutions."""
    # GAP: the layers
    pass
    # END
