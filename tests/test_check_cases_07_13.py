"""Lessons 07 to 13: edges, masks that are shared or frozen, memories that move, captioning without an LSTM."""

import collections
import random

import numpy as np
import pytest

from cs231n_lib.check import check, compare, registry, variants
from cs231n_lib.check.exercises import (
    t07_batch_norm,
    t08_layer_norm,
    t09_dropout,
    t10_convnets,
    t12_rnn,
    t13_captioning,
    t13_lstm,
)
from cs231n_lib.check.model import Exercise
from cs231n_lib.nets import captioning
from cs231n_lib.textbook import norm, rnn
from tests.right_versions import (
    captioning_with_an_rnn_alone,
    dropout_by_binomial,
    dropout_by_its_own_generator,
    dropout_by_randn_s_cousin,
    dropout_by_the_random_module,
    dropout_that_caches_indices,
    sample_with_an_rnn_alone,
)

TOPICS = (t07_batch_norm, t08_layer_norm, t09_dropout, t10_convnets, t12_rnn, t13_lstm, t13_captioning)
WRITTEN = [item for topic in TOPICS for item in topic.EXERCISES if isinstance(item, Exercise)]

EDGE_ONLY = {  # mistakes that no ordinary case shows, and why
    ("dropout_forward", "09.d3"): "rows of features have no channels",
    ("conv_forward_naive", "10.d7"): "pad:-pad is right for every padding but 0",
    ("conv_backward_naive", "10.f10"): "pad:-pad is right for every padding but 0",
    ("conv_backward_naive", "10.f13"): "pad:-pad is right for every padding but 0",
    ("max_pool_backward_naive", "10.m"): "random numbers have no ties",
    ("max_pool_backward_naive", "10.m1"): "random numbers have no ties",
    ("max_pool_backward_naive", "10.m6"): "random numbers have no ties",
    ("temporal_softmax_loss", "12.m6"): "only large scores overflow",
    ("temporal_softmax_loss", "12.m9"): "only scores far apart underflow",
}


def ids(report):
    """Return the ids of the mistakes a report names."""
    return [d.id for d in report.diagnosis]


# --- edges ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda e: e.name)
def test_every_exercise_keeps_three_ordinary_cases(exercise):
    assert sum(not one.edge for one in exercise.cases()) >= 3


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda e: e.name)
def test_a_mistake_that_is_about_no_edge_is_wrong_in_an_ordinary_case(exercise):
    book = variants.book(exercise.name)
    hidden = {
        (exercise.name, mistake.id)
        for mistake in exercise.mistakes
        if compare.same_all(book.core(book.variant((mistake,))), book.core(book.truth))
    }
    assert hidden == {key for key in EDGE_ONLY if key[0] == exercise.name}


@pytest.mark.parametrize(("name", "number"), EDGE_ONLY)
def test_a_mistake_of_an_edge_passes_and_is_named(name, number):
    exercise = registry.exercise(name)
    mistake = next(m for m in exercise.mistakes if m.id == number)
    report = check(name, variants.patched(exercise, (mistake,)).fn)
    assert report.status == "passed"
    assert ids(report) == [number]


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda e: e.name)
def test_the_names_of_the_cases_can_be_told_apart_in_a_list(exercise):
    labels = collections.Counter(one.label for one in exercise.cases())
    assert max(labels.values()) == 1, labels
    assert not any("," in label.replace("(1,)", "") for label in labels)


@pytest.mark.parametrize("shape", [(1,), (1, 1)])
def test_a_loss_of_shape_1_is_right_with_an_edge(shape):
    def mine(x, y, mask):
        loss, dx = rnn.temporal_softmax_loss(x, y, mask)
        return np.reshape(loss, shape), dx

    report = check("temporal_softmax_loss", mine)
    assert report.status == "passed" and report.edge
    assert "where a number is due" in repr(report)


# --- dropout -------------------------------------------------------------------------------------------------------

STATES = range(20)


def in_state(fn, state):
    """Return a function whose calls each find NumPy's and Python's generators in a state of this series."""
    series = np.random.default_rng([7, state])

    def wrapped(x, dropout_param):
        np.random.seed(series.integers(2**32))
        random.seed(int(series.integers(2**32)))
        return fn(x, dropout_param)

    return wrapped


FORWARD = registry.exercise("dropout_forward")


