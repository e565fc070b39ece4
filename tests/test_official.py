"""`import cs231n...` meets this library: every name of the official assignments, with their conventions and numbers."""

import importlib
import io
import os
import pickle
import random
import re
import subprocess
import sys
import types
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib import layers, nets
from cs231n_lib.data import cifar10, pickles, write_cifar_batches
from cs231n_lib.layers import affine_forward
from cs231n_lib.official import install, uninstall

PAIRS = "affine relu batchnorm layernorm dropout spatial_batchnorm spatial_groupnorm"
LAYERS = {f"{name}_{way}" for name in PAIRS.split() for way in ("forward", "backward")} | {
    "batchnorm_backward_alt",
    "conv_backward_naive",
    "conv_forward_naive",
    "max_pool_backward_naive",
    "max_pool_forward_naive",
    "softmax_loss",
    "svm_loss",
}
BLOCKS = {
    f"{name}_{way}"
    for name in ["affine_relu", "affine_bn_relu", "affine_ln_relu", "conv_relu", "conv_bn_relu", "conv_relu_pool"]
    for way in ("forward", "backward")
}
SEQUENCE = "affine_forward rnn_step_forward rnn_forward word_embedding_forward lstm_step_forward lstm_forward"
SEQUENCE += " temporal_affine_forward temporal_softmax_loss"
SEQUENCE_BACK = "affine_backward rnn_step_backward rnn_backward word_embedding_backward sigmoid lstm_step_backward"
SEQUENCE_BACK += " lstm_backward temporal_affine_backward"
FAST = {
    f"{kind}_{way}_{how}"
    for kind, hows in {"conv": "fast im2col strides pytorch", "max_pool": "fast im2col reshape"}.items()
    for how in hows.split()
    for way in ("forward", "backward")
}
GAN = """sample_noise Flatten Unflatten initialize_weights discriminator generator bce_loss discriminator_loss
    generator_loss get_optimizer ls_discriminator_loss ls_generator_loss build_dc_classifier build_dc_generator
    run_a_gan ChunkSampler preprocess_img deprocess_img rel_error count_params NOISE_DIM dtype"""
# What the official assignments' modules hold, by the names the notebooks import or take by a star.
NAMES: dict[str, str | set[str]] = {
    "data_utils": """load_pickle load_CIFAR_batch load_CIFAR10 get_CIFAR10_data load_tiny_imagenet load_models
        load_imagenet_val""",
    "gradient_check": """eval_numerical_gradient eval_numerical_gradient_array eval_numerical_gradient_blobs
        eval_numerical_gradient_net grad_check_sparse""",
    "classifiers": "KNearestNeighbor LinearClassifier LinearSVM Softmax",
    "classifiers.k_nearest_neighbor": "KNearestNeighbor",
    "classifiers.linear_svm": "svm_loss_naive svm_loss_vectorized",
    "classifiers.softmax": "softmax_loss_naive softmax_loss_vectorized",
    "classifiers.linear_classifier": "LinearClassifier LinearSVM Softmax",
    "classifiers.neural_net": "TwoLayerNet",
    "layers": LAYERS,
    "layer_utils": BLOCKS,
    "fast_layers": FAST,
    "im2col": "get_im2col_indices im2col_indices col2im_indices",
    "optim": "sgd sgd_momentum rmsprop adam",
    "classifiers.fc_net": LAYERS - {name for name in LAYERS if "conv" in name} | {"TwoLayerNet", "FullyConnectedNet"},
    "classifiers.cnn": "ThreeLayerConvNet",
    "solver": "Solver",
    "vis_utils": "visualize_grid vis_grid vis_nn",
    "features": """extract_features rgb2gray hog_feature color_histogram_hsv color_histogram color_histogram_spatial
        color_histogram_cross""",
    "rnn_layers": f"{SEQUENCE} {SEQUENCE_BACK}",
    "classifiers.rnn": "CaptioningRNN",
    "captioning_solver": "CaptioningSolver",
    "coco_utils": "load_coco_data sample_coco_minibatch decode_captions",
    "image_utils": """image_from_url blur_image SQUEEZENET_MEAN SQUEEZENET_STD preprocess_image deprocess_image
        load_image""",
    "rnn_layers_pytorch": SEQUENCE,
    "classifiers.rnn_pytorch": "CaptioningRNN",
    "captioning_solver_pytorch": "CaptioningSolverPytorch",
    "transformer_layers": "MultiHeadAttention PositionalEncoding torch",
    "classifiers.transformer": "CaptioningTransformer TransformerDecoderLayer TransformerDecoder clones",
    "captioning_solver_transformer": "CaptioningSolverTransformer",
    "gan_pytorch": GAN,
    "net_visualization_pytorch": """preprocess deprocess rescale blur_image jitter compute_saliency_maps
        make_fooling_image class_visualization_update_step""",
    "style_transfer_pytorch": """content_loss gram_matrix style_loss tv_loss preprocess deprocess extract_features
        features_from_img rescale rel_error dtype""",
    "simclr.contrastive_loss": """sim simclr_loss_naive simclr_loss_vectorized sim_positive_pairs compute_sim_matrix
        rel_error""",
    "simclr.data_utils": "compute_train_transform compute_test_transform CIFAR10Pair",
    "simclr.model": "Model",
    "simclr.utils": "train train_val test",
}


@pytest.fixture(autouse=True)
def installed():
    install()
    yield
    uninstall()


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    """Run in an empty folder, with no data named anywhere else."""
    monkeypatch.chdir(tmp_path)
    for name in ("CS231N_CIFAR10_DIR", "CS231N_DATASETS_DIR", "CS231N_COCO_DIR", "CS231N_NETWORK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CS231N_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cifar") / "cifar-10-batches-py"
    write_cifar_batches(folder, 100)
    return folder


def module(name):
    return importlib.import_module(f"cs231n.{name}")


def spread(low, high, *shape):
    return np.linspace(low, high, num=int(np.prod(shape))).reshape(shape)


# imports -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_star_brings_every_official_name(name):
    found: dict[str, object] = {}
    exec(f"from cs231n.{name} import *", found)
    names = NAMES[name]
    missing = (set(names.split()) if isinstance(names, str) else names) - found.keys()
    assert not missing


def test_one_module_has_both_names_and_outlives_a_reload():
    own = importlib.import_module("cs231n_lib.official.cs231n.layers")
    assert module("layers") is own
    assert own.__spec__.name == own.__name__ == "cs231n_lib.official.cs231n.layers"
    assert importlib.reload(own) is own is module("layers")


def test_a_module_nobody_has_is_named():
    with pytest.raises(ModuleNotFoundError, match=r"cs231n_lib\.official has no cs231n\.classifiers\.squeezenet"):
        module("classifiers.squeezenet")


def test_a_folder_named_cs231n_is_met_only_without_us(tmp_path, monkeypatch):
    (tmp_path / "cs231n").mkdir()
    (tmp_path / "cs231n" / "layers.py").write_text("affine_forward = 'of the folder'")
    monkeypatch.syspath_prepend(tmp_path)
    assert module("layers").affine_forward is affine_forward
    uninstall()
    assert module("layers").affine_forward == "of the folder"
    install()
    assert module("layers").affine_forward is affine_forward


def test_old_names_are_answered(tmp_path):
    from PIL import Image

    Image.fromarray(np.full((8, 6, 3), 7, np.uint8)).save(tmp_path / "a.png")
    space: dict[str, object] = {}
    exec(
        "from past.builtins import xrange\nfrom imageio import imread\nfrom scipy.misc import imresize\n"
        "picture = imresize(imread('a.png'), (4, 3))\nsizes = list(xrange(2)), picture.shape, int(picture.max())",
        space,
    )
    assert space["sizes"] == ([0, 1], (4, 3, 3), 7)


# assignment 1 ------------------------------------------------------------------------------------------------------

TOY_SCORES = [
    [-0.81233741, -1.27654624, -0.70335995],
    [-0.17129677, -1.18803311, -0.47310444],
    [-0.51590475, -1.01354314, -0.8504215],
    [-0.15419291, -0.48629638, -0.52901952],
    [-0.00618733, -0.12435261, -0.15226949],
]


