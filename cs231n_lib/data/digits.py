"""Handwritten digits that come with scikit-learn: 1797 real pictures, nothing to download."""

import numpy as np


def load_digits(size: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Load the digits, ink bright on dark.

    size: pixels along a side, 8 (default) as they are, more by bilinear enlarging.
    Returns: pictures (1797, size, size) float32 between -1 and 1, labels (1797,) int64.
    Raises: ValueError for a size below 8.
    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Repository (1998).
    """
    if size < 8:
        raise ValueError(f"load_digits: size is {size}; use 8 or more pixels")
    from sklearn import datasets

    digits = datasets.load_digits()
    X = digits.images.astype(np.float32) / 8 - 1  # 0..16 -> -1..1
    if size > 8:
        X = np.stack([_enlarged(picture, size) for picture in X])
    return X, digits.target.astype(np.int64)


def _enlarged(picture: np.ndarray, size: int) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR))