@pytest.mark.parametrize("mistake", FORWARD.mistakes, ids=lambda m: m.id)
def test_a_mistake_in_dropout_gives_the_same_values_whatever_the_generator_draws(mistake):
    book, subject = variants.book("dropout_forward"), variants.patched(FORWARD, (mistake,))
    expected, fn = list(book.variant((mistake,))), subject.fn
    for state in STATES:
        subject.fn = in_state(fn, state)
        assert compare.same_all(book.run(subject), expected)


@pytest.mark.parametrize(
    "fn",
    [
        dropout_by_binomial,
        dropout_by_its_own_generator,
        dropout_by_randn_s_cousin,
        dropout_by_the_random_module,
        dropout_that_caches_indices,
        norm.dropout_forward,
    ],
)
def test_right_dropout_passes_whatever_the_generator_draws(fn):
    headlines = {check("dropout_forward", in_state(fn, state)).headline for state in STATES}
    assert len(headlines) == 1
    assert "right." in headlines.pop()


def masked(draw):
    """Return a dropout whose mask is draw(x, p), with 1/p in it."""

    def mine(x, dropout_param):
        mask = None
        if dropout_param["mode"] == "train":
            mask = draw(x, dropout_param["p"])
            return x * mask, (dropout_param, mask)
        return x, (dropout_param, mask)

    return mine


