"""The nets: the course's own numbers, PyTorch's gradients, ln C at the start, and nothing kept between calls."""

import itertools
import weakref

import numpy as np
import pytest

from cs231n_lib import layers
from cs231n_lib.gradcheck import eval_numerical_gradient, rel_error
from cs231n_lib.nets.captioning import CaptioningRNN
from cs231n_lib.nets.convnet import ThreeLayerConvNet
from cs231n_lib.nets.fully_connected import FullyConnectedNet
from cs231n_lib.nets.linear import (
    LinearClassifier,
    LinearSVM,
    Softmax,
    softmax_loss_naive,
    softmax_loss_vectorized,
    svm_loss_naive,
    svm_loss_vectorized,
)
from cs231n_lib.nets.two_layer import TwoLayerNet

LOSSES = [svm_loss_naive, svm_loss_vectorized, softmax_loss_naive, softmax_loss_vectorized]
WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "cat": 3, "dog": 4}


def line(start, stop, *shape):
    return np.linspace(start, stop, int(np.prod(shape))).reshape(shape)


# --- linear classifiers


def linear_fixture(dtype=np.float64, N=7, D=4, C=3):
    rng = np.random.default_rng(0)
    return rng.normal(size=(D, C)).astype(dtype), rng.normal(size=(N, D)).astype(dtype), rng.integers(0, C, N)


@pytest.mark.parametrize("loss", LOSSES)
def test_linear_gradient_is_the_slope_of_the_loss(loss):
    W, X, y = linear_fixture()
    _, dW = loss(W, X, y, reg=0.3)
    assert rel_error(dW, eval_numerical_gradient(lambda W: loss(W, X, y, 0.3)[0], W, verbose=False)) < 1e-7


