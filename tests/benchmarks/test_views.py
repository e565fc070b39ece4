"""Augmented views of a whole batch at once against picture after picture with PIL, one thread: at least ten times."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps

from cs231n_lib.data import load_images
from cs231n_lib.pytorch.augment import Augment

pytestmark = pytest.mark.speed


def view_by_pil(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Do to one picture what `Augment(crop=.3, hue=1, blur=0, invert=.5)` does to a batch."""
    side = int(32 * rng.uniform(0.55, 1))
    x, y = rng.integers(0, 33 - side, 2)
    picture = picture.crop((x, y, x + side, y + side)).resize((32, 32), Image.Resampling.BILINEAR)
    if rng.random() < 0.5:
        picture = ImageOps.mirror(picture)
    if rng.random() < 0.8:
        for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            picture = change(picture).enhance(rng.uniform(0.6, 1.4))
        hue, saturation, value = picture.convert("HSV").split()
        turn = int(rng.integers(256))
        picture = Image.merge("HSV", (hue.point(lambda h: (h + turn) % 256), saturation, value)).convert("RGB")
    if rng.random() < 0.2:
        picture = picture.convert("L").convert("RGB")
    return ImageOps.invert(picture) if rng.random() < 0.5 else picture


def test_views_of_a_batch(race):
    pixels = load_images(256, 0, 0, dtype=np.uint8)["X_train"]
    pictures = [Image.fromarray(p) for p in pixels]
    batch, rng = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255, np.random.default_rng(0)
    views = Augment(crop=0.3, hue=1.0, blur=0.0, invert=0.5)
    race("views (here: PIL)", lambda: views(batch), lambda: [view_by_pil(p, rng) for p in pictures], 0.1, same=False)