rng_of_the_module = np.random.default_rng(5)
SHARED = {
    "one mask for the batch": (lambda x, p: rng_of_the_module.binomial(1, p, x.shape[1:]) / p, "09.d1"),
    "one coin for each row": (
        lambda x, p: (rng_of_the_module.random(len(x)) < p).reshape(-1, *[1] * (x.ndim - 1)) / p,
        "09.d",
    ),
    "one coin for all": (lambda x, p: (random.random() < p) / p, "09.d2"),
    "frozen": (lambda x, p: (np.random.default_rng(42).random(x.shape) < p) / p, "09.e"),
    "p is ignored": (lambda x, p: rng_of_the_module.integers(0, 2, x.shape) / p, "09.e1"),
    "p is ignored twice": (lambda x, p: rng_of_the_module.integers(0, 2, x.shape) * 2.0, "09.e2"),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_mask_that_is_shared_frozen_or_without_p_is_named(name):
    draw, number = SHARED[name]
    report = check("dropout_forward", masked(draw))
    assert report.status == "failed"
    assert ids(report) == [number]


def test_half_a_mask_used_twice_is_caught():
    def halves(x, p):
        half = np.random.rand(len(x) // 2, *x.shape[1:]) < p
        return np.concatenate([half, half]) / p

    report = check("dropout_forward", masked(halves))
    assert report.status == "failed"
    assert "`different masks among the 60 rows`" in report.lines[0]


def test_a_seed_that_is_read_must_be_obeyed():
    def mine(x, dropout_param):
        np.random.seed(dropout_param.get("seed"))
        return masked(lambda x, p: (np.random.default_rng().random(x.shape) < p) / p)(x, dropout_param)

    report = check("dropout_forward", mine)
    assert report.status == "passed"
    assert "training with one seed" in repr(report)


def test_a_mask_drawn_anew_in_the_backward_is_named_whatever_the_generator_draws():
    def mine(dout, cache):
        dropout_param, mask = cache
        if mask is None:
            return dout
        return dout * np.random.default_rng().binomial(1, dropout_param["p"], dout.shape) / dropout_param["p"]

    assert {tuple(ids(check("dropout_backward", mine))) for _ in STATES} == {("09.g",)}


@pytest.mark.parametrize("forward", [dropout_by_the_random_module, dropout_by_its_own_generator])
def test_a_right_backward_passes_behind_a_forward_that_draws_anew(forward):
    def unseeded(x, dropout_param):
        return forward(x, {"mode": dropout_param["mode"], "p": dropout_param["p"]})

    def mine(dout, cache):
        return dout if cache[1] is None else dout * cache[1]

    assert {check("dropout_backward", mine, forward=unseeded).status for _ in STATES} == {"passed"}


def test_the_drop_rate_of_2016_says_its_edition():
    assert {m.id: m.edition for m in FORWARD.mistakes if m.edition} == {"09.c": "2016 and 2017"}


# --- batch norm ----------------------------------------------------------------------------------------------------


def learns_after_all(x, gamma, beta, bn_param):
    """Batch norm of one's own whose memory moves in both modes, after the output."""
    D, eps = x.shape[1], bn_param.get("eps", 1e-5)
    old = bn_param.get("running_mean", np.zeros(D)), bn_param.get("running_var", np.zeros(D))
    now = x.mean(axis=0), np.mean((x - x.mean(axis=0)) ** 2, axis=0)
    mean, var = now if bn_param["mode"] == "train" else old
    keep = bn_param.get("momentum", 0.9)
    for name, before, new in zip(("running_mean", "running_var"), old, now, strict=True):
        bn_param[name] = keep * before + (1 - keep) * new
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, None


def test_batch_norm_that_learns_in_test_mode_is_named():
    report = check("batchnorm_forward", learns_after_all)
    assert report.status == "failed"
    assert ids(report) == ["07.u1"]
    assert "`running_mean after the test batch" in report.lines[0]


def test_spatial_batch_norm_that_learns_in_test_mode_fails():
    def mine(x, gamma, beta, bn_param):
        N, C, H, W = x.shape
        out, cache = learns_after_all(np.moveaxis(x, 1, 3).reshape(-1, C), gamma, beta, bn_param)
        return np.moveaxis(out.reshape(N, H, W, C), 3, 1), cache

    report = check("spatial_batchnorm_forward", mine)
    assert report.status == "failed"
    assert "after the test batch" in report.lines[0]


def test_running_statistics_of_channels_may_have_any_shape():
    def mine(x, gamma, beta, bn_param):
        for name in ("running_mean", "running_var"):
            bn_param[name] = np.ravel(bn_param.get(name, np.zeros(len(gamma))))
        out, cache = norm.spatial_batchnorm_forward(x, gamma, beta, bn_param)
        for name in ("running_mean", "running_var"):
            bn_param[name] = bn_param[name].reshape(1, -1, 1, 1)
        return out, cache

    assert (
        check("spatial_batchnorm_forward", mine).headline == check("spatial_batchnorm_forward", norm_of_ours).headline
    )


norm_of_ours = norm.spatial_batchnorm_forward


def test_the_defaults_of_the_norms_are_told_to_the_engine():
    assert registry.exercise("batchnorm_forward").defaults == {"bn_param": {"eps": 1e-5, "momentum": 0.9}}
    assert registry.exercise("layernorm_backward").defaults == {"ln_param": {"eps": 1e-5}}
    assert registry.exercise("spatial_groupnorm_forward").defaults == {"gn_param": {"eps": 1e-5}}


# --- captioning ----------------------------------------------------------------------------------------------------


class WithAnRNNAlone(captioning.CaptioningRNN):
    loss, sample = captioning_with_an_rnn_alone, sample_with_an_rnn_alone


@pytest.mark.parametrize("method", ["loss", "sample"])
def test_captioning_written_for_the_rnn_alone_is_right(method):
    assert "right." in check(f"CaptioningRNN.{method}", WithAnRNNAlone).headline
    assert check(f"CaptioningRNN.{method} with lstm", WithAnRNNAlone).status == "error"


def test_an_rnn_where_an_lstm_is_asked_for_is_named():
    assert ids(check("CaptioningRNN.sample with lstm", WithAnRNNAlone)) == ["12.n10"]


class OwnNet:
    """A net that makes its own parameters, from the scale and the offset of its class."""

    scale, offset, embed = 1.0, 0.0, 0.01

    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32):
        V, D, W, H, k = len(word_to_idx), input_dim, wordvec_dim, hidden_dim, {"rnn": 1, "lstm": 4}[cell_type]
        draw = np.random.default_rng().standard_normal
        sizes = {"W_proj": (D, H), "Wx": (W, k * H), "Wh": (H, k * H), "W_vocab": (H, V)}
        self.params = {name: self.scale * draw(size) / size[0] ** 0.5 for name, size in sizes.items()}
        self.params["W_embed"] = self.embed * draw((V, W))
        self.params |= {name: self.offset + np.zeros(n) for name, n in (("b_proj", H), ("b", k * H), ("b_vocab", V))}
        self.params = {name: value.astype(dtype) for name, value in self.params.items()}
        self._null, self._start, self.cell_type = word_to_idx["<NULL>"], word_to_idx["<START>"], cell_type

    loss = captioning_with_an_rnn_alone


def made(**attributes):
    """Return a class of nets whose new parameters have other attributes."""
    return type("CaptioningRNN", (OwnNet,), attributes)


def test_a_net_with_an_init_of_its_own_is_right_whatever_it_draws():
    assert {check("CaptioningRNN.loss", made()).status for _ in STATES} == {"passed"}


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"offset": 1.0}, "`entries of params['b_proj'] that are 0` is 0; it should be 25"),
        ({"scale": 3.0}, "the standard deviation of params['W_proj'], divided by 1 / sqrt(30)"),
        ({"embed": 1.0}, "the standard deviation of params['W_embed'], divided by 0.01"),
    ],
)
def test_the_parameters_of_a_new_net_are_judged(attributes, said):
    report = check("CaptioningRNN.loss", made(**attributes))
    assert report.status == "failed"
    assert said in repr(report)


