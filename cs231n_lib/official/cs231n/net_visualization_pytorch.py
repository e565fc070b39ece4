"""Assignments 2 and 3, 2020 to 2023: what a classifier looks at. The pretrained net comes from the notebook."""

import torch
from torch.nn import functional as F

from cs231n_lib.official.cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD
from cs231n_lib.official.pictures import rescale, to_picture, to_tensor


def preprocess(img, size=224):
    """Return a picture of PIL as a normalised tensor (1, 3, H, W)."""
    return to_tensor(img, size)


def deprocess(img, should_rescale=True):
    """Return the picture of a normalised tensor (1, 3, H, W)."""
    return to_picture(img, should_rescale)


def blur_image(X, sigma=1):
    """Blur pictures X (N, C, H, W) in place by a Gaussian of `sigma` pixels, the border mirrored; return X."""
    reach = int(4 * sigma + 0.5)
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=X.dtype, device=X.device) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).expand(X.shape[1], 1, 1, -1)
    with torch.no_grad():
        blurred = X
        for weights in (kernel, kernel.transpose(2, 3)):
            index = [_mirrored(blurred.shape[2 + axis], weights.shape[2 + axis] // 2) for axis in (0, 1)]
            blurred = F.conv2d(blurred[:, :, index[0]][:, :, :, index[1]], weights, groups=X.shape[1])
        return X.copy_(blurred)


def jitter(X, ox, oy):
    """Move pictures X (N, C, H, W) by ox columns and oy rows; what leaves comes in on the other side."""
    return X.roll((oy, ox), (2, 3))


def compute_saliency_maps(X, y, model):
    """Return how much each pixel moves the score of the right class, (N, H, W): the largest |slope| of its colours.

    Shapes: X (N, 3, H, W), y (N,).
    """
    model.eval()
    X = X.detach().clone().requires_grad_(True)
    model(X).gather(1, y.view(-1, 1)).sum().backward()
    return X.grad.abs().amax(dim=1)


def make_fooling_image(X, target_y, model, learning_rate=1, steps=100):
    """Return X (1, 3, H, W) changed, step by step, until the model takes it for target_y."""
    fooling = X.detach().clone().requires_grad_(True)
    for _ in range(steps):
        scores = model(fooling)
        if scores.argmax(dim=1).item() == target_y:
            break
        _climb(fooling, scores[0, target_y], learning_rate)
    return fooling


def class_visualization_update_step(img, model, target_y, l2_reg, learning_rate):
    """Move img (1, 3, H, W), which requires gradients, in place, to a higher score of target_y and a small norm."""
    _climb(img, model(img)[0, target_y] - l2_reg * img.square().sum(), learning_rate)


def _climb(img, value, learning_rate):
    value.backward()
    with torch.no_grad():
        img += learning_rate * img.grad / img.grad.norm()
    img.grad.zero_()


def _mirrored(size, reach):
    """Return indices -reach .. size + reach - 1, mirrored at the borders, the border itself twice."""
    index = torch.arange(-reach, size + reach) % (2 * size)
    return torch.where(index < size, index, 2 * size - 1 - index)


__all__ = [
    "SQUEEZENET_MEAN",
    "SQUEEZENET_STD",
    "blur_image",
    "class_visualization_update_step",
    "compute_saliency_maps",
    "deprocess",
    "jitter",
    "make_fooling_image",
    "preprocess",
    "rescale",
]
