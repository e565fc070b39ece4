"""Read and resize pictures as imageio and SciPy's old `misc` did."""

import numpy as np


def imread(name, mode=None) -> np.ndarray:
    """Return the picture of a file, (H, W, 3) or (H, W), uint8.  mode: such as "RGB", default as it is stored."""
    from PIL import Image

    with Image.open(name) as picture:
        return np.array(picture.convert(mode) if mode else picture)


def imresize(arr, size, interp="bilinear") -> np.ndarray:
    """Return a picture in another size: (height, width), percent (int) or a factor (float)."""
    from PIL import Image

    arr = np.asarray(arr)
    if isinstance(size, int):
        size = size / 100
    if isinstance(size, float):
        size = (int(arr.shape[0] * size), int(arr.shape[1] * size))
    how = getattr(Image.Resampling, interp.upper())
    return np.array(Image.fromarray(arr.astype(np.uint8)).resize((size[1], size[0]), how))


__all__ = ["imread", "imresize"]
