"""Choosing settings, as a textbook writes it."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def standardize(
    X_train: np.ndarray, X_val: np.ndarray, X_test: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the three parts, each feature with mean 0 and standard deviation 1 over the TRAINING rows."""
    mean = X_train.mean(axis=0)
    std = X_train.std(axis=0)
    return (X_train - mean) / std, (X_val - mean) / std, (X_test - mean) / std


def log_uniform(low: float, high: float, u: float) -> float:
    """Return a number between low and high, u in [0, 1] of the way in powers of ten."""
    return 10 ** (np.log10(low) + u * (np.log10(high) - np.log10(low)))


def best_setting(results: Mapping[T, tuple[float, float]]) -> T:
    """Return the key of the largest validation accuracy; results maps a setting to (train, val) accuracy."""
    return max(results, key=lambda setting: results[setting][1])


def hog_cell_histogram(size: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Return how much edge of each direction a cell holds: nine bins of 20 degrees, angles repeating after 180."""
    histogram = np.zeros(9)
    for one_size, one_angle in zip(size.ravel(), angle.ravel(), strict=True):
        histogram[int(one_angle % 180 // 20)] += one_size
    return histogram


def wind_rose(speed: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the sums of speed in eight bins of 45 degrees, the first centred at 0, directions repeating after 360."""
    rose = np.zeros(8)
    for one_speed, one_direction in zip(speed, direction, strict=True):
        rose[int((one_direction + 22.5) % 360 // 45)] += one_speed
    return rose