def test_a_parameter_that_is_not_made_is_named():
    def init(self, *args, **kwargs):
        OwnNet.__init__(self, *args, **kwargs)
        del self.params["b_vocab"]

    assert "params['b_vocab']" in repr(check("CaptioningRNN.loss", made(__init__=init)))


def test_a_class_without_an_init_of_its_own_is_judged_by_its_loss():
    cell = {"cell_type": "rnn", "_null": 0, "_start": 1, "loss": captioning_with_an_rnn_alone}
    assert check("CaptioningRNN.loss", type("CaptioningRNN", (), cell)).status == "passed"


# --- near variants -------------------------------------------------------------------------------------------------


def columns_of(x, HH, WW, s, p):
    """Return the windows of x, (N, OH, OW, C * HH * WW)."""
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(*views.shape[:1], *views.shape[2:4], -1)


ORDERS = {
    "10.g": lambda cols, w: w @ cols.transpose(3, 1, 2, 0).reshape(cols.shape[3], -1),
    "10.g2": lambda cols, w: cols.reshape(-1, cols.shape[3]) @ w.T,
    "10.g1": lambda cols, w: w @ cols.reshape(-1, cols.shape[3]).T,
}


@pytest.mark.parametrize("number", ORDERS)
def test_columns_in_another_order_are_named(number):
    def mine(x, w, b, conv_param):
        cols = columns_of(x, *w.shape[2:], conv_param["stride"], conv_param["pad"])
        product = ORDERS[number](cols, w.reshape(len(w), -1))
        product = product + (b if number == "10.g2" else b[:, None])
        return product.reshape(len(x), len(w), *cols.shape[1:3]), None

    assert ids(check("conv_forward_naive", mine)) == [number]


def test_a_window_cut_from_x_is_named_by_the_cases_it_stops_in():
    def mine(x, w, b, conv_param):
        s, p = conv_param["stride"], conv_param["pad"]
        HH, WW = w.shape[2:]
        size = [(n + 2 * p - k) // s + 1 for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]
        out = np.zeros((len(x), len(w), *size))
        for n, f, i, j in np.ndindex(*out.shape):
            out[n, f, i, j] = (x[n, :, i * s : i * s + HH, j * s : j * s + WW] * w[f]).sum() + b[f]
        return out, None

    assert ids(check("conv_forward_naive", mine)) == ["10.d5"]


@pytest.mark.parametrize(("limit", "number"), [(1, "12.q1"), (5, "12.q2")])
def test_clipping_inside_the_backward_is_named(limit, number):
    def mine(dh, caches):
        found = rnn.rnn_backward(dh, caches)
        for array in found:
            np.clip(array, -limit, limit, out=array)
        return found

    assert ids(check("rnn_backward", mine)) == [number]
    report = check("lstm_backward", lambda dh, cache: [g.clip(-limit, limit) for g in rnn.lstm_backward(dh, cache)])
    assert ids(report) == [number.replace("12.", "13s.")]


def test_one_bn_param_for_all_channels_is_named():
    def mine(x, gamma, beta, bn_param):
        out = np.zeros_like(x)
        for c in range(x.shape[1]):
            flat, _ = norm.batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], bn_param)
            out[:, c] = flat.reshape(x[:, c].shape)
        return out, None

    assert ids(check("spatial_batchnorm_forward", mine)) == ["10.o"]


def test_a_window_overwritten_as_a_whole_is_named():
    def mine(dout, cache):
        x, param = cache
        dx, s = np.zeros_like(x), param["stride"]
        for i, j in np.ndindex(*dout.shape[2:]):
            part = np.s_[:, :, i * s : i * s + param["pool_height"], j * s : j * s + param["pool_width"]]
            dx[part] = (x[part] == x[part].max(axis=(2, 3), keepdims=True)) * dout[:, :, i, j][:, :, None, None]
        return dx

    assert ids(check("max_pool_backward_naive", mine)) == ["10.j2"]