def test_neural_net_gives_the_printed_scores_and_loss():
    np.random.seed(0)
    net = module("classifiers.neural_net").TwoLayerNet(4, 10, 3, std=1e-1)
    np.random.seed(1)
    X, y = 10 * np.random.randn(5, 4), np.array([0, 1, 2, 2, 1])
    assert np.abs(net.loss(X) - TOY_SCORES).sum() < 1e-7
    loss, grads = net.loss(X, y, reg=0.05)
    assert loss == pytest.approx(1.30378789133, abs=1e-11)
    check = module("gradient_check").eval_numerical_gradient
    for name, grad in grads.items():
        numeric = check(lambda _: net.loss(X, y, reg=0.05)[0], net.params[name], verbose=False)
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-9)
    history = net.train(X, y, X, y, learning_rate=1e-1, reg=5e-6, num_iters=100)  # 200 of 5 rows a batch
    assert history["loss_history"][-1] < 0.02
    assert len(history["loss_history"]) == len(history["train_acc_history"]) == 100


def test_linear_classifier_draws_as_the_official_one(capsys):
    X, y = np.random.RandomState(0).randn(30, 5), np.arange(30) % 3
    np.random.seed(2)
    W = 0.001 * np.random.randn(5, 3)
    for _ in range(2):
        batch = np.random.choice(30, 7)
        W -= 0.1 * nets.softmax_loss_vectorized(W, X[batch], y[batch], 0.5)[1]
    np.random.seed(2)
    model = module("classifiers").Softmax()
    losses = model.train(X, y, learning_rate=0.1, reg=0.5, num_iters=2, batch_size=7, verbose=True)
    np.testing.assert_allclose(model.W, W, rtol=1e-12)
    assert len(losses) == 2
    assert re.fullmatch(r"iteration 0 / 2: loss \d\.\d{6}\n", capsys.readouterr().out)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_rate_far_too_high_is_no_error():
    """The SVM notebook tries one; what has become nan is simply a bad model."""
    X, y = 100 * np.random.RandomState(0).randn(30, 5), np.arange(30) % 3
    model = module("classifiers").LinearSVM()
    losses = model.train(X, y, learning_rate=1e200, reg=1e200, num_iters=10)
    assert not np.isfinite(losses[-1])
    assert model.predict(X).shape == (30,)


def test_linear_penalties_have_no_half():
    W, X, y = np.ones((4, 3)), np.zeros((2, 4)), np.array([0, 1])
    assert module("classifiers.linear_svm").svm_loss_naive(W, X, y, 10.0)[0] == pytest.approx(2 + 10 * 12)
    assert module("classifiers.softmax").softmax_loss_vectorized(W, X, y, 10.0)[0] == pytest.approx(np.log(3) + 120)


def test_nearest_neighbours_keep_the_official_conventions():
    model = module("classifiers.k_nearest_neighbor").KNearestNeighbor()
    model.train(np.array([[0.0], [3.0], [4.0]]), np.array([2, 1, 0]))
    assert model.X_train.shape == (3, 1)
    np.testing.assert_allclose(model.compute_distances_two_loops(np.array([[1.0]])), [[1, 2, 3]])  # with the root
    assert model.predict(np.array([[1.0]]), k=3) == [0]  # three votes, one each: the smallest label
    with pytest.raises(ValueError, match="num_loops"):
        model.predict(np.array([[1.0]]), num_loops=3)