@pytest.mark.parametrize(("naive", "fast"), [LOSSES[:2], LOSSES[2:]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_linear_losses_agree_and_keep_dtype_and_inputs(naive, fast, dtype):
    W, X, y = linear_fixture(dtype)
    copies = W.copy(), X.copy()
    (slow_loss, slow_dW), (loss, dW) = (f(W, X, y, np.float64(0.1)) for f in (naive, fast))
    assert slow_loss == pytest.approx(loss, rel=1e-5) and type(loss) is float
    assert slow_dW.dtype == dW.dtype == dtype
    np.testing.assert_allclose(slow_dW, dW, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(W, copies[0])
    np.testing.assert_array_equal(X, copies[1])


@pytest.mark.parametrize("svm", LOSSES[:2])
def test_linear_svm_leaves_a_margin_of_exactly_zero_alone(svm):
    W, X, y = np.array([[2.0, 1.0, 0.0]]), np.ones((1, 1)), np.array([0])
    loss, dW = svm(W, X, y, 0.0)
    assert loss == 0 and not dW.any()


@pytest.mark.parametrize("loss", LOSSES)
def test_linear_losses_at_zero_weights_and_their_penalty(loss):
    W, X, y = linear_fixture()
    at_zero = 2 if loss in LOSSES[:2] else np.log(3)
    assert loss(0 * W, X, y, 1e3)[0] == pytest.approx(at_zero)
    assert loss(W, X, y, 2.0)[0] - loss(W, X, y, 0.0)[0] == pytest.approx(2 * np.sum(W**2))


@pytest.mark.parametrize("loss", LOSSES[2:])
def test_softmax_is_right_on_scores_of_thousands(loss):
    W, X = np.array([[1000.0, 3000.0, -2000.0]]), np.array([[1.0], [-1.0]])
    value, dW = loss(W, X, np.array([0, 2]), 0.0)
    assert value == pytest.approx((2000 + 0) / 2) and np.isfinite(dW).all()


@pytest.mark.parametrize("Classifier", [LinearSVM, Softmax])
def test_linear_training_learns_and_repeats_itself(Classifier, capsys):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 60)
    X = (rng.normal(size=(60, 5)) + 4 * np.eye(3, 5)[y]).astype(np.float32)
    model, again = Classifier(), Classifier()
    history = model.train(X, y, learning_rate=np.float64(0.05), num_iters=150, batch_size=200, verbose=True, rng=7)
    assert capsys.readouterr().out.count("iteration") == 2
    assert again.train(X, y, learning_rate=0.05, num_iters=150, batch_size=200, rng=7) == history
    assert len(history) == 150 and history[-1] < history[0] / 3
    assert model.W.dtype == np.float32 and model.W.shape == (5, 3)
    assert np.mean(model.predict(X) == y) > 0.95
    more = model.train(X, y, learning_rate=0.05, num_iters=1, rng=7)
    assert more[0] < history[0] / 3, "a second call goes on from the W of the first"


def test_linear_weights_start_small():
    model = LinearSVM()
    model.train(np.zeros((3, 2000)), np.arange(3), learning_rate=0.0, num_iters=1, rng=0)
    assert model.W is not None and model.W.shape == (2000, 3)
    assert model.W.std() == pytest.approx(0.001, rel=0.05)


def test_linear_training_stops_where_the_loss_is_no_number():
    X, y = np.array([[1.0], [2.0], [np.nan]]), np.array([0, 1, 0])
    first = 1 + np.random.default_rng(19).integers(3, size=50).tolist().index(2)
    model = Softmax()
    model.W = np.zeros((1, 2))
    with pytest.raises(ValueError, match=f"the loss is nan at step {first} of 50; lower learning_rate"):
        model.train(X, y, num_iters=50, batch_size=1, rng=19)
    assert first == 4 and np.isfinite(model.W).all()


def test_what_linear_classifiers_refuse():
    W, X, y = linear_fixture()
    for loss in LOSSES:
        with pytest.raises(ValueError, match=f"{loss.__name__}: .*labels 0 .. 3"):
            loss(W, X, np.array([0, 1, 2, 3, 0, 0, 0]), 0.0)
        with pytest.raises(ValueError, match=f"{loss.__name__}: W has shape"):
            loss(W[:3], X, y, 0.0)
    with pytest.raises(ValueError, match="call train"):
        LinearSVM().predict(X)
    with pytest.raises(NotImplementedError):
        LinearClassifier().train(X, y)


# --- nets made of steps


def test_two_layer_numbers_of_the_course():
    N, D, H, C = 3, 5, 50, 7
    net, X, y = TwoLayerNet(D, H, C), line(-5.5, 4.5, D, N).T, np.array([0, 5, 1])
    net.params = {
        "W1": line(-0.7, 0.3, D, H),
        "b1": line(-0.1, 0.9, H),
        "W2": line(-0.3, 0.4, H, C),
        "b2": line(-0.9, 0.1, C),
    }
    assert net.loss(X, y)[0] == pytest.approx(3.4702243556, abs=1e-10)
    net.reg = 1.0
    assert net.loss(X, y)[0] == pytest.approx(26.5948426952, abs=1e-10)
    assert net.loss(X).shape == (N, C)


def small_nets(dtype=np.float64, **options):
    return [
        TwoLayerNet(12, 7, 5, reg=0.3, dtype=dtype, rng=0),
        ThreeLayerConvNet((3, 5, 6), 4, 3, 7, 5, reg=0.3, dtype=dtype, rng=0),
        FullyConnectedNet([7, 6], 12, 5, reg=0.3, dtype=dtype, rng=0, **options),
    ]


def batch_for(net, rng, N=17):
    return rng.normal(size=(N, 3, 5, 6) if isinstance(net, ThreeLayerConvNet) else (N, 3, 4)), rng.integers(0, 5, N)


def shaken(net, rng):
    """Give every parameter random values far from the kinks and zeros a fresh net has."""
    for name, value in net.params.items():
        start = 1.5 if name.startswith("gamma") else 0
        net.params[name] = (start + 0.5 * rng.normal(size=value.shape)).astype(value.dtype)
    return net


def assert_as_pytorch(net, X, y):
    """Loss and every gradient equal autograd's, on the net's own steps."""
    import torch
    import torch.nn.functional as F

    from cs231n_lib.pytorch import twins

    loss, grads = net.loss(X, y)
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in net.params.items()}
    penalty = sum((w**2).sum() for name, w in tensors.items() if name[0] == "W")
    twin = F.cross_entropy(twins.chain(torch.tensor(X), tensors, net.steps), torch.tensor(y)) + 0.5 * net.reg * penalty
    twin.backward()
    assert loss == pytest.approx(twin.item(), abs=1e-10)
    assert grads.keys() == net.params.keys()
    for name, tensor in tensors.items():
        assert tensor.grad is not None
        np.testing.assert_allclose(grads[name], tensor.grad.numpy(), rtol=1e-10, atol=1e-10, err_msg=name)


@pytest.mark.parametrize(
    ("norm", "keep", "reg"), list(itertools.product([None, "batchnorm", "layernorm"], [1, 0.6], [0.0, 3.14]))
)
@pytest.mark.parametrize("hidden", [[7], [7, 6, 8]])
def test_fully_connected_net_as_pytorch(norm, keep, reg, hidden):
    rng = np.random.default_rng(2)
    net = FullyConnectedNet(hidden, 12, 5, keep, norm, reg, dtype=np.float64, seed=3, rng=0)
    assert_as_pytorch(shaken(net, rng), *batch_for(net, rng))


@pytest.mark.parametrize("reg", [0.0, 3.14])
@pytest.mark.parametrize("i", [0, 1])
def test_other_nets_as_pytorch(i, reg):
    rng = np.random.default_rng(3)
    net = shaken(small_nets()[i], rng)
    net.reg = reg
    assert_as_pytorch(net, *batch_for(net, rng))


@pytest.mark.parametrize("i", [0, 1, 2])
def test_net_gradients_are_slopes(i):
    """The same without PyTorch, for one weight of each parameter."""
    rng = np.random.default_rng(4)
    net = shaken(small_nets(normalization="layernorm")[i], rng)
    X, y = batch_for(net, rng)
    _, grads = net.loss(X, y)
    for name, value in net.params.items():
        place = tuple(rng.integers(size) for size in value.shape)
        one = value[place].reshape(1)

        def loss_at(one, value=value, place=place):
            value[place] = one[0]
            return net.loss(X, y)[0]

        slope = eval_numerical_gradient(loss_at, one.copy(), verbose=False)
        value[place] = one[0]
        assert slope[0] == pytest.approx(grads[name][place], rel=1e-6, abs=1e-8), name


@pytest.mark.parametrize("options", [{}, {"normalization": "batchnorm"}, {"dropout_keep_ratio": 0.5}])
def test_a_fresh_net_knows_nothing(options):
    """The loss of a fresh net is ln C, one in C for each class: the first sanity check of any training."""
    rng = np.random.default_rng(5)
    nets = [*small_nets()[:2], FullyConnectedNet([7, 6], 12, 5, weight_scale=1e-3, rng=0, **options)]
    for net in nets:
        net.reg = 0.0
        X, y = batch_for(net, rng, N=200)
        assert net.loss(X, y)[0] == pytest.approx(np.log(5), abs=2e-2 if options else 2e-4)


def test_weights_start_at_the_scale_asked_for():
    for net in (
        TwoLayerNet(300, 200, weight_scale=0.03, rng=0),
        FullyConnectedNet([200], 300, weight_scale=0.03, normalization="batchnorm", rng=0),
        ThreeLayerConvNet((3, 16, 16), 16, 5, 50, weight_scale=0.03, rng=0),
    ):
        for name, value in net.params.items():
            if name[0] == "W":
                assert value.std() == pytest.approx(0.03, rel=0.1) and abs(value.mean()) < 0.005, name
            else:
                assert (value == (1 if name.startswith("gamma") else 0)).all(), name


def test_shapes_and_names_of_the_parameters():
    net = FullyConnectedNet([7, 6], 12, 5, 0.5, "batchnorm", rng=0)
    shapes = {name: value.shape for name, value in net.params.items()}
    assert shapes == {
        "W1": (12, 7),
        "W2": (7, 6),
        "W3": (6, 5),
        **dict.fromkeys(("b1", "gamma1", "beta1"), (7,)),
        **dict.fromkeys(("b2", "gamma2", "beta2"), (6,)),
        "b3": (5,),
    }
    assert net.num_layers == 3 and net.use_dropout and len(net.bn_params) == 2
    assert net.bn_params[0] is not net.bn_params[1]
    conv = ThreeLayerConvNet((3, 8, 10), 4, 5, 7, 5)
    assert conv.params["W1"].shape == (4, 3, 5, 5) and conv.params["W2"].shape == (4 * 4 * 5, 7)
    assert ThreeLayerConvNet().params["W1"].shape == (32, 3, 7, 7)


@pytest.mark.parametrize("i", [0, 1, 2])
def test_float32_stays_and_images_may_be_bytes(i):
    rng = np.random.default_rng(6)
    net = small_nets(np.float32, normalization="batchnorm", dropout_keep_ratio=0.5)[i]
    net.reg = np.float64(0.1)
    X, y = batch_for(net, rng)
    images = (40 * np.abs(X)).astype(np.uint8)
    loss, grads = net.loss(images, y)
    assert type(loss) is float and {grad.dtype for grad in grads.values()} == {np.dtype(np.float32)}
    assert net.loss(images).dtype == np.float32


@pytest.mark.parametrize("norm", [None, "batchnorm", "layernorm"])
def test_scores_of_an_image_do_not_hang_on_its_companions(norm):
    rng = np.random.default_rng(7)
    net = shaken(FullyConnectedNet([7, 6], 12, 5, 0.5, norm, dtype=np.float64, rng=0), rng)
    X, y = batch_for(net, rng)
    net.loss(X, y)
    before = [dict(bn) for bn in net.bn_params]
    scores = net.loss(X)
    np.testing.assert_allclose(net.loss(X[:1]), scores[:1], rtol=1e-10)
    np.testing.assert_array_equal(net.loss(X), scores)
    for bn, old in zip(net.bn_params, before, strict=True):
        assert all(np.array_equal(bn[key], old[key]) for key in old if key.startswith("running"))


def test_batch_statistics_move_while_training():
    rng = np.random.default_rng(8)
    net = FullyConnectedNet([7], 12, 5, normalization="batchnorm", weight_scale=1, dtype=np.float64, rng=0)
    X, y = batch_for(net, rng)
    net.loss(X, y)
    hidden = X.reshape(17, -1) @ net.params["W1"]
    np.testing.assert_allclose(net.bn_params[0]["running_mean"], 0.1 * hidden.mean(axis=0))


def test_dropout_masks_repeat_with_a_seed_and_else_go_on():
    rng = np.random.default_rng(9)
    for seed, same in ((3, True), (None, False)):
        net = FullyConnectedNet([40], 12, 5, 0.5, weight_scale=1, seed=seed, rng=0)
        X, y = batch_for(net, rng)
        assert (net.loss(X, y)[0] == net.loss(X, y)[0]) == same
    first, second = (FullyConnectedNet([40], 12, 5, 0.5, weight_scale=1, rng=4) for _ in range(2))
    assert first.loss(X, y)[0] == second.loss(X, y)[0]


def test_dropout_has_two_names():
    rng = np.random.default_rng(10)
    old, new = (
        FullyConnectedNet([9], 12, 5, dropout=0.5, seed=1, rng=0),
        FullyConnectedNet([9], 12, 5, 0.5, seed=1, rng=0),
    )
    X, y = batch_for(old, rng)
    assert old.loss(X, y)[0] == new.loss(X, y)[0]
    assert not FullyConnectedNet([9], dropout=1).use_dropout


@pytest.mark.parametrize("i", [0, 1, 2])
def test_nets_keep_no_data_and_read_their_parameters_anew(i):
    rng = np.random.default_rng(11)
    net = small_nets(normalization="batchnorm")[i]
    X, y = batch_for(net, rng)
    copies, watched = (X.copy(), y.copy()), weakref.ref(X)
    before, _ = net.loss(X, y)
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(y, copies[1])
    net.params["b1"] = net.params["b1"] + 0.5
    net.params["W2"] = net.params["W2"] * -50
    assert net.loss(X, y)[0] != before
    del X
    assert watched() is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FullyConnectedNet([5], normalization="groupnorm"), "normalization is 'groupnorm'; use None or one of"),
        (lambda: FullyConnectedNet([5], dropout_keep_ratio=0), r"dropout_keep_ratio is 0; use .* \(0, 1\]"),
        (lambda: FullyConnectedNet([5], dropout=1.5), "dropout_keep_ratio is 1.5"),
        (lambda: FullyConnectedNet([5], dropout_keep_ratio=0.5, dropout=0.5), "two names of one setting"),
        (lambda: TwoLayerNet(12).loss(np.zeros((2, 13))), "affine_forward"),
        (lambda: TwoLayerNet(12).loss(np.zeros((2, 12)), np.array([0, 10])), "labels 0 .. 10; give 0 .. 9"),
        (lambda: CaptioningRNN(WORDS, cell_type="gru"), 'cell_type is \'gru\'; use "rnn" or "lstm"'),
        (lambda: CaptioningRNN({"cat": 0}), 'has no "<NULL>"'),
        (lambda: CaptioningRNN({"<NULL>": 0}, 4).sample(np.zeros((1, 4))), 'has no "<START>"'),
    ],
)
def test_what_nets_refuse(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# --- captioning


def captioning_net(cell, dtype=np.float64):
    return CaptioningRNN(WORDS, 6, 4, 5, cell, dtype, rng=0)


def captions(rng, N=3, T=6):
    """Captions of unlike length, padded with <NULL>."""
    words = rng.integers(3, 5, (N, T))
    words[:, 0] = 1
    for row, length in zip(words, rng.integers(3, T + 1, N), strict=True):
        row[length - 1 :] = [2] + [0] * (T - length)
    return words


@pytest.mark.parametrize(
    ("cell", "start", "stop", "loss"), [("rnn", -1.5, 0.3, 9.83235591003), ("lstm", -0.5, 1.7, 9.82445935443)]
)
def test_captioning_numbers_of_the_course(cell, start, stop, loss):
    N, D, W, H, T = 10, 20, 30, 40, 13
    net = CaptioningRNN({"<NULL>": 0, "cat": 2, "dog": 3}, D, W, H, cell, np.float64)
    assert list(net.params) == ["W_embed", "W_proj", "b_proj", "Wx", "Wh", "b", "W_vocab", "b_vocab"]
    for name, value in net.params.items():
        net.params[name] = line(-1.4, 1.3, *value.shape)
    words = (np.arange(N * T) % 3).reshape(N, T)
    assert net.loss(line(start, stop, N, D), words)[0] == pytest.approx(loss, abs=1e-10)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_captioning_gradients_are_slopes(cell):
    rng = np.random.default_rng(12)
    net, features, words = captioning_net(cell), rng.normal(size=(3, 6)), captions(rng)
    for name, value in net.params.items():
        net.params[name] = 0.5 * rng.normal(size=value.shape)
    _, grads = net.loss(features, words)
    assert grads.keys() == net.params.keys()
    for name, value in net.params.items():
        numeric = eval_numerical_gradient(lambda _: net.loss(features, words)[0], value, verbose=False)
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-6, atol=1e-8, err_msg=name)


