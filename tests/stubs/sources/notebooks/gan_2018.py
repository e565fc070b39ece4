# ruff: noqa
# mypy: ignore-errors


def sample_noise(batch_size, dim):
    """Uniform noise between -1 and 1."""
    # GAP: the noise
    pass
    # END


def discriminator():
    """The model that tells real images from made ones."""
    model = nn.Sequential(
        # GAP: the layers
        # END
    )
    return model


def generator(noise_dim=NOISE_DIM):
    """The model that makes images of noise."""
    model = nn.Sequential(
        # GAP: the layers
        # END
    )
    return model


def build_dc_classifier():
    """A discriminator with convolutions."""
    return nn.Sequential(
        # GAP: the layers
        # END
    )


def build_dc_generator(noise_dim=NOISE_DIM):
    """A generator with transposed convolutions."""
    return nn.Sequential(
        # GAP: the layers
        # END
    )