def test_sparse_gradient_check_uses_pythons_random_and_leaves_x(capsys):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    random.seed(0)
    rows = [2 * random.randrange(2) + random.randrange(2) for _ in range(2)]
    random.seed(0)
    before = np.random.get_state(legacy=False)["state"]["key"].copy()
    module("gradient_check").grad_check_sparse(lambda x: (x**2).sum(), x, 2 * x, num_checks=2)
    printed = capsys.readouterr().out
    for row, line in zip(rows, printed.splitlines(), strict=True):
        slope = 2 * (row + 1)
        assert line.startswith(f"numerical: {slope:f} analytic: {slope:f}, relative error: ")
    np.testing.assert_array_equal(x, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(np.random.get_state(legacy=False)["state"]["key"], before)


def test_numeric_gradient_of_an_affine_layer_has_the_printed_error():
    check, ours = module("gradient_check"), module("layers")
    np.random.seed(231)
    x, w, b, dout = np.random.randn(10, 2, 3), np.random.randn(6, 5), np.random.randn(5), np.random.randn(10, 5)
    dx = ours.affine_backward(dout, ours.affine_forward(x, w, b)[1])[0]
    numeric = check.eval_numerical_gradient_array(lambda x: ours.affine_forward(x, w, b)[0], x, dout)
    error = np.max(np.abs(dx - numeric) / np.maximum(1e-8, np.abs(dx) + np.abs(numeric)))
    assert error < 2e-10  # the notebook: 5.4e-11


def test_gradients_of_blobs():
    check = module("gradient_check")
    x, out = (
        types.SimpleNamespace(vals=np.array([1.0, 2.0])),
        types.SimpleNamespace(vals=None, diffs=np.array([1.0, 10.0])),
    )

    def square(x, out):
        out.vals = x.vals**2

    np.testing.assert_allclose(check.eval_numerical_gradient_blobs(square, [x], out)[0], [2, 40], rtol=1e-8)
    net = types.SimpleNamespace(forward=lambda: square(x, out))
    np.testing.assert_allclose(check.eval_numerical_gradient_net(net, [x], out)[0], [2, 40], rtol=1e-8)


def test_numeric_gradient_takes_a_torch_loss():
    import torch

    gradient = module("gradient_check").eval_numerical_gradient(
        lambda x: torch.from_numpy(x).square().sum(), np.array([1.0, 3.0]), verbose=False
    )
    np.testing.assert_allclose(gradient, [2, 6], rtol=1e-8)


def test_features_count_colours():
    features = module("features")
    picture = np.zeros((8, 8, 3))
    picture[:, :4, 0] = 255  # half red, half black
    plain = features.color_histogram(picture, nbin=2)
    np.testing.assert_allclose(plain, [0.5, 0.5, 1, 0, 1, 0])
    quarters = features.color_histogram_spatial(picture, nbin=2).reshape(4, 6)
    np.testing.assert_allclose(quarters[:, :2], [[0, 1], [1, 0], [0, 1], [1, 0]])
    together = features.color_histogram_cross(picture, nbin=2).reshape(2, 2, 2)
    assert together[0, 0, 0] == together[1, 0, 0] == 0.5
    assert features.extract_features(picture[None], [features.hog_feature, features.color_histogram_hsv]).shape == (
        1,
        19,
    )


def test_pictures_are_laid_out_in_a_square():
    vis = module("vis_utils")
    Xs = np.random.RandomState(0).rand(3, 4, 5, 3)
    grid = vis.visualize_grid(Xs, ubound=100.0)
    assert grid.shape == (2 * 5 - 1, 2 * 6 - 1, 3)
    stretched = 100 * (Xs[1] - Xs[1].min()) / (Xs[1].max() - Xs[1].min())
    np.testing.assert_allclose(grid[:4, 6:11], stretched)
    assert not grid[4].any() and not grid[5:, 6:].any()
    assert vis.vis_grid(Xs).shape == (10, 12, 3)
    rows = vis.vis_nn([[Xs[0], Xs[1]], [Xs[2], Xs[0]]])
    assert rows.shape == (10, 12, 3) and rows.min() == 0 and rows.max() == 1
    np.testing.assert_allclose(rows[:4, :5], rows[5:9, 6:11])


# layers and nets ---------------------------------------------------------------------------------------------------


def test_layers_are_the_librarys():
    ours = module("layers")
    assert all(getattr(ours, name) is getattr(layers, name) for name in LAYERS - {"dropout_forward"})


def test_convolution_gives_the_printed_numbers_with_a_bias_of_integers():
    x, w = spread(-0.1, 0.5, 2, 3, 4, 4), spread(-0.2, 0.3, 3, 3, 4, 4)
    expected = [
        [[[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]],
         [[0.21027089, 0.21661097], [0.22847626, 0.23004637]],
         [[0.50813986, 0.54309974], [0.64082444, 0.67101435]]],
        [[[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]],
         [[0.69108355, 0.66880383], [0.59480972, 0.56776003]],
         [[2.36270298, 2.36904306], [2.38090835, 2.38247847]]],
    ]  # fmt: skip
    param = {"stride": 2, "pad": 1}
    for name, fast in (("layers", "naive"), ("fast_layers", "fast"), ("fast_layers", "strides")):
        out = getattr(module(name), f"conv_forward_{fast}")(x, w, spread(-0.1, 0.2, 3), param)[0]
        np.testing.assert_allclose(out, expected, atol=1e-8)
    whole = module("layers").conv_forward_naive(x, w, np.array([0, 1, 128]), param)[0]
    plain = module("layers").conv_forward_naive(x, w, np.zeros(3), param)[0]
    np.testing.assert_allclose(whole - plain, np.broadcast_to([[[[0]], [[1]], [[128]]]], whole.shape))


def test_norms_take_integers_and_the_official_shapes():
    rng = np.random.RandomState(0)
    x = 4 * rng.randn(2, 6, 4, 5) + 10
    normed, cache = module("layers").spatial_groupnorm_forward(x, np.ones((1, 6, 1, 1)), np.zeros((1, 6, 1, 1)), 2, {})
    assert [grad.shape for grad in module("layers").spatial_groupnorm_backward(normed, cache)[1:]] == [(1, 6, 1, 1)] * 2
    gamma, beta = np.arange(3, 9), np.arange(6, 12)
    out, _ = module("layers").spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
    np.testing.assert_allclose(out.mean(axis=(0, 2, 3)), beta)
    np.testing.assert_allclose(out.std(axis=(0, 2, 3)), gamma, rtol=1e-5)


def test_a_seed_of_dropout_sets_the_global_generator_at_each_call():
    x = np.ones((3, 4))
    param = {"mode": "train", "p": 0.6, "seed": 123}
    np.random.seed(123)
    mask = (np.random.rand(3, 4) < 0.6) / 0.6
    after = np.random.rand()
    for _ in range(2):
        np.testing.assert_array_equal(module("layers").dropout_forward(x, param)[0], mask)
        assert np.random.rand() == after
    assert param == {"mode": "train", "p": 0.6, "seed": 123}
    assert module("layers").dropout_forward(x, {**param, "mode": "test"})[0] is x


def test_im2col_makes_a_convolution_one_product():
    im2col = module("im2col")
    rng = np.random.RandomState(0)
    x, w = rng.randn(2, 3, 6, 5), rng.randn(4, 3, 3, 2)
    cols = im2col.im2col_indices(x, 3, 2, padding=1, stride=2)
    out = layers.conv_forward_naive(x, w, np.zeros(4), {"stride": 2, "pad": 1})[0]
    found = (w.reshape(4, -1) @ cols).reshape(4, *out.shape[2:], 2).transpose(3, 0, 1, 2)
    np.testing.assert_allclose(found, out)
    dcols = rng.randn(*cols.shape)
    back = im2col.col2im_indices(dcols, x.shape, 3, 2, padding=1, stride=2)
    assert np.sum(back * x) == pytest.approx(np.sum(dcols * cols))  # one is the transpose of the other


def test_fc_net_gives_the_printed_losses():
    net = module("classifiers.fc_net").TwoLayerNet(input_dim=5, hidden_dim=50, num_classes=7, weight_scale=1e-3)
    assert abs(net.params["W1"].std() - 1e-3) < 1e-4
    shapes = {"W1": (5, 50), "b1": (50,), "W2": (50, 7), "b2": (7,)}
    ends = {"W1": (-0.7, 0.3), "b1": (-0.1, 0.9), "W2": (-0.3, 0.4), "b2": (-0.9, 0.1)}
    net.params = {name: spread(*ends[name], *shape) for name, shape in shapes.items()}
    X, y = spread(-5.5, 4.5, 5, 3).T, np.array([0, 5, 1])
    assert net.loss(X, y)[0] == pytest.approx(3.4702243556, abs=1e-10)
    net.reg = 1.0
    assert net.loss(X, y)[0] == pytest.approx(26.5948426952, abs=1e-10)


@pytest.mark.parametrize(
    ("name", "settings", "order"),
    [
        ("classifiers.fc_net TwoLayerNet", {"input_dim": 6, "hidden_dim": 5}, ["W1", "W2"]),
        ("classifiers.fc_net FullyConnectedNet", {"hidden_dims": [5, 4], "input_dim": 6}, ["W1", "W2", "W3"]),
        ("classifiers.cnn ThreeLayerConvNet", {"input_dim": (1, 4, 4), "num_filters": 2}, ["W1", "W2", "W3"]),
    ],
)  # fmt: skip
def test_first_weights_come_from_numpys_generator_in_order(name, settings, order):
    place, kind = name.split()
    np.random.seed(3)
    net = getattr(module(place), kind)(**settings, weight_scale=0.1)
    np.random.seed(3)
    for weight in order:
        w = net.params[weight]
        np.testing.assert_array_equal(w, (0.1 * np.random.randn(*w.shape)).astype(w.dtype))


def test_both_spellings_mean_the_probability_to_keep():
    FullyConnectedNet = module("classifiers.fc_net").FullyConnectedNet
    for spelling in ("dropout", "dropout_keep_ratio"):
        net = FullyConnectedNet([4], input_dim=3, normalization="batchnorm", seed=1, **{spelling: 0.25})
        assert net.use_dropout and net.dropout_param["p"] == 0.25
        assert len(net.bn_params) == 1 and net.num_layers == 2
    assert not FullyConnectedNet([4], input_dim=3).use_dropout
    net = FullyConnectedNet([50], input_dim=3, dropout=0.5)
    X, y = np.ones((2, 3)), np.array([0, 1])
    np.random.seed(5)
    first = net.loss(X, y)[0]
    assert net.loss(X, y)[0] != first  # another mask
    np.random.seed(5)
    assert net.loss(X, y)[0] == first


# the Solver --------------------------------------------------------------------------------------------------------


class Recorder:
    """A model that remembers the rows it was asked for; `losses` are what it answers."""

    def __init__(self, losses=(1.0,) * 1000):
        self.params = {"W": np.zeros((1, 2))}
        self.losses, self.seen = iter(losses), []

    def loss(self, X, y=None):
        if y is None:
            return X @ self.params["W"]
        self.seen.append(X[:, 0])
        return next(self.losses), {"W": np.ones((1, 2))}


def solver_data(N=10):
    X, y = np.arange(N, dtype=float)[:, None], np.zeros(N, int)
    return {"X_train": X, "y_train": y, "X_val": X, "y_val": y, "more": None}


def test_solver_draws_and_speaks_as_the_official_one(capsys, tmp_path):
    model = Recorder()
    np.random.seed(4)
    solver = module("solver").Solver(
        model, solver_data(), batch_size=4, num_epochs=2, print_every=3, num_train_samples=5, checkpoint_name="net"
    )
    solver.train()
    np.random.seed(4)
    np.testing.assert_array_equal(model.seen[0], np.random.choice(10, 4))
    np.random.choice(10, 5)  # the rows on which accuracy is measured after the first step
    np.testing.assert_array_equal(model.seen[1], np.random.choice(10, 4))
    assert capsys.readouterr().out.splitlines() == [
        "(Iteration 1 / 4) loss: 1.000000",
        "(Epoch 0 / 2) train acc: 1.000000; val_acc: 1.000000",
        "(Epoch 1 / 2) train acc: 1.000000; val_acc: 1.000000",
        'Saving checkpoint to "net_epoch_1.pkl"',
        "(Iteration 4 / 4) loss: 1.000000",
        "(Epoch 2 / 2) train acc: 1.000000; val_acc: 1.000000",
        'Saving checkpoint to "net_epoch_2.pkl"',
    ]
    assert len(solver.loss_history) == 4
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 3
    with open(tmp_path / "net_epoch_2.pkl", "rb") as file:
        kept = pickle.load(file)
    assert kept["epoch"] == 2 and kept["loss_history"] == [1.0] * 4
    assert "best_params" not in kept["model"].__dict__ and kept["optim_config"] == {}


def test_solver_goes_on_when_a_loss_is_nan():
    solver = module("solver").Solver(Recorder([1.0, np.nan, np.inf, 2.0]), solver_data(), batch_size=5, num_epochs=2)
    solver.verbose = False
    solver.train()
    np.testing.assert_array_equal(solver.loss_history, [1, np.nan, np.inf, 2])


@pytest.mark.parametrize("wrong", [{"rng": 0}, {"bar": True}, {"learning_rate": 1}, {"update_rule": "newton"}])
def test_solver_refuses_what_the_official_one_does(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}|newton"):
        module("solver").Solver(Recorder(), solver_data(), **wrong)


# data --------------------------------------------------------------------------------------------------------------


def test_cifar_is_found_as_written_or_named_or_below_the_data_sets(batches, tmp_path, monkeypatch):
    utils = module("data_utils")
    relative = "cs231n/datasets/cifar-10-batches-py"
    with pytest.raises(ValueError, match=r"no CIFAR-10 in cs231n.datasets.cifar-10-batches-py nor .*get_cifar10"):
        utils.load_CIFAR10(relative)
    monkeypatch.setenv("CS231N_DATASETS_DIR", str(batches.parent))
    X, y, X_test, _ = utils.load_CIFAR10(relative)
    assert X.shape == (500, 32, 32, 3) and X_test.shape == (100, 32, 32, 3)
    assert X.dtype == X_test.dtype == np.float64 and y.shape == (500,) and y.dtype.kind == "i"
    images, labels = cifar10.read_batch(batches / "data_batch_2")
    np.testing.assert_array_equal(X[100:200], images)
    np.testing.assert_array_equal(y[100:200], labels)
    np.testing.assert_array_equal(X_test, utils.load_CIFAR_batch(batches / "test_batch")[0])
    monkeypatch.delenv("CS231N_DATASETS_DIR")
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(batches))
    np.testing.assert_array_equal(utils.load_CIFAR10(relative)[0], X)
    monkeypatch.delenv("CS231N_CIFAR10_DIR")
    np.testing.assert_array_equal(utils.load_CIFAR10(str(batches))[0], X)


