"""Assignments 2 and 3: pictures from files and addresses, prepared for SqueezeNet."""

import io
import os

import numpy as np

from cs231n_lib.data import coco
from cs231n_lib.official import places

SQUEEZENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
SQUEEZENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
NETWORK = "CS231N_NETWORK"  # set it to 1 to let notebooks fetch pictures
PLACEHOLDER = (240, 320)  # pixels


def image_from_url(url):
    """Return the picture at an address, (H, W, 3) uint8: one of our scenes, or, if CS231N_NETWORK is 1, a fetched one.

    Offline, or not allowed to fetch, return a grey picture.
    """
    if url.startswith("scenes:"):
        return coco.scene_picture(url, places.coco_folder("cs231n/datasets/coco_captioning"))
    if os.environ.get(NETWORK) != "1":
        return _placeholder()
    try:
        import requests
        from PIL import Image

        answer = requests.get(url, timeout=10)
        answer.raise_for_status()
        with Image.open(io.BytesIO(answer.content)) as picture:
            return np.array(picture.convert("RGB"))
    except OSError as error:  # those of requests and of Pillow are OSErrors
        print("URL Error:", error, url)
        return _placeholder()


def blur_image(X):
    """Blur pictures X (N, 3, H, W) a little: a kernel of 3 x 3 with 188 / 200 in the middle; black comes in."""
    weights = np.array([[1, 2, 1], [2, 188, 2], [1, 2, 1]], X.dtype) / np.asarray(200, X.dtype)
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))
    H, W = X.shape[2:]
    return sum(weights[i, j] * padded[:, :, i : i + H, j : j + W] for i in range(3) for j in range(3))


def preprocess_image(img):
    """Make a picture of 0..255 what SqueezeNet expects: 0..1, without the mean, divided by the deviation."""
    return (img.astype(np.float32) / 255.0 - SQUEEZENET_MEAN) / SQUEEZENET_STD


def deprocess_image(img, rescale=False):
    """Undo `preprocess_image`; return uint8.  rescale: stretch to the whole range."""
    img = img * SQUEEZENET_STD + SQUEEZENET_MEAN
    if rescale:
        img = (img - img.min()) / (img.max() - img.min())
    return np.clip(255 * img, 0.0, 255.0).astype(np.uint8)


def load_image(filename, size=None):
    """Return the picture of a file; its shorter side has `size` pixels if that is given."""
    from PIL import Image

    with Image.open(filename) as picture:
        if size is not None:
            factor = size / min(picture.size)
            wide, high = (int(side * factor) for side in picture.size)
            return np.array(picture.resize((wide, high), Image.Resampling.BILINEAR))
        return np.array(picture)


def _placeholder():
    return np.full((*PLACEHOLDER, 3), 200, np.uint8)


__all__ = [
    "SQUEEZENET_MEAN",
    "SQUEEZENET_STD",
    "blur_image",
    "deprocess_image",
    "image_from_url",
    "load_image",
    "preprocess_image",
]
