"""Assignment 3, 2020: the style of one picture on the content of another. The notebook brings the pretrained net."""

import numpy as np
import torch

from cs231n_lib.official.cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n_lib.official.pictures import rescale, to_picture, to_tensor

dtype = "torch.cuda.FloatTensor" if torch.cuda.is_available() else "torch.FloatTensor"


def content_loss(content_weight, content_current, content_original):
    """Return the weighted sum of squared differences of two features (1, C, H, W)."""
    return content_weight * (content_current - content_original).square().sum()


def gram_matrix(features, normalize=True):
    """Return the products of all pairs of channels, summed over all places: (N, C, H, W) -> (N, C, C).

    normalize: divide by C H W, default True.
    """
    _, C, H, W = features.shape
    rows = features.flatten(2)
    gram = rows @ rows.transpose(1, 2)
    return gram / (C * H * W) if normalize else gram


def style_loss(feats, style_layers, style_targets, style_weights):
    """Return the weighted sum over layers of squared differences between Gram matrices and their targets."""
    parts = zip(style_layers, style_targets, style_weights, strict=True)
    return sum(weight * (gram_matrix(feats[layer]) - target).square().sum() for layer, target, weight in parts)


def tv_loss(img, tv_weight):
    """Return the weighted sum of squared differences of neighbouring pixels of img (1, 3, H, W)."""
    return tv_weight * sum(img.diff(dim=axis).square().sum() for axis in (2, 3))


def preprocess(img, size=512):
    """Return a picture of PIL as a normalised tensor (1, 3, H, W)."""
    return to_tensor(img, size)


def deprocess(img):
    """Return the picture of a normalised tensor (1, 3, H, W), stretched to the whole range."""
    return to_picture(img)


def extract_features(x, cnn):
    """Return what each layer of a sequential net makes of x, a list."""
    features = []
    for layer in cnn._modules.values():
        x = layer(x)
        features.append(x)
    return features


def features_from_img(imgpath, imgsize, cnn):
    """Return the features of a picture's file, and its tensor."""
    from PIL import Image

    with Image.open(imgpath) as picture:
        img = preprocess(picture, size=imgsize).type(dtype)
    return extract_features(img, cnn), img


def rel_error(x, y):
    """Return the largest relative difference, max |x - y| / max(1e-8, |x| + |y|)."""
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))


__all__ = [
    "SQUEEZENET_MEAN",
    "SQUEEZENET_STD",
    "content_loss",
    "deprocess",
    "dtype",
    "extract_features",
    "features_from_img",
    "gram_matrix",
    "preprocess",
    "rel_error",
    "rescale",
    "style_loss",
    "tv_loss",
]
