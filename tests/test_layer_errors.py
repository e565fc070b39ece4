"""What layers refuse: each message names the operation, what was given and what is allowed."""

import numpy as np
import pytest

from cs231n_lib import layers

X, IMAGES = np.ones((4, 6)), np.ones((2, 3, 5, 7))
SIX, THREE, KERNEL = np.ones(6), np.ones(3), np.ones((4, 3, 3, 2))
TRAIN = {"mode": "train"}
CONV = {"stride": 1, "pad": 0}
POOL = {"pool_height": 2, "pool_width": 2, "stride": 2}


def conv(x=IMAGES, w=KERNEL, b=None, **changes):
    return x, w, np.ones(4) if b is None else b, CONV | changes


# forward, its arguments, what was given, what is allowed
WRONG = {
    "affine rows": ("affine_forward", (X, np.ones((5, 2)), np.ones(2)), "w has shape (5, 2)", "D of (D, M) must be 6"),
    "affine rank": ("affine_forward", (X, SIX, SIX), "w has shape (6,)", "2 axes (D, M)"),
    "affine bias": ("affine_forward", (X, np.ones((6, 2)), THREE), "b has shape (3,)", "M of (M) must be 2"),
    "affine bytes": ("affine_forward", (X.astype(np.uint8), np.ones((6, 2)), np.ones(2)), "uint8", "float32"),
    "leaky slope": ("leaky_relu_forward", (X, 1.5), "alpha is 1.5", "[0, 1]"),
    "svm label": ("svm_loss", (X, np.array([0, 1, 6, 2])), "labels 0 .. 6", "0 .. 5"),
    "svm negative": ("svm_loss", (X, np.array([0, 1, -1, 2])), "labels -1 .. 2", "0 .. 5"),
    "svm bytes": ("svm_loss", (X.astype(np.uint8), np.zeros(4, int)), "x holds uint8", "float32"),
    "softmax label": ("softmax_loss", (X, np.array([0, 1, 6, 2])), "labels 0 .. 6", "0 .. 5"),
    "softmax float label": ("softmax_loss", (X, np.zeros(4)), "y holds float64", "integer labels"),
    "softmax count": ("softmax_loss", (X, np.zeros(3, int)), "y has shape (3,)", "N of (N) must be 4"),
    "softmax rank": ("softmax_loss", (IMAGES, np.zeros(2, int)), "x has shape (2, 3, 5, 7)", "2 axes (N, C)"),
    "temporal bytes": (
        "temporal_softmax_loss",
        (np.ones((2, 3, 4), int), np.zeros((2, 3), int), np.ones((2, 3))),
        "x holds int64",
        "float32",
    ),
    "positional bytes": ("positional_encoding_forward", (np.ones((2, 3, 4), int),), "x holds int64", "float32"),
    "dropout mode": ("dropout_forward", (X, {"mode": "eval", "p": 0.5}), "is 'eval'", '"train" or "test"'),
    "dropout no mode": ("dropout_forward", (X, {"p": 0.5}), 'no "mode"', "['p']"),
    "dropout no p": ("dropout_forward", (X, TRAIN), 'no "p"', "['mode']"),
    "dropout p 0": ("dropout_forward", (X, TRAIN | {"p": 0}), '["p"] is 0', "(0, 1]"),
    "dropout p 1.1": ("dropout_forward", (X, TRAIN | {"p": 1.1}), '["p"] is 1.1', "(0, 1]"),
    "dropout bytes": ("dropout_forward", (X.astype(int), TRAIN | {"p": 0.5}), "x holds int64", "float32"),
    "bn mode": ("batchnorm_forward", (X, SIX, SIX, {"mode": "eval"}), "is 'eval'", '"train" or "test"'),
    "bn no mode": ("batchnorm_forward", (X, SIX, SIX, {}), 'no "mode"', "no settings"),
    "bn gamma": ("batchnorm_forward", (X, np.ones(4), SIX, TRAIN), "gamma has shape (4,)", "D of (D) must be 6"),
    "bn beta": ("batchnorm_forward", (X, SIX, np.ones(4), TRAIN), "beta has shape (4,)", "D of (D) must be 6"),
    "bn images": ("batchnorm_forward", (IMAGES, SIX, SIX, TRAIN), "x has shape (2, 3, 5, 7)", "2 axes (N, D)"),
    "bn bytes": ("batchnorm_forward", (X.astype(np.uint8), SIX, SIX, TRAIN), "x holds uint8", "float32"),
    "ln gamma": ("layernorm_forward", (X, np.ones(4), SIX, {}), "gamma has shape (4,)", "D of (D) must be 6"),
    "ln bytes": ("layernorm_forward", (X.astype(np.uint8), SIX, SIX, {}), "x holds uint8", "float32"),
    "sbn rank": ("spatial_batchnorm_forward", (X, THREE, THREE, TRAIN), "x has shape (4, 6)", "4 axes (N, C, H, W)"),
    "sbn gamma": ("spatial_batchnorm_forward", (IMAGES, SIX, THREE, TRAIN), "gamma has shape (6,)", "must be 3"),
    "sbn bytes": ("spatial_batchnorm_forward", (IMAGES.astype(int), THREE, THREE, TRAIN), "int64", "float32"),
    "sbn mode": ("spatial_batchnorm_forward", (IMAGES, THREE, THREE, {"mode": ""}), "is ''", '"train" or "test"'),
    "gn groups": ("spatial_groupnorm_forward", (IMAGES, THREE, THREE, 2, {}), "G is 2", "divides 3"),
    "gn no group": ("spatial_groupnorm_forward", (IMAGES, THREE, THREE, 0, {}), "G is 0", "divides 3"),
    "gn gamma": ("spatial_groupnorm_forward", (IMAGES, SIX, THREE, 1, {}), "gamma has shape (6,)", "must be 3"),
    "gn bytes": ("spatial_groupnorm_forward", (IMAGES.astype(int), THREE, THREE, 1, {}), "int64", "float32"),
}
for kind in ("naive", "fast"):
    conv_forward, pool_forward = f"conv_forward_{kind}", f"max_pool_forward_{kind}"
    WRONG |= {
        f"conv {kind} channels": (conv_forward, conv(w=np.ones((4, 2, 3, 2))), "w has shape (4, 2, 3, 2)", "be 3"),
        f"conv {kind} rank": (conv_forward, conv(x=X), "x has shape (4, 6)", "4 axes (N, C, H, W)"),
        f"conv {kind} bias": (conv_forward, conv(b=THREE), "b has shape (3,)", "F of (F) must be 4"),
        f"conv {kind} bytes": (conv_forward, conv(x=IMAGES.astype(np.uint8)), "x holds uint8", "float32"),
        f"conv {kind} integers": (conv_forward, conv(w=KERNEL.astype(int)), "w holds int64", "float32"),
        f"conv {kind} no pad": (conv_forward, (IMAGES, KERNEL, np.ones(4), {"stride": 1}), 'no "pad"', "['stride']"),
        f"conv {kind} stride": (conv_forward, conv(stride=0), "stride 0", "start at 1"),
        f"conv {kind} pad": (conv_forward, conv(pad=-1), "pad -1", "pad at 0"),
        f"conv {kind} high": (conv_forward, conv(w=np.ones((4, 3, 6, 2))), "window of 6", "hold 5"),
        f"conv {kind} wide": (conv_forward, conv(w=np.ones((4, 3, 2, 10)), pad=1), "window of 10", "hold 9"),
        f"pool {kind} rank": (pool_forward, (X, POOL), "x has shape (4, 6)", "4 axes (N, C, H, W)"),
        f"pool {kind} missing": (pool_forward, (IMAGES, {"stride": 2}), 'no "pool_height"', "['stride']"),
        f"pool {kind} size": (pool_forward, (IMAGES, POOL | {"pool_width": 0}), "window 0", "start at 1"),
        f"pool {kind} high": (pool_forward, (IMAGES, POOL | {"pool_height": 6}), "window of 6", "hold 5"),
        f"pool {kind} wide": (pool_forward, (IMAGES, POOL | {"pool_width": 8}), "window of 8", "hold 7"),
    }