def test_data_for_the_solver_are_the_official_rows_without_their_mean(batches, monkeypatch):
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(batches))
    get = module("data_utils").get_CIFAR10_data
    data, raw = get(300, 50, 40), get(300, 50, 40, subtract_mean=False)
    X, y = module("data_utils").load_CIFAR10("nowhere")[:2]
    np.testing.assert_array_equal(raw["X_val"], X[300:350].transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(data["y_val"], y[300:350])
    assert {name: x.shape[0] for name, x in data.items()} == {
        "X_train": 300, "y_train": 300, "X_val": 50, "y_val": 50, "X_test": 40, "y_test": 40
    }  # fmt: skip
    mean = raw["X_train"].mean(axis=0)
    for split in ("X_train", "X_val", "X_test"):
        np.testing.assert_allclose(data[split], raw[split] - mean, atol=1e-9)
        assert data[split].flags["C_CONTIGUOUS"]


class Evil:
    def __reduce__(self):
        return (Path.touch, (Path("touched"),))


def test_pickles_are_read_as_text_and_run_nothing(batches, tmp_path):
    utils = module("data_utils")
    with open(batches / "data_batch_1", "rb") as file:
        batch = utils.load_pickle(file)
    assert batch["data"].shape == (100, 3072) and batch["data"].dtype == np.uint8
    assert batch["labels"] == cifar10.read_batch(batches / "data_batch_1")[1].tolist()
    content = {"a": np.arange(6.0).reshape(2, 3), "b": [np.float32(2.5), (1, "x")], "c": np.array(["yes", "no"])}
    for protocol in range(2, 6):
        read = utils.load_pickle(io.BytesIO(pickle.dumps(content, protocol)))
        np.testing.assert_array_equal(read["a"], content["a"])
        np.testing.assert_array_equal(read["c"], content["c"])
        assert read["b"] == [2.5, (1, "x")]
    with pytest.raises(ValueError, match="has no place in it"):
        utils.load_pickle(io.BytesIO(pickle.dumps({"model": Evil()})))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.pkl").write_bytes(pickle.dumps({"model": {"W": 1}}))
    assert utils.load_models(tmp_path / "models") == {"mine.pkl": {"W": 1}}
    assert not (tmp_path / "touched").exists()


def test_models_are_saved_and_loaded_but_run_nothing(tmp_path, capsys):
    fc_net, linear = module("classifiers.fc_net"), module("classifiers.linear_classifier")
    net = fc_net.FullyConnectedNet([3], input_dim=2, normalization="layernorm")
    net.save("net.npy")
    kept = np.load(tmp_path / "cs231n" / "saved" / "net.npy", allow_pickle=True).item()  # as the official code reads it
    assert kept.keys() == net.params.keys()
    other = fc_net.FullyConnectedNet([3], input_dim=2, normalization="layernorm")
    assert other.load("net.npy") is True
    for name, w in net.params.items():
        np.testing.assert_array_equal(other.params[name], w)
        assert other.params[name].dtype == w.dtype and other.params[name].flags.writeable
    svm = linear.LinearSVM()
    assert svm.load("svm.npy") is False and svm.W is None
    svm.W = np.ones((2, 3))
    svm.save("svm.npy")
    svm.W = None
    assert svm.load("svm.npy") is True and svm.W.shape == (2, 3)
    assert capsys.readouterr().out.split("\n")[:3] == ["net.npy saved.", "net.npy loaded.", "svm.npy not available."]
    np.save(tmp_path / "cs231n" / "saved" / "evil.npy", np.array({"W": Evil()}, object))
    with pytest.raises(ValueError, match="has no place in it"):
        svm.load("evil.npy")
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"no array", b"\x93NUMPY\x01\x00v\x00{'descr': '|O', "])
def test_a_damaged_model_is_refused(tmp_path, damage):
    (tmp_path / "cs231n" / "saved").mkdir(parents=True)
    (tmp_path / "cs231n" / "saved" / "svm.npy").write_bytes(damage)
    with pytest.raises(ValueError):
        module("classifiers.linear_classifier").LinearSVM().load("svm.npy")


def test_imagenet_pictures_come_with_their_names(tmp_path, monkeypatch):
    load = module("data_utils").load_imagenet_val
    with pytest.raises(ValueError, match=r"imagenet_val_25\.npz.*CS231N_DATASETS_DIR"):
        load()
    X, y, names = np.zeros((25, 4, 4, 3), np.uint8), np.arange(25), {0: "fish", 1: "shark"}
    np.savez(tmp_path / "imagenet_val_25.npz", X=X, y=y, label_map=np.array(names, object))
    monkeypatch.setenv("CS231N_DATASETS_DIR", str(tmp_path))
    found = load(5)
    assert found[0].shape == (5, 4, 4, 3) and found[0].dtype == np.uint8
    assert found[1].tolist() == [0, 1, 2, 3, 4] and found[2] == names


