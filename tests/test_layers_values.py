"""The fifth law: every layer computes the right thing. A mistake that forward and backward share passes the others."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cs231n_lib import layers
from cs231n_lib.layers.dropout import dropout_mask
from tests.pairs import LAYER_PAIRS

VALUED: set[str] = set()


def values_of(*names: str):
    """Note that a test knows right values of these forwards."""
    VALUED.update(names)
    return lambda test: test


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@values_of("affine_forward")
def test_affine_by_hand():
    w, b = np.array([[1.0, 0], [0, 10], [100, 0], [0, 1000]]), np.array([0.5, 0.25])
    out, _ = layers.affine_forward(np.array([[[1.0, 2], [3, 4]], [[5, 6], [7, 8]]]), w, b)
    assert_array_equal(out, [[301.5, 4020.25], [705.5, 8060.25]])


@values_of("relu_forward")
def test_relu_by_hand_and_its_kink():
    out, cache = layers.relu_forward(np.array([-2.0, 0, 3]))
    assert_array_equal(out, [0, 0, 3])
    assert_array_equal(layers.relu_backward(np.array([5.0, 6, 7]), cache), [0, 0, 7])


@values_of("leaky_relu_forward")
def test_leaky_relu_by_hand_and_its_kink():
    out, cache = layers.leaky_relu_forward(np.array([-2.0, 0, 3]), 0.25)
    assert_array_equal(out, [-0.5, 0, 3])
    assert_array_equal(layers.leaky_relu_backward(np.array([4.0, 8, 7]), cache), [1, 2, 7])
    assert_allclose(layers.leaky_relu_forward(np.array([-3.0]))[0], [-0.03])


@values_of("sigmoid_forward")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_by_hand_and_far_out(dtype):
    x = np.array([-1000, -np.log(3), 0, np.log(3), 1000], dtype)
    assert_allclose(layers.sigmoid(x), [0, 0.25, 0.5, 0.75, 1], rtol=1e-6)
    assert_array_equal(layers.sigmoid_forward(x)[0], layers.sigmoid(x))


@values_of("tanh_forward")
def test_tanh_by_hand():
    assert_allclose(layers.tanh_forward(np.log([0.5, 1, 2]))[0], [-0.6, 0, 0.6], atol=1e-15)


@values_of("svm_loss")
def test_svm_loss_by_hand():
    x = np.array([[3.0, 2.5, 5], [1, 0, -1], [2, 2, 2]])
    loss, dx = layers.svm_loss(x, np.array([0, 0, 2]))
    assert loss == (0.5 + 3 + 0 + 0 + 1 + 1) / 3  # the second image wins by exactly the margin: no loss, no gradient
    assert_array_equal(dx * 3, [[-2, 1, 1], [0, 0, 0], [1, 1, -2]])


@values_of("softmax_loss")
def test_softmax_loss_by_hand():
    loss, dx = layers.softmax_loss(np.log(np.array([[1.0, 2, 5], [4, 4, 2]])), np.array([1, 2]))
    assert_allclose(loss, -(np.log(0.25) + np.log(0.2)) / 2)
    assert_allclose(dx * 2, [[0.125, -0.75, 0.625], [0.4, 0.4, -0.8]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_loss_is_right_on_huge_scores(dtype):
    x = 1000 * np.array([[1, 0, -1], [0, 2, 1]], dtype)
    loss, dx = layers.softmax_loss(x, np.array([2, 1]))
    assert loss == 1000  # the first image loses by 2000, the second by nothing
    assert_array_equal(dx, [[0.5, 0, -0.5], [0, 0, 0]])


def test_equal_scores_cost_what_guessing_costs():
    x, y = np.full((6, 10), 7.0), np.arange(6)
    assert_allclose(layers.softmax_loss(x, y)[0], np.log(10))
    assert_allclose(layers.svm_loss(x, y)[0], 9)


@values_of("dropout_forward")
@pytest.mark.parametrize("p", [0.3, 0.75])
def test_dropout_keeps_a_share_p_and_the_mean(p):
    x = np.random.default_rng(0).uniform(1, 3, size=(200, 300))
    out, _ = layers.dropout_forward(x, {"mode": "train", "p": p, "rng": np.random.default_rng(1)})
    kept = out != 0
    assert_allclose(kept.mean(), p, atol=0.01)
    assert_allclose(out[kept], x[kept] / p)
    assert_allclose(out.mean(), x.mean(), rtol=0.02)


def test_dropout_does_nothing_when_testing_or_keeping_all():
    x = random(4, 5)
    assert_array_equal(layers.dropout_forward(x, {"mode": "test", "p": 0.3})[0], x)
    assert_array_equal(layers.dropout_forward(x, {"mode": "train", "p": 1})[0], x)


def test_dropout_seed_draws_the_course_s_mask_and_spares_the_global_generator():
    param = {"mode": "train", "p": 0.4, "seed": 123}
    np.random.seed(123)
    expected = (np.random.rand(6, 7) < 0.4) / 0.4
    state = np.random.get_state(legacy=False)["state"]["key"].copy()
    for _ in range(2):
        assert_array_equal(layers.dropout_forward(np.ones((6, 7)), param)[0], expected)
    assert_array_equal(np.random.get_state(legacy=False)["state"]["key"], state)


def test_dropout_without_seed_draws_a_new_mask_each_time():
    for source in ({}, {"seed": None}, {"rng": np.random.default_rng(0)}):
        first, second = (dropout_mask((50, 50), np.float64, {"mode": "train", "p": 0.5} | source) for _ in range(2))
        assert (first != second).any()


@values_of("batchnorm_forward")
def test_batchnorm_output_has_mean_beta_and_deviation_gamma():
    x, gamma, beta = 5 * random(50, 4) + 3, np.array([1.0, 2, 3, 4]), np.array([-1.0, 0, 1, 2])
    out, _ = layers.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": 0})
    assert_allclose(out.mean(axis=0), beta, atol=1e-12)
    assert_allclose(out.std(axis=0), gamma)  # the deviation of N numbers, not N - 1


@values_of("layernorm_forward")
def test_layernorm_output_has_mean_0_and_deviation_1_in_every_row():
    x = 5 * random(3, 40) + 3
    out, _ = layers.layernorm_forward(x, np.ones(40), np.zeros(40), {"eps": 0})
    assert_allclose(out.mean(axis=1), 0, atol=1e-12)
    assert_allclose(out.std(axis=1), 1)
    alone, _ = layers.layernorm_forward(x[1:2], np.ones(40), np.zeros(40), {"eps": 0})
    assert_allclose(alone, out[1:2])


def test_layernorm_scales_and_shifts_each_feature():
    x, gamma, beta = random(3, 4), np.array([1.0, 2, 3, 4]), np.array([4.0, 3, 2, 1])
    plain, _ = layers.layernorm_forward(x, np.ones(4), np.zeros(4), {})
    assert_allclose(layers.layernorm_forward(x, gamma, beta, {})[0], plain * gamma + beta)


def normalisers():
    one, zero = np.ones(1), np.zeros(1)
    yield "batchnorm", lambda x, eps: layers.batchnorm_forward(x[:, None], one, zero, {"mode": "train"} | eps)[0]
    yield "layernorm", lambda x, eps: layers.layernorm_forward(x[None], np.ones(len(x)), np.zeros(len(x)), eps)[0]
    yield "groupnorm", lambda x, eps: layers.spatial_groupnorm_forward(x[None, None, None], one, zero, 1, eps)[0]
    yield (
        "spatial_batchnorm",
        lambda x, eps: layers.spatial_batchnorm_forward(x[None, None, None], one, zero, {"mode": "train"} | eps)[0],
    )


@pytest.mark.parametrize(("name", "normalise"), list(normalisers()), ids=lambda value: str(value)[:17])
def test_eps_stands_under_the_root_and_is_1e_5(name, normalise):
    spread = np.array([-0.003, 0.003])  # variance 9e-6, so that eps counts
    assert_allclose(normalise(spread, {}).ravel(), spread / np.sqrt(9e-6 + 1e-5))
    assert_allclose(normalise(spread, {"eps": 7e-6}).ravel(), spread / np.sqrt(16e-6))
    assert_array_equal(normalise(np.array([2.0, 2.0]), {}).ravel(), [0, 0])  # a constant


def test_batchnorm_statistics_move_by_momentum():
    for extra, momentum in (({}, 0.9), ({"momentum": 0.7}, 0.7)):
        bn_param: dict = {"mode": "train", **extra}
        for x in (np.array([[1.0, 10], [3, 30]]), np.array([[5.0, 50], [5, 70]])):
            layers.batchnorm_forward(x, np.ones(2), np.zeros(2), bn_param)
        old, new = momentum * (1 - momentum), 1 - momentum
        assert_allclose(bn_param["running_mean"], [2 * old + 5 * new, 20 * old + 60 * new])
        assert_allclose(bn_param["running_var"], [1 * old + 0 * new, 100 * old + 100 * new])


def test_batchnorm_test_mode_uses_the_running_statistics_and_keeps_them():
    mean, var = np.array([1.0, -2]), np.array([4.0, 9])
    bn_param = {"mode": "test", "eps": 0, "running_mean": mean.copy(), "running_var": var.copy()}
    out, _ = layers.batchnorm_forward(np.array([[5.0, 4]]), np.array([2.0, 3]), np.array([0.5, 0.25]), bn_param)
    assert_allclose(out, [[4.5, 6.25]])
    assert_array_equal(bn_param["running_mean"], mean)
    assert_array_equal(bn_param["running_var"], var)


@pytest.mark.parametrize("mode", ["train", "test"])
def test_batchnorm_statistics_start_at_zero_and_keep_the_dtype_of_x(mode):
    bn_param, ones = {"mode": mode, "momentum": np.float64(0.75)}, np.ones(2, np.float32)
    layers.batchnorm_forward(np.full((2, 2), 8, np.float32), ones, ones, bn_param)
    assert_array_equal(bn_param["running_mean"], [2, 2] if mode == "train" else [0, 0])
    assert_array_equal(bn_param["running_var"], [0, 0])
    for key in ("running_mean", "running_var"):
        assert bn_param[key].dtype == np.float32


def test_both_batchnorm_backwards_are_one():
    x, dout, gamma = random(9, 4), random(9, 4, seed=1), np.array([1.0, 2, 3, 4])
    for mode in ("train", "test"):
        _, cache = layers.batchnorm_forward(x, gamma, gamma, {"mode": mode})
        pairs = zip(layers.batchnorm_backward(dout, cache), layers.batchnorm_backward_alt(dout, cache), strict=True)
        for one, other in pairs:
            assert_allclose(one, other, rtol=1e-10, atol=1e-12)


@values_of("spatial_batchnorm_forward")
@pytest.mark.parametrize("mode", ["train", "test"])
def test_spatial_batchnorm_is_batchnorm_with_pixels_as_rows(mode):
    x, gamma, beta = random(3, 4, 5, 2), np.array([1.0, 2, 3, 4]), np.array([4.0, 3, 2, 1])
    flat_param, param = ({"mode": mode, "running_mean": gamma, "running_var": beta} for _ in range(2))
    flat, _ = layers.batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, 4), gamma, beta, flat_param)
    out, _ = layers.spatial_batchnorm_forward(x, gamma, beta, param)
    assert_allclose(out, flat.reshape(3, 5, 2, 4).transpose(0, 3, 1, 2))
    for key in ("running_mean", "running_var"):
        assert_allclose(param[key], flat_param[key])


@values_of("spatial_groupnorm_forward")
def test_groupnorm_normalises_each_of_g_groups():
    x = random(2, 6, 3, 4)
    one, zero = np.ones((1, 6, 1, 1)), np.zeros((1, 6, 1, 1))
    for G in (1, 2, 3, 6):  # layer norm, pairs of three, triples of two, instance norm
        out, _ = layers.spatial_groupnorm_forward(x, one, zero, G, {"eps": 0})
        groups = out.reshape(2, G, -1)
        assert_allclose(groups.mean(axis=2), 0, atol=1e-12)
        assert_allclose(groups.std(axis=2), 1)


def test_groupnorm_scales_and_shifts_each_channel_given_as_1c11_or_c():
    x, gamma, beta = random(2, 4, 3, 1), np.array([1.0, 2, 3, 4]), np.array([4.0, 3, 2, 1])
    plain, _ = layers.spatial_groupnorm_forward(x, np.ones(4), np.zeros(4), 2, {})
    column = (1, 4, 1, 1)
    for shape in (column, (4,)):
        out, cache = layers.spatial_groupnorm_forward(x, gamma.reshape(shape), beta.reshape(shape), 2, {})
        assert_allclose(out, plain * gamma.reshape(column) + beta.reshape(column))
        assert [gradient.shape for gradient in layers.spatial_groupnorm_backward(x, cache)] == [x.shape, shape, shape]


convs = pytest.mark.parametrize("forward", [layers.conv_forward_naive, layers.conv_forward_fast])
pools = pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (layers.max_pool_forward_naive, layers.max_pool_backward_naive),
        (layers.max_pool_forward_fast, layers.max_pool_backward_fast),
    ],
    ids=["naive", "fast"],
)


@values_of("conv_forward_naive", "conv_forward_fast")
@convs
@pytest.mark.parametrize("C", [2, 9])
def test_conv_with_a_delta_kernel_is_the_identity(forward, C):
    x, w = random(2, C, 4, 5), np.zeros((C, C, 3, 3))
    w[range(C), range(C), 1, 1] = 1
    out, _ = forward(x, w, np.arange(C, dtype=float), {"stride": 1, "pad": 1})
    assert_array_equal(out, x + np.arange(C)[:, None, None])


@convs
def test_conv_does_not_flip_its_kernel(forward):
    x, w = random(1, 1, 4, 5), np.zeros((1, 1, 3, 3))
    w[0, 0, 0, 2] = 1  # looks one row up and one column to the right
    out, _ = forward(x, w, np.zeros(1), {"stride": 1, "pad": 1})
    assert_array_equal(out[0, 0, 1:, :-1], x[0, 0, :-1, 1:])
    assert not out[0, 0, 0].any()
    assert not out[0, 0, :, -1].any()  # there it sees the padding


@convs
def test_conv_by_hand(forward):
    x = np.array([[[[1.0, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], [[1, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4]]]])
    w = np.array([[[[1.0, 10]], [[100, 0]]], [[[0, 1]], [[0, 0]]]])  # two kernels, one pixel high and two wide
    out, _ = forward(x, w, np.array([0.5, 0]), {"stride": 2, "pad": 0})
    assert_array_equal(out, [[[[121.5, 43.5], [409.5, 131.5]], [[2, 4], [10, 12]]]])


@convs
def test_conv_leaves_out_what_lies_behind_the_last_window(forward):
    x, w, b = random(1, 2, 6, 8), random(3, 2, 2, 3), random(3)
    out, _ = forward(x, w, b, {"stride": 3, "pad": 0})
    assert out.shape == (1, 3, 2, 2)
    assert_array_equal(out, forward(x[:, :, :5, :6], w, b, {"stride": 3, "pad": 0})[0])


@values_of("max_pool_forward_naive", "max_pool_forward_fast")
@pools
def test_max_pool_by_hand(forward, backward):
    x = np.array([[[[1.0, 5, 2, 0], [4, 3, 9, 0], [7, 6, 8, 0]]]])
    param = {"pool_height": 2, "pool_width": 3, "stride": 1}
    out, cache = forward(x, param)
    assert_array_equal(out, [[[[9, 9], [9, 9]]]])
    assert_array_equal(backward(np.array([[[[1.0, 2], [3, 4]]]]), cache), [[[[0, 0, 0, 0], [0, 0, 10, 0], [0] * 4]]])


@pools
def test_max_pool_ties_go_to_the_first(forward, backward):
    x = np.array([[[[0.0, 2, 2], [2, 1, 2]], [[-1, -1, -1], [-1, -1, -1]]]])
    _, cache = forward(x, {"pool_height": 2, "pool_width": 3, "stride": 1})
    assert_array_equal(backward(np.array([[[[5.0]], [[7]]]]), cache), [[[[0, 5, 0], [0] * 3], [[7, 0, 0], [0] * 3]]])


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_naive_and_fast_agree(stride):
    x = np.random.default_rng(0).integers(-3, 3, size=(2, 9, 7, 8)).astype(float)  # many ties
    w, b, conv_param = random(4, 9, 2, 3), random(4), {"stride": stride, "pad": 1}
    assert_allclose(
        layers.conv_forward_fast(x, w, b, conv_param)[0], layers.conv_forward_naive(x, w, b, conv_param)[0], rtol=1e-10
    )
    pool_param = {"pool_height": 3, "pool_width": 2, "stride": stride}
    naive, naive_cache = layers.max_pool_forward_naive(x, pool_param)
    fast, fast_cache = layers.max_pool_forward_fast(x, pool_param)
    assert_array_equal(naive, fast)
    dout = random(*naive.shape)
    gradients = layers.max_pool_backward_naive(dout, naive_cache), layers.max_pool_backward_fast(dout, fast_cache)
    assert_allclose(*gradients, rtol=0, atol=1e-15)


BLOCKS = {
    "affine_relu": ["affine"],
    "affine_bn_relu": ["affine", "batchnorm"],
    "affine_ln_relu": ["affine", "layernorm"],
    "conv_relu": ["conv_fast"],
    "conv_bn_relu": ["conv_fast", "spatial_batchnorm"],
    "conv_relu_pool": ["conv_fast"],
}


@values_of(*(f"{name}_forward" for name in BLOCKS))
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_are_their_layers_one_after_another(name):
    conv_param, pool_param = {"stride": 1, "pad": 1}, {"pool_height": 2, "pool_width": 2, "stride": 2}
    bn_param, gamma, beta = {"mode": "train"}, np.array([1.0, 2, 3, 4, 5]), np.array([5.0, 4, 3, 2, 1])
    arguments: list
    if name.startswith("affine"):
        x, w, b = random(6, 3), random(3, 5), random(5)
        arguments, expected = [x, w, b], layers.affine_forward(x, w, b)[0]
    else:
        x, w, b = random(2, 3, 4, 6), random(5, 3, 3, 3), random(5)
        arguments, expected = [x, w, b], layers.conv_forward_fast(x, w, b, conv_param)[0]
    if "bn" in name or "ln" in name:
        normalise = {
            "affine_bn_relu": layers.batchnorm_forward,
            "affine_ln_relu": layers.layernorm_forward,
            "conv_bn_relu": layers.spatial_batchnorm_forward,
        }[name]
        expected = normalise(expected, gamma, beta, dict(bn_param))[0]
        arguments += [gamma, beta]
    expected = np.maximum(expected, 0)
    if name.endswith("pool"):
        expected = layers.max_pool_forward_fast(expected, pool_param)[0]
    settings: dict[str, list[dict]] = {"conv": [conv_param], "bn": [bn_param], "ln": [{}], "pool": [pool_param]}
    arguments += [setting for part in name.split("_") for setting in settings.get(part, [])]
    assert_array_equal(getattr(layers, f"{name}_forward")(*arguments)[0], expected)


def test_every_layer_has_a_value_of_its_own():
    assert {pair.twin_name for pair in LAYER_PAIRS} == VALUED
