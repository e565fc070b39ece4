"""Image features: the course's, bit for bit, and what they are known to miss."""

import matplotlib.colors
import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from cs231n_lib.features import color_histogram_hsv, extract_features, hog_feature, rgb2gray


def hog_with_loops(image):
    """The definition, one orientation after another, on top of SciPy's filter."""
    gray = np.dot(image[..., :3], [0.299, 0.587, 0.144]) if image.ndim == 3 else image
    across, down = np.zeros(gray.shape), np.zeros(gray.shape)
    across[:, :-1], down[:-1] = gray[:, 1:] - gray[:, :-1], gray[1:] - gray[:-1]
    length, angle = np.sqrt(across**2 + down**2), np.arctan2(down, across + 1e-15) * (180 / np.pi) + 90
    bins = []
    for low in range(0, 180, 20):
        chosen = (angle >= low) & (angle < low + 20) & (angle > 0)
        bins.append(uniform_filter(np.where(chosen, length, 0), size=8)[4::8, 4::8].T)
    return np.stack(bins, axis=-1).ravel()


@pytest.mark.parametrize("shape", [(32, 32, 3), (32, 32), (64, 64, 3), (8, 8, 3), (16, 40, 3)])
@pytest.mark.parametrize("whole", [True, False])
def test_hog_is_the_definition_bit_for_bit(shape, whole):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, shape).astype(float) if whole else rng.random(shape) * 255
    copy, feature = image.copy(), hog_feature(image)
    np.testing.assert_array_equal(feature, hog_with_loops(image))
    np.testing.assert_array_equal(image, copy)
    assert feature.shape == (shape[0] // 8 * (shape[1] // 8) * 9,)


def test_hog_loses_edges_that_grow_darker_to_the_right():
    """Angles run from -90 to 270, the bins from 0 to 180: a known fault, which the course's features have."""
    brighter = np.tile(np.arange(32.0), (32, 1))
    assert hog_feature(brighter).sum() > 0
    assert hog_feature(brighter[:, ::-1]).sum() < hog_feature(brighter).sum() / 4


def test_hog_leaves_pixels_out_that_fill_no_cell():
    image = np.random.default_rng(1).random((35, 39))
    assert hog_feature(image).shape == (4 * 4 * 9,)


def test_grey_keeps_the_course_weights():
    np.testing.assert_allclose(rgb2gray(np.eye(3)), [0.299, 0.587, 0.144])


@pytest.mark.parametrize("normalized", [True, False])
def test_hues_are_counted_as_matplotlib_measures_them(normalized):
    rng = np.random.default_rng(2)
    image = rng.integers(0, 256, (32, 31, 3)).astype(float)
    image[0] = image[0, :, :1]  # grey
    image[1, :, 0] = image[1, :, 1]  # two channels share the maximum or the minimum
    edges = np.linspace(0, 255, 8)
    hues = matplotlib.colors.rgb_to_hsv(image / 255)[..., 0] * 255
    expected = np.histogram(hues, bins=edges, density=normalized)[0] * np.diff(edges)
    np.testing.assert_array_equal(color_histogram_hsv(image, nbin=7, normalized=normalized), expected)


def test_pure_colours_fall_into_their_bins():
    for channel, place in ((0, 0), (1, 3), (2, 6)):
        image = np.zeros((4, 4, 3))
        image[..., channel] = 200
        assert color_histogram_hsv(image).tolist() == [float(i == place) for i in range(10)]


def test_features_of_many_images_stand_side_by_side(capsys):
    images = np.random.default_rng(3).random((1001, 8, 8, 3)) * 255
    features = extract_features(images, [hog_feature, color_histogram_hsv], verbose=True)
    assert features.shape == (1001, 9 + 10)
    np.testing.assert_array_equal(features[7], np.r_[hog_feature(images[7]), color_histogram_hsv(images[7])])
    assert capsys.readouterr().out == "Done extracting features for 1000 / 1001 images\n"
    extract_features(images[:3], [np.mean])
    assert capsys.readouterr().out == ""


def test_what_they_refuse():
    with pytest.raises(ValueError, match=r"hog_feature: im has shape \(7, 32, 3\)"):
        hog_feature(np.zeros((7, 32, 3)))
    with pytest.raises(ValueError, match=r"use \(H, W, 3\)"):
        hog_feature(np.zeros((2, 32, 32, 3)))
    with pytest.raises(ValueError, match=r"color_histogram_hsv: im has shape \(32, 32\)"):
        color_histogram_hsv(np.zeros((32, 32)))