def test_tiny_imagenet_is_read(tmp_path):
    from PIL import Image

    wnids, root = ["n01", "n02"], tmp_path / "tiny"
    files = [f"train/{wnid}/images/{wnid}_{i}.JPEG" for wnid in wnids for i in range(2)]
    files += ["val/images/val_0.JPEG", "test/images/test_0.JPEG"]
    for number, name in enumerate(files):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        grey = number % 2 == 0  # some pictures have one channel
        picture = np.full((64, 64) if grey else (64, 64, 3), 10 * number, np.uint8)
        Image.fromarray(picture).save(root / name, quality=100)
    (root / "wnids.txt").write_text("\n".join(wnids))
    (root / "words.txt").write_text("n01\tfish, goldfish\nn02\tshark\nn03\tcat\n")
    for wnid in wnids:
        rows = "".join(f"{wnid}_{i}.JPEG\t0\t0\t1\t1\n" for i in range(2))
        (root / "train" / wnid / f"{wnid}_boxes.txt").write_text(rows)
    (root / "val" / "val_annotations.txt").write_text("val_0.JPEG\tn02\t0\t0\t1\t1\n")
    data = module("data_utils").load_tiny_imagenet(root, subtract_mean=False)
    assert data["class_names"] == [["fish", "goldfish"], ["shark"]]
    assert data["X_train"].shape == (4, 3, 64, 64) and data["X_train"].dtype == np.float32
    np.testing.assert_allclose(data["X_train"].mean(axis=(1, 2, 3)), [0, 10, 20, 30], atol=1)
    assert data["y_train"].tolist() == [0, 0, 1, 1] and data["y_val"].tolist() == [1] and data["y_test"] is None
    mean = module("data_utils").load_tiny_imagenet(root)["X_train"].mean(axis=0)
    np.testing.assert_allclose(mean, 0, atol=1e-4)


def test_pictures_from_the_network_are_grey_until_it_is_allowed(monkeypatch, capsys):
    import requests

    image_utils = module("image_utils")
    asked = []

    def get(url, timeout):
        asked.append(url)
        raise requests.ConnectionError("nobody there")

    monkeypatch.setattr(requests, "get", get)
    picture = image_utils.image_from_url("http://localhost/cat.jpg")
    assert not asked and picture.ndim == 3 and picture.dtype == np.uint8 and np.ptp(picture) == 0
    monkeypatch.setenv("CS231N_NETWORK", "1")
    np.testing.assert_array_equal(image_utils.image_from_url("http://localhost/cat.jpg"), picture)
    assert asked == ["http://localhost/cat.jpg"] and "URL Error:" in capsys.readouterr().out


def test_pictures_are_prepared_for_squeezenet_and_back(tmp_path):
    from PIL import Image

    utils = module("image_utils")
    picture = np.random.RandomState(0).randint(0, 256, (20, 30, 3)).astype(np.uint8)
    there = utils.preprocess_image(picture)
    np.testing.assert_allclose(
        there[0, 0], (picture[0, 0] / 255 - utils.SQUEEZENET_MEAN) / utils.SQUEEZENET_STD, rtol=1e-5
    )
    assert np.abs(utils.deprocess_image(there).astype(int) - picture).max() <= 1
    assert np.ptp(utils.deprocess_image(0.1 * there, rescale=True)) == 255
    Image.fromarray(picture).save(tmp_path / "a.png")
    np.testing.assert_array_equal(utils.load_image(tmp_path / "a.png"), picture)
    assert utils.load_image(tmp_path / "a.png", size=10).shape == (10, 15, 3)
    dot = np.zeros((1, 3, 5, 5))
    dot[:, :, 2, 2] = 200
    blurred = utils.blur_image(dot)
    np.testing.assert_allclose(blurred[0, 1, 1:4, 1:4], [[1, 2, 1], [2, 188, 2], [1, 2, 1]])


# captions ----------------------------------------------------------------------------------------------------------

WORDS = {"<NULL>": 0, "cat": 2, "dog": 3}  # three words, as in the notebooks; captions use 0, 1, 2


@pytest.mark.parametrize(
    ("cell", "start", "stop", "loss"), [("rnn", -1.5, 0.3, 9.83235591003), ("lstm", -0.5, 1.7, 9.82445935443)]
)
@pytest.mark.parametrize("kind", ["rnn", "rnn_pytorch"])
def test_captioning_nets_give_the_printed_loss(kind, cell, start, stop, loss):
    import torch

    N, D, W, H, T = 10, 20, 30, 40, 13
    model = module(f"classifiers.{kind}").CaptioningRNN(WORDS, input_dim=D, wordvec_dim=W, hidden_dim=H, cell_type=cell)
    assert list(model.params) == ["W_embed", "W_proj", "b_proj", "Wx", "Wh", "b", "W_vocab", "b_vocab"]
    features, captions = spread(start, stop, N, D), (np.arange(N * T) % 3).reshape(N, T)
    params = {name: spread(-1.4, 1.3, *w.shape) for name, w in model.params.items()}
    if kind == "rnn":
        model.params, model.dtype = params, np.float64
        found = model.loss(features, captions)[0]
    else:
        model.params = {name: torch.from_numpy(w) for name, w in params.items()}
        answer = model.loss(torch.from_numpy(features), torch.from_numpy(captions))
        assert answer.ndim == 0 and answer.dtype == torch.float64 and not answer.requires_grad
        found = answer.numpy()
    assert found == pytest.approx(loss, abs=1e-10)


def test_captioning_net_draws_its_weights_as_the_official_one():
    np.random.seed(6)
    model = module("classifiers.rnn").CaptioningRNN(WORDS, 4, 5, 6, cell_type="lstm", dtype=np.float64)
    np.random.seed(6)
    for name, shape, scale in [
        ("W_embed", (3, 5), 1 / 100), ("W_proj", (4, 6), 1 / 2), ("Wx", (5, 24), 5**-0.5), ("Wh", (6, 24), 6**-0.5),
        ("W_vocab", (6, 3), 6**-0.5),
    ]:  # fmt: skip
        np.testing.assert_allclose(model.params[name], scale * np.random.randn(*shape), rtol=1e-12)
    assert model._null == 0 and model._start is None and model._end is None