@pytest.mark.parametrize(
    ("forward", "arguments", "given", "allowed"), WRONG.values(), ids=[f"{WRONG[name][0]} {name}" for name in WRONG]
)
def test_refuses(forward, arguments, given, allowed):
    with pytest.raises(ValueError) as caught:
        getattr(layers, forward)(*arguments)
    message = str(caught.value)
    for part in (f"{forward}: ", given, allowed):
        assert part in message, f"{part!r} is not in {message!r}"


@pytest.mark.parametrize("forward", [layers.conv_forward_naive, layers.conv_forward_fast])
def test_the_largest_window_fits_once(forward):
    assert forward(*conv(w=np.ones((4, 3, 5, 9)), pad=0, x=np.ones((2, 3, 5, 9))))[0].shape == (2, 4, 1, 1)
    assert forward(*conv(w=np.ones((4, 3, 7, 9)), pad=1))[0].shape == (2, 4, 1, 1)


def test_labels_at_both_ends_are_allowed():
    for loss in (layers.svm_loss, layers.softmax_loss):
        assert np.isfinite(loss(X, np.array([0, 5, 0, 5], np.uint8))[0])


def test_the_smallest_windows_are_allowed():
    assert layers.conv_forward_naive(*conv(w=np.ones((4, 3, 1, 1))))[0].shape == (2, 4, 5, 7)
    ones = {"pool_height": 1, "pool_width": 1, "stride": 1}
    np.testing.assert_array_equal(layers.max_pool_forward_naive(IMAGES, ones)[0], IMAGES)
