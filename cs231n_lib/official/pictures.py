"""Pictures of PIL as SqueezeNet's tensors and back, as torchvision's transforms do it."""

import numpy as np
import torch

from cs231n_lib.official.cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD


def rescale(x):
    """Stretch numbers to 0..1."""
    low, high = x.min(), x.max()
    return (x - low) / (high - low)


def to_tensor(img, size):
    """Return a picture as (1, 3, H, W), normalised, its shorter side `size` pixels long."""
    from PIL import Image

    wide, high = img.size
    if wide < high:
        shape = (size, int(size * high / wide))
    else:
        shape = (int(size * wide / high), size)
    pixels = np.asarray(img.convert("RGB").resize(shape, Image.Resampling.BILINEAR), np.float32) / 255
    return torch.from_numpy((pixels - SQUEEZENET_MEAN) / SQUEEZENET_STD).permute(2, 0, 1)[None].contiguous()


def to_picture(img, should_rescale=True):
    """Return the picture of a normalised tensor (1, 3, H, W)."""
    from PIL import Image

    pixels = img[0].detach().permute(1, 2, 0).cpu().numpy() * SQUEEZENET_STD + SQUEEZENET_MEAN
    if should_rescale:
        pixels = rescale(pixels)
    return Image.fromarray((255 * pixels.clip(0, 1)).astype(np.uint8))