@pytest.fixture
def captions(tmp_path):
    """A folder of the course's layout with a few captions of ours."""
    from cs231n_lib.data import coco

    words = ["<NULL>", "<START>", "<END>", "<UNK>", "cat", "dog"]
    rng = np.random.RandomState(0)
    data = {"idx_to_word": words, "word_to_idx": {word: i for i, word in enumerate(words)}}
    for split, number in (("train", 6), ("val", 2)):
        rows = np.array([[1, 4 + i % 2, 4 + i // 3, 2, 0] for i in range(number)], np.int32)
        data |= {
            f"{split}_captions": rows,
            f"{split}_image_idxs": np.arange(number, dtype=np.int32),
            f"{split}_features": rng.randn(number, 8).astype(np.float32),
            f"{split}_images": np.full((number, 4, 4, 3), number, np.uint8),
        }
    return coco.write_coco_layout(data, tmp_path / "coco_captioning")


def test_captions_are_found_drawn_and_read(captions, monkeypatch, capsys):
    utils = module("coco_utils")
    monkeypatch.setenv("CS231N_DATASETS_DIR", str(captions.parent))
    data = utils.load_coco_data()
    assert f"base dir  {captions}" in capsys.readouterr().out
    assert data["train_captions"].shape == (6, 5) and data["train_features"].shape == (6, 8)
    assert utils.decode_captions(data["train_captions"][0], data["idx_to_word"]) == "<START> cat cat <END>"
    assert len(utils.decode_captions(data["train_captions"], data["idx_to_word"])) == 6
    np.random.seed(0)
    drawn, features, urls = utils.sample_coco_minibatch(data, batch_size=4)
    np.random.seed(0)
    rows = np.random.choice(6, 4)
    np.testing.assert_array_equal(features, data["train_features"][rows])
    np.testing.assert_array_equal(drawn, data["train_captions"][rows])
    assert module("image_utils").image_from_url(urls[0])[0, 0, 0] == 6  # one of our own pictures
    few = utils.load_coco_data(max_train=3)
    assert len(few["train_captions"]) == 3 and len(few["train_features"]) == 6


def captioning_solvers(data):
    """Return the three official solvers, each with its own kind of net; and the nets."""
    words, settings = data["word_to_idx"], {"num_epochs": 30, "batch_size": 6, "print_every": 10}
    numpy_net = module("classifiers.rnn").CaptioningRNN(words, 8, 7, 9, cell_type="lstm")
    torch_net = module("classifiers.rnn_pytorch").CaptioningRNN(words, 8, 7, 9)
    transformer = module("classifiers.transformer").CaptioningTransformer(words, 8, 8, num_heads=2)
    adam = {"update_rule": "adam", "optim_config": {"learning_rate": 0.01}}
    solvers = [
        module("captioning_solver").CaptioningSolver(numpy_net, data, **adam, **settings),
        module("captioning_solver_pytorch").CaptioningSolverPytorch(torch_net, data, learning_rate=0.01, **settings),
        module("captioning_solver_transformer").CaptioningSolverTransformer(
            transformer, data, idx_to_word=data["idx_to_word"], learning_rate=0.003, **settings
        ),
    ]
    return solvers, (numpy_net, torch_net, transformer)


def test_every_captioning_solver_learns(captions, capsys):
    import torch

    torch.manual_seed(0)
    np.random.seed(0)
    solvers, (numpy_net, torch_net, transformer) = captioning_solvers(module("coco_utils").load_coco_data(captions))
    capsys.readouterr()
    for solver in solvers:
        solver.train()
        assert len(solver.loss_history) == 30
        assert float(solver.loss_history[-1]) < 0.6 * float(solver.loss_history[0])
        printed = capsys.readouterr().out.splitlines()
        assert [line.split(")")[0] for line in printed] == [f"(Iteration {t} / 30" for t in (1, 11, 21)]
    assert solvers[0].check_accuracy(None, None) == 0.0
    assert not any(p.requires_grad for p in torch_net.params.values())
    features = solvers[0].data["val_features"]
    for sampled in (
        numpy_net.sample(features, 4),
        torch_net.sample(torch.from_numpy(features), 4).numpy(),
        transformer.sample(features, 4),
    ):
        assert sampled.shape == (2, 4) and sampled.dtype.kind == "i"


def test_captioning_solvers_refuse_unknown_settings(captions):
    data = module("coco_utils").load_coco_data(captions)
    model = module("classifiers.rnn_pytorch").CaptioningRNN(data["word_to_idx"], 8, 7, 9)
    with pytest.raises(ValueError, match="lr_decay"):
        module("captioning_solver_pytorch").CaptioningSolverPytorch(model, data, lr_decay=1)
    model = module("classifiers.rnn").CaptioningRNN(data["word_to_idx"], 8, 7, 9)
    with pytest.raises(ValueError, match="checkpoint_name"):
        module("captioning_solver").CaptioningSolver(model, data, checkpoint_name="x")


def test_the_transformers_loss_counts_every_place(captions):
    import torch

    data = module("coco_utils").load_coco_data(captions)
    model = module("classifiers.transformer").CaptioningTransformer(data["word_to_idx"], 8, 8)
    solver = module("captioning_solver_transformer").CaptioningSolverTransformer(model, data, data["idx_to_word"])
    x, y = torch.zeros(2, 3, 6), torch.zeros(2, 3, dtype=torch.long)
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]], dtype=torch.bool)
    found = solver.transformer_temporal_softmax_loss(x, y, mask)
    assert found.item() == pytest.approx(np.log(6) * 3 / 6)


def test_transformer_registers_its_parameters_in_the_official_order():
    model = module("classifiers.transformer").CaptioningTransformer(WORDS, 20, 30, num_heads=2, num_layers=1)
    names = [name.rsplit(".", 1)[0] for name, _ in model.named_parameters()]
    inside = [f"{part}_attn.{name}" for part in ("self", "multihead") for name in ("key", "query", "value", "proj")]
    inside += ["linear1", "linear2", "norm1", "norm2", "norm3"]
    layers_in_order = [f"transformer.layers.0.{name}" for name in inside]
    assert list(dict.fromkeys(names)) == ["visual_projection", "embedding", *layers_in_order, "output"]
    assert model.embedding.padding_idx == 0
    attention = module("transformer_layers").MultiHeadAttention(8, 2)
    assert [name for name, _ in attention.named_children()] == ["key", "query", "value", "proj", "attn_drop"]


# GAN and SimCLR ----------------------------------------------------------------------------------------------------


def test_gan_nets_have_the_official_sizes_and_losses():
    import torch

    gan = module("gan_pytorch")
    assert gan.NOISE_DIM == 96
    assert gan.count_params(gan.discriminator()) == 267009
    assert gan.count_params(gan.generator(4)) == 1858320
    assert gan.count_params(gan.build_dc_classifier(128)) == 1102721
    assert gan.count_params(gan.build_dc_generator(4)) == 6580801
    logits = torch.tensor([[0.5], [-1.0]])
    target = torch.tensor([1.0, 0.0])
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], target)
    assert gan.bce_loss(logits, target).item() == pytest.approx(expected.item())
    assert list(gan.ChunkSampler(3, start=5)) == [5, 6, 7] and len(gan.ChunkSampler(3)) == 3
    np.testing.assert_allclose(gan.deprocess_img(gan.preprocess_img(np.array([0.0, 0.3]))), [0, 0.3])
    torch.manual_seed(1)
    noise = 2 * torch.rand(2, 3) - 1
    assert torch.equal(gan.sample_noise(2, 3, seed=1), noise)


def test_run_a_gan_shows_16_pictures_now_and_then(capsys):
    import torch

    gan = module("gan_pytorch")
    torch.manual_seed(0)
    D, G = gan.discriminator(), gan.generator(8)
    loader = [(torch.rand(16, 1, 28, 28), None)] * 4 + [(torch.rand(3, 1, 28, 28), None)]
    images = gan.run_a_gan(
        D, G, gan.get_optimizer(D), gan.get_optimizer(G), gan.discriminator_loss, gan.generator_loss, loader,
        show_every=2, batch_size=16, noise_size=8, num_epochs=2,
    )  # fmt: skip
    assert [x.shape for x in images] == [(16, 784)] * 4
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines] == ["Iter: 0", "Iter: 2", "Iter: 4", "Iter: 6"]


def test_simclr_losses_agree_and_take_a_device():
    import torch

    simclr = module("simclr.contrastive_loss")
    torch.manual_seed(0)
    left, right = torch.randn(4, 5), torch.randn(4, 5)
    naive = simclr.simclr_loss_naive(left, right, 0.7).item()
    assert simclr.simclr_loss_vectorized(left, right, 0.7, torch.device("cpu")).item() == pytest.approx(naive, rel=1e-5)
    assert simclr.sim_positive_pairs(left, right).shape == (4, 1)
    assert simclr.compute_sim_matrix(torch.cat([left, right])).shape == (8, 8)
    assert simclr.rel_error(np.array([1.0]), np.array([1.0])) == 0


class Views:
    """Two classes of pictures as torchvision would give them: batches of two views and labels."""

    targets = [0, 1] * 4

    def batches(self, views=2):
        import torch

        rng = torch.Generator().manual_seed(0)
        y = torch.tensor(self.targets)
        for _ in range(2):
            x = torch.randn(8, 6, generator=rng) * 0.1
            x[:, 0] += 1 - 2 * y
            yield (x, x + 0.05, y) if views == 2 else (x, y)


class Loader(list):
    dataset = Views()


def test_simclr_utils_train_and_judge():
    import torch
    from torch import nn

    utils, views = module("simclr.utils"), Views()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.f, self.g = nn.Linear(6, 5), nn.Linear(5, 4)

        def forward(self, x):
            feature = self.f(x)
            return nn.functional.normalize(feature, dim=-1), nn.functional.normalize(self.g(feature), dim=-1)

    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    losses = [utils.train(net, Loader(views.batches()), optimizer, e, 9, batch_size=8) for e in range(1, 9)]
    assert losses[-1] < losses[0]
    linear = nn.Linear(6, 7)
    optimizer = torch.optim.Adam(linear.parameters(), lr=0.1)
    for epoch in range(10):
        loss, acc1, acc5 = utils.train_val(linear, Loader(views.batches(1)), optimizer, epoch, 10)
    assert acc1 == acc5 == 100 and loss < 1
    before = linear.weight.clone()
    assert utils.train_val(linear, Loader(views.batches(1)), None, 1, 1, "cuda")[1] == 100
    assert torch.equal(linear.weight, before)
    memory = Loader(list(views.batches())[:1])  # as many as `targets` has labels
    assert utils.test(net, memory, Loader(views.batches()), 1, 1, c=7, k=3) == (100, 100)