def test_captioning_starts_at_ln_V_a_word():
    rng = np.random.default_rng(13)
    for cell in ("rnn", "lstm"):
        words = captions(rng, N=50)
        loss, _ = captioning_net(cell).loss(0.01 * rng.normal(size=(50, 6)), words)
        assert loss == pytest.approx(np.log(5) * (words[:, 1:] != 0).sum() / 50, rel=2e-2)


def test_captioning_weights_start_at_their_scale():
    net = CaptioningRNN({"<NULL>": 0, **{str(i): i for i in range(1, 90)}}, 100, 64, 81, "lstm", rng=0)
    scales = {"W_embed": 0.01, "W_proj": 1 / 10, "Wx": 1 / 8, "Wh": 1 / 9, "W_vocab": 1 / 9}
    for name, value in net.params.items():
        assert value.std() == pytest.approx(scales.get(name, 0), rel=0.05), name
        assert name in scales or not value.any(), name
    assert net.params["Wx"].shape == (64, 4 * 81) and net.params["W_proj"].shape == (100, 81)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_sampling_reads_each_word_it_wrote(cell):
    """Every word is the likeliest after <START> and the words before it, by the layers over the whole caption."""
    rng = np.random.default_rng(14)
    net, features = captioning_net(cell), rng.normal(size=(4, 6))
    for name, value in net.params.items():
        net.params[name] = (0.5 if name == "b_vocab" else 3) * rng.normal(size=value.shape)
    written, p = net.sample(features, max_length=7), net.params
    assert written.shape == (4, 7) and written.dtype.kind == "i"
    read = np.c_[np.full(4, 1), written[:, :-1]]
    h0 = features @ p["W_proj"] + p["b_proj"]
    run = {"rnn": layers.rnn_forward, "lstm": layers.lstm_forward}[cell]
    h, _ = run(p["W_embed"][read], h0, p["Wx"], p["Wh"], p["b"])
    np.testing.assert_array_equal(written, (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=2))
    assert len(np.unique(written)) > 2, "the fixture must write several words"


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_captioning_keeps_float32_and_no_data(cell):
    rng = np.random.default_rng(15)
    net, features, words = captioning_net(cell, np.float32), rng.normal(size=(3, 6)), captions(rng)
    copies, watched = (features.copy(), words.copy()), weakref.ref(features)
    loss, grads = net.loss(features, words)
    np.testing.assert_array_equal(loss, net.loss(features.astype(np.float32), words)[0])
    assert type(loss) is float and {grad.dtype for grad in grads.values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(features, copies[0])
    np.testing.assert_array_equal(words, copies[1])
    net.sample(features, 2)
    del features
    assert watched() is None