def test_what_needs_torchvision_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    for make in (
        module("simclr.data_utils").compute_test_transform,
        lambda: module("simclr.data_utils").CIFAR10Pair("."),
        module("simclr.model").Model,
    ):
        with pytest.raises(ImportError, match=r"this notebook needs torchvision\.\w+.*pytorch\.org"):
            make()


TRANSFORMS = "RandomResizedCrop RandomHorizontalFlip RandomApply RandomGrayscale ToTensor Normalize"


@pytest.fixture
def torchvision(monkeypatch):
    """A stand-in for torchvision. Return the list of the transforms it is asked for, and its CIFAR10."""
    from torch import nn

    asked: list[tuple] = []

    def named(name):
        def noted(*args, **kwargs):
            asked.append((name, args, kwargs))
            return name

        return noted

    class CIFAR10:
        def __init__(self, root, transform=None):
            self.data, self.targets = np.zeros((2, 4, 4, 3), np.uint8), [3, 4]
            self.transform, self.target_transform = transform, None

    def resnet50():
        parts = {"conv1": nn.Conv2d(3, 64, 7, 2, 3), "maxpool": nn.MaxPool2d(2), "layer4": nn.Conv2d(64, 2048, 1, 16)}
        return nn.Sequential(OrderedDict(parts | {"avgpool": nn.AdaptiveAvgPool2d(1), "fc": nn.Linear(2048, 10)}))

    transforms = {name: named(name) for name in [*TRANSFORMS.split(), "ColorJitter"]}
    for name, parts in {
        "torchvision": {},
        "torchvision.transforms": {"Compose": list, **transforms},
        "torchvision.datasets": {"CIFAR10": CIFAR10},
        "torchvision.models": {},
        "torchvision.models.resnet": {"resnet50": resnet50},
    }.items():
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(**parts))
    return asked, CIFAR10


def test_with_torchvision_views_are_drawn_from_the_seed(torchvision):
    import torch

    steps = module("simclr.data_utils").compute_train_transform(seed=3)
    state = random.getstate(), torch.get_rng_state()
    random.seed(3)
    torch.manual_seed(3)
    assert state[0] == random.getstate() and torch.equal(state[1], torch.get_rng_state())
    assert steps == TRANSFORMS.split()
    asked, _ = torchvision
    assert ("ColorJitter", (0.4, 0.4, 0.4, 0.1), {}) in asked
    assert asked[-1][1] == ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))


def test_with_torchvision_there_are_pairs(torchvision):
    numbers = iter(range(9))
    pairs = module("simclr.data_utils").CIFAR10Pair("root", transform=lambda picture: (picture.size, next(numbers)))
    assert isinstance(pairs, torchvision[1]) and pairs[1] == (((4, 4), 0), ((4, 4), 1), 4)


@pytest.mark.usefixtures("torchvision")
def test_with_torchvision_there_is_a_net():
    import torch
    from torch import nn

    model = module("simclr.model").Model(feature_dim=16)
    assert not any(isinstance(layer, nn.MaxPool2d | nn.Linear) for layer in model.f)
    assert model.f[0].kernel_size == (3, 3) and model.f[0].stride == (1, 1)
    feature, out = model(torch.randn(2, 3, 32, 32))
    assert feature.shape == (2, 2048) and out.shape == (2, 16)
    np.testing.assert_allclose(out.norm(dim=1).detach(), 1, rtol=1e-5)


# pictures of nets --------------------------------------------------------------------------------------------------


def linear_model(classes=3, pixels=4):
    import torch
    from torch import nn

    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * pixels * pixels, classes))


def test_a_linear_models_saliency_is_its_largest_weight():
    import torch

    model, y = linear_model(), torch.tensor([2, 0])
    maps = module("net_visualization_pytorch").compute_saliency_maps(torch.randn(2, 3, 4, 4), y, model)
    weights = model[1].weight.detach().view(3, 3, 4, 4)
    torch.testing.assert_close(maps, weights[y].abs().amax(dim=1))


def test_a_fooling_picture_fools_and_a_step_climbs_in_place():
    import torch

    visualise, model = module("net_visualization_pytorch"), linear_model()
    X = 3 * torch.randn(1, 3, 4, 4)
    before, target = X.clone(), int(model(X).argmin())
    fooling = visualise.make_fooling_image(X, target, model)
    assert model(fooling).argmax() == target and torch.equal(X, before)
    img = torch.zeros(1, 3, 4, 4, requires_grad=True)
    visualise.class_visualization_update_step(img, model, 1, l2_reg=0.1, learning_rate=2.0)
    direction = model[1].weight.detach()[1].view(1, 3, 4, 4)
    torch.testing.assert_close(img.detach(), 2 * direction / direction.norm())
    assert img.grad is not None and not img.grad.any()


def test_pictures_are_blurred_and_moved():
    import torch
    from scipy.ndimage import gaussian_filter1d

    visualise = module("net_visualization_pytorch")
    X = torch.from_numpy(np.random.RandomState(0).randn(2, 3, 7, 3))  # narrower than the kernel reaches
    expected = gaussian_filter1d(gaussian_filter1d(X.numpy(), 1.3, axis=2), 1.3, axis=3)
    assert visualise.blur_image(X, sigma=1.3) is X
    np.testing.assert_allclose(X.numpy(), expected, rtol=1e-10)
    moved = visualise.jitter(X, 1, -2)
    torch.testing.assert_close(moved[:, :, 0, 1], X[:, :, 2, 0])


def test_pictures_become_tensors_and_come_back():
    from PIL import Image

    visualise = module("net_visualization_pytorch")
    colours = np.random.RandomState(0).randint(0, 256, (6, 9, 3)).astype(np.uint8)
    picture = Image.fromarray(colours)
    tensor = visualise.preprocess(picture, size=6)
    assert tensor.shape == (1, 3, 6, 9)
    expected = (colours / 255 - visualise.SQUEEZENET_MEAN) / visualise.SQUEEZENET_STD
    np.testing.assert_allclose(tensor[0].permute(1, 2, 0), expected, atol=1e-5)
    back = np.asarray(visualise.deprocess(tensor, should_rescale=False)).astype(int)
    assert np.abs(back - colours).max() <= 1
    assert visualise.preprocess(picture.transpose(Image.Transpose.ROTATE_90), size=12).shape == (1, 3, 18, 12)


def test_losses_of_style(tmp_path):
    import torch
    from PIL import Image
    from torch import nn

    style = module("style_transfer_pytorch")
    rng = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 3, 4, 5, generator=rng), torch.randn(2, 3, 4, 5, generator=rng)
    torch.testing.assert_close(style.content_loss(2.0, a, b), 2 * ((a - b) ** 2).sum())
    gram = torch.einsum("nchw,ndhw->ncd", a, a)
    torch.testing.assert_close(style.gram_matrix(a, normalize=False), gram)
    torch.testing.assert_close(style.gram_matrix(a), gram / 60)
    target = torch.zeros(2, 3, 3)
    found = style.style_loss([b, a], [1, 0], [target, style.gram_matrix(b)], [10.0, 5.0])
    torch.testing.assert_close(found, 10 * (gram / 60).square().sum())
    img = torch.tensor([[[[0.0, 1.0], [3.0, 3.0]]]])
    assert style.tv_loss(img, 2.0).item() == 2 * (1 + 0 + 9 + 4)
    Image.fromarray(np.full((4, 4, 3), 99, np.uint8)).save(tmp_path / "a.png")
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU())
    features, tensor = style.features_from_img(tmp_path / "a.png", 4, net)
    assert len(features) == 2 and torch.equal(features[1], net(tensor))


# running notebooks -------------------------------------------------------------------------------------------------

COLAB = """# This mounts your Google Drive to the Colab VM.
from google.colab import drive
drive.mount('/content/drive')
FOLDERNAME = None
assert FOLDERNAME is not None, "[!] Enter the foldername."
%cd /content/drive/My\\ Drive/$FOLDERNAME/cs231n/datasets/
!bash get_datasets.sh
"""
SETUP = """from __future__ import print_function
from past.builtins import xrange
import numpy as np
import matplotlib.pyplot as plt
from cs231n.data_utils import load_CIFAR10
from cs231n.gradient_check import eval_numerical_gradient_array, eval_numerical_gradient
from cs231n.classifiers import KNearestNeighbor
from cs231n.classifiers.fc_net import *
from cs231n.solver import Solver

%matplotlib inline
plt.rcParams['figure.figsize'] = (10.0, 8.0)
%load_ext autoreload
%autoreload 2

def rel_error(x, y):
  return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))
!pip install future
"""
LOAD = """X_train, y_train, X_test, y_test = load_CIFAR10('cs231n/datasets/cifar-10-batches-py')
X_train = X_train.reshape(len(X_train), -1)
X_test = X_test[:20].reshape(20, -1)
print('Training data shape: ', X_train.shape)
"""
KNN = """classifier = KNearestNeighbor()
classifier.train(X_train, y_train)
dists = classifier.compute_distances_two_loops(X_test)
dists_one = classifier.compute_distances_one_loop(X_test)
difference = np.linalg.norm(dists - dists_one, ord='fro')
print('One loop difference was: %f' % (difference, ))
if difference < 0.001:
    print('Good! The distance matrices are the same')
else:
    print('Uh-oh! The distance matrices are different')
"""
AFFINE = """np.random.seed(231)
x, w, b, dout = np.random.randn(10, 2, 3), np.random.randn(6, 5), np.random.randn(5), np.random.randn(10, 5)
dx_num = eval_numerical_gradient_array(lambda x: affine_forward(x, w, b)[0], x, dout)
_, cache = affine_forward(x, w, b)
dx, dw, db = affine_backward(dout, cache)
# The error should be around e-10 or less
print('Testing affine_backward function:')
print('dx error: ', rel_error(dx_num, dx))
"""
NET = """model = FullyConnectedNet([10, 10], input_dim=3072, dropout=0.9, weight_scale=1e-2)
data = {'X_train': X_train[:100] - X_train.mean(0), 'y_train': y_train[:100], 'X_val': X_train[100:150],
        'y_val': y_train[100:150]}
solver = Solver(model, data, num_epochs=2, batch_size=20, update_rule='sgd_momentum',
                optim_config={'learning_rate': 1e-4}, print_every=100, verbose=True)
solver.train()
plt.plot(solver.loss_history)
plt.show()
"""


def notebook(path, *cells):
    """Write a notebook; texts that begin with `text:` become text cells."""
    import nbformat

    made = nbformat.v4.new_notebook()
    for cell in cells:
        text = cell.startswith("text:")
        new = nbformat.v4.new_markdown_cell if text else nbformat.v4.new_code_cell
        made.cells.append(new(cell.removeprefix("text:")))
    nbformat.write(made, path)
    return path


@pytest.fixture
def run_main(monkeypatch, capsys):
    """Run the command in this process (the notebook runs in one of its own); return its exit status and its words."""
    from cs231n_lib.official import run

    def main(*words):
        status = run.main([str(word) for word in words])
        return status, capsys.readouterr().out

    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    return main


def test_an_official_notebook_runs_and_its_figures_are_judged(batches, tmp_path, monkeypatch, run_main):
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(batches))
    notebook(tmp_path / "knn.ipynb", COLAB, "text:# k-Nearest Neighbor", SETUP, LOAD, KNN, AFFINE, NET)
    status, printed = run_main(tmp_path)
    assert status == 0, printed
    assert "[1] passed over # This mounts" in printed
    assert re.search(r"right  One loop difference was: 0\.000000  \(stated size 1e-03\)", printed)
    assert "right  Good! The distance matrices are the same" in printed
    assert re.search(r"right  dx error:  \S+e-\d+  \(stated size 1e-10\)", printed)
    assert "cells: 5 ran, 0 raised, 1 passed over; figures: 3 right, 0 wrong" in printed


def test_a_wrong_figure_and_a_cell_that_raises_are_told(tmp_path, run_main):
    wrong = "print('dx error: ', 0.25)\nprint('Uh-oh! The distance matrices are different')"
    notebook(tmp_path / "bad.ipynb", wrong, "1 / 0", "print('difference: nan')", "print('relative error: 2e-9')")
    status, printed = run_main(tmp_path / "bad.ipynb")
    assert status == 1
    assert "WRONG  dx error:  0.25  (usual size 1e-05)" in printed
    assert (
        "WRONG  Uh-oh!" in printed and "WRONG  difference: nan" in printed and "right  relative error: 2e-9" in printed
    )
    assert "[2] raised      1 / 0" in printed and "ZeroDivisionError: division by zero" in printed
    assert "cells: 3 ran, 1 raised, 0 passed over; figures: 1 right, 3 wrong" in printed


def test_a_notebook_whose_kernel_dies_or_that_is_none_is_told(tmp_path, run_main):
    (tmp_path / "a.ipynb").write_text("nothing")
    notebook(tmp_path / "b.ipynb", "import os", "import time; time.sleep(60)", "x = 1")
    status, printed = run_main(tmp_path, "--timeout", "2")
    assert status == 1
    assert "the run ended here" in printed and "not reached x = 1" in printed


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("!pip install x\n%cd ..", ""),
        ("from google.colab import drive", ""),
        ("# only words\n!ls", ""),
        ("if True:\n    !ls\nx = 1", "if True:\n    pass  # passed over: !ls\nx = 1"),
        ("%matplotlib inline\nx = 1", "%matplotlib inline\nx = 1"),
        ("a = b != c", "a = b != c"),
    ],
)
def test_what_only_colab_can_do_is_passed_over(source, expected):
    from cs231n_lib.official.run import plain

    assert plain(source) == expected


@pytest.mark.parametrize(
    ("line", "said", "right"),
    [
        ("dx error:  3.2e-9", "# error should be around e-9 or less", True),
        ("dx error:  3.2e-8", "# error should be around e-9 or less", False),
        ("W1 relative error: 2.1e-03", "the errors may be as large as 1e-2", True),
        ("difference:  2.2e-08", "x = 1e-2", True),
        ("difference:  2.2e-03", "learning_rate = 1e-2", False),
        ("numerical: -13.2 analytic: -13.2, relative error: 1.7e-11", "", True),
        ("numerical: 0.1 analytic: 0.3, relative error: 5.0e-01", "", False),
    ],
)
def test_figures_are_judged_by_what_the_notebook_says(line, said, right):
    from cs231n_lib.official.run import findings

    (found,) = findings(line, said)
    assert found.right is right


def test_other_lines_are_no_figures():
    from cs231n_lib.official.run import findings

    assert findings("Got 137 / 500 correct => accuracy: 0.274000\nTwo loop version took 20.1 seconds", "") == []


FULL = """
import resource, sys
from cs231n_lib.official import install; install()
from cs231n.data_utils import load_CIFAR10, get_CIFAR10_data
if sys.argv[1] == "load":
    X, y, X_test, y_test = load_CIFAR10("nowhere")
    assert X.shape == (50000, 32, 32, 3) and X.dtype == X_test.dtype == float
else:
    assert get_CIFAR10_data()["X_train"].shape == (49000, 3, 32, 32)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.full
@pytest.mark.parametrize("how", ["load", "get"])
def test_loading_all_of_cifar_as_float64_stays_below_2_gb(tmp_path, how):
    rng = np.random.RandomState(0)
    for name in [*cifar10.TRAIN_FILES, "test_batch"]:
        content = {b"labels": rng.randint(10, size=10000).tolist(), b"data": np.zeros((10000, 3072), np.uint8)}
        pickles.write(tmp_path / name, content)
    done = subprocess.run(
        [sys.executable, "-c", FULL, how],
        env=os.environ | {"CS231N_CIFAR10_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 2e9
