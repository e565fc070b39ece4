"""Lessons 00 to 06 and the convolutional net: edges and ordinary cases, first weights, defaults, other forms."""

import textwrap

import numpy as np
import pytest

from cs231n_lib.check import check, registry, variants
from cs231n_lib.check.compare import same_all
from cs231n_lib.check.exercises import (
    t00_start,
    t01_knn,
    t02_svm,
    t03_softmax,
    t04_layers,
    t04_two_layer_net,
    t05_tuning,
    t06_deep_nets,
    t06_optimisers,
    t10_convnet,
)
from cs231n_lib.check.model import Exercise, find
from cs231n_lib.check.run import Subject, play
from cs231n_lib.nets.two_layer import TwoLayerNet
from cs231n_lib.textbook import layers, nets, optim

TOPICS = [t00_start, t01_knn, t02_svm, t03_softmax, t04_layers, t04_two_layer_net, t05_tuning]
TOPICS += [t06_deep_nets, t06_optimisers, t10_convnet]
OURS = [item for topic in TOPICS for item in topic.EXERCISES if isinstance(item, Exercise)]
RULES = ("sgd", "sgd_momentum", "nesterov", "rmsprop", "adam")
NETS = {"TwoLayerNet.loss": layers.TwoLayerNet, "ThreeLayerConvNet.loss": nets.ThreeLayerConvNet} | {
    f"FullyConnectedNet.loss{extra}": nets.FullyConnectedNet
    for extra in ("", " with batchnorm", " with layernorm", " with dropout")
}

# --- edges --------------------------------------------------------------------------------------------------------

EDGE_ONLY = {  # the mistakes that no official test finds, and why: exercise and id
    ("cross_validation_folds", "01.remainder"): "only rows that cannot be dealt out evenly are lost",
    ("softmax_loss_naive", "03.s"): "exp overflows only beyond scores of 700",
    ("softmax_loss_naive", "03.t"): "one maximum harms only rows that lie 700 below it",
    ("softmax_loss_vectorized", "03.s"): "exp overflows only beyond scores of 700",
    ("softmax_loss_vectorized", "03.t"): "one maximum harms only rows that lie 700 below it",
    ("softmax_loss", "04.w5"): "exp overflows only beyond scores of 700",
    ("softmax_loss", "04.w6"): "one maximum harms only rows that lie 700 below it",
    ("soft_targets_loss", "03.q11"): "exp overflows only beyond scores of 700",
    ("relu_backward", "04.i8"): "the slope at 0 is a convention, and random inputs are never 0",
    ("rmsprop", "06.k"): "epsilon counts only beside tiny gradients",
    ("rmsprop", "06.k5"): "epsilon counts only beside tiny gradients",
    ("rmsprop", "06.k9"): "epsilon counts only beside tiny gradients",
    ("adam", "06.ka"): "epsilon counts only beside tiny gradients",
    ("adam", "06.y1"): "epsilon counts only beside tiny gradients",
}


def edge_only(exercise):
    """Return the ids of the mistakes that give right values in every ordinary case."""
    book = variants.book(exercise.name)
    written = [m for m in exercise.mistakes if not m.where]
    outcomes = ((m.id, book.run(variants.patched(exercise, (m,)))) for m in written)
    return {id for id, got in outcomes if same_all(book.core(got), book.core(book.truth))}


@pytest.mark.parametrize("exercise", OURS, ids=lambda e: e.name)
def test_every_mistake_but_those_listed_is_wrong_in_an_ordinary_case(exercise):
    assert edge_only(exercise) == {id for name, id in EDGE_ONLY if name == exercise.name}


@pytest.mark.parametrize(("name", "id"), EDGE_ONLY)
def test_a_mistake_that_no_official_test_finds_passes_and_is_named(name, id):
    exercise = registry.exercise(name)
    (mistake,) = (m for m in exercise.mistakes if m.id == id)
    report = check(name, variants.patched(exercise, (mistake,)).fn)
    assert report.status == "passed"
    assert [d.id for d in report.diagnosis] == [id]


@pytest.mark.parametrize("exercise", OURS, ids=lambda e: e.name)
def test_three_ordinary_cases_remain(exercise):
    assert sum(not one.edge for one in exercise.cases()) >= 3


@pytest.mark.parametrize("exercise", OURS, ids=lambda e: e.name)
def test_case_labels_read_well_in_a_list(exercise):
    for one in exercise.cases():
        assert not {",", ";", "(", ")"} & set(one.label), one.label
        assert "alike" not in one.label
        assert one.label not in {"rows", "pictures", "numbers"}


def test_a_loss_without_the_shift_is_right_with_an_edge():
    def by_powers(x, y):
        p = np.exp(x)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        p[np.arange(len(y)), y] -= 1
        return loss, p / len(y)

    report = check("softmax_loss", by_powers)
    assert report.status == "passed"
    assert "edge" in report.headline
    assert [d.id for d in report.diagnosis] == ["04.w5"]


def test_a_loss_that_squeezes_is_right_with_an_edge():
    def squeezing(x, y):
        right = np.squeeze(x[np.arange(len(y)), y])
        margins = np.maximum(0, x - right[:, None] + 1)
        margins[np.arange(len(y)), y] = 0
        dx = (margins > 0) * 1.0
        dx[np.arange(len(y)), y] -= dx.sum(axis=1)
        return margins.sum() / len(y), dx / len(y)

    report = check("svm_loss", squeezing)
    assert report.status == "passed"
    assert report.edge and "“one row”" in report.lines[0]


@pytest.mark.parametrize("open_at_zero", [True, False])
def test_relu_may_take_either_slope_at_zero(open_at_zero):
    def gate(dout, cache):
        return np.where(cache >= 0 if open_at_zero else cache > 0, dout, 0)

    report = check("relu_backward", gate)
    assert report.status == "passed"
    assert ("edge" in report.headline) is open_at_zero


# --- update rules -------------------------------------------------------------------------------------------------


def test_adam_in_the_form_of_section_2_differs_in_edges_alone():
    exercise, book = registry.exercise("adam"), variants.book("adam")
    (also,) = exercise.also
    _, _, fn = find(also.path)
    outcomes = book.run(Subject(fn, None, exercise.returns, {}))
    assert not same_all(outcomes, book.truth)
    assert same_all(book.core(outcomes), book.core(book.truth))
    assert check("adam", optim.adam_section_2).status == "passed"


@pytest.mark.parametrize("name", RULES)
def test_the_defaults_told_are_those_of_the_rule(name):
    defaults = registry.exercise(name).defaults["config"]
    rng = np.random.default_rng(77)
    w, dws = rng.standard_normal(5), rng.standard_normal((3, 5))
    silent, told = {}, dict(defaults)
    for dw in dws:
        left, silent = variants.reference(registry.exercise(name)).fn(w, dw, silent)
        right, told = variants.reference(registry.exercise(name)).fn(w, dw, told)
        np.testing.assert_array_equal(left, right)
    settings = {"learning_rate", "momentum", "decay_rate", "beta1", "beta2", "epsilon"}
    assert {n: v for n, v in silent.items() if n in settings} == defaults


def test_momentum_in_other_published_forms_is_right():
    def nesterov_in_one_sum(w, dw, config=None):
        config = {"learning_rate": 1e-2, "momentum": 0.9} | (config or {})
        before = config.get("velocity", np.zeros_like(w))
        config["velocity"] = config["momentum"] * before - config["learning_rate"] * dw
        return w - config["momentum"] * before + (1 + config["momentum"]) * config["velocity"], config

    def nesterov_with_a_buffer_of_gradients(w, dw, config=None):
        config = {"learning_rate": 1e-2, "momentum": 0.9} | (config or {})
        config["velocity"] = config["momentum"] * config.get("velocity", 0 * w) + dw
        return w - config["learning_rate"] * (dw + config["momentum"] * config["velocity"]), config

    for fn in (nesterov_in_one_sum, nesterov_with_a_buffer_of_gradients):
        assert check("nesterov", fn).status == "passed"


# --- what official files hand out, and what was right in other years --------------------------------------------------


def test_the_loss_that_every_edition_hands_out_is_told():
    assert registry.exercise("svm_loss_naive").given == ("loss",)


def test_half_the_penalty_was_right_in_some_editions():
    editions = {(e.name, m.id): m.edition for e in OURS for m in e.mistakes if m.edition}
    assert editions == {
        ("svm_loss_naive", "02.e"): "2016",
        ("svm_loss_vectorized", "02.e"): "2016",
        ("softmax_loss_naive", "03.e"): "2016 to 2024",
        ("softmax_loss_vectorized", "03.e"): "2016 to 2024",
    }


# --- first weights ------------------------------------------------------------------------------------------------


def with_init(net, old, new):
    """Return a plain net as a learner's class, with one text of its __init__ replaced."""
    module = nets if net.__module__.endswith("nets") else layers
    head, body = variants.patch(variants.source(module, f"{net.__name__}.__init__"), "__init__", old, new)
    made = {}
    exec(textwrap.dedent(head + body), dict(vars(module)), made)
    return type(net.__name__, (net,), made)


def first_weights(name, net):
    """Play the case that makes the net."""
    exercise = registry.exercise(name)
    (one,) = (c for c in exercise.cases() if "shapes" in c.args)
    return play(exercise, Subject(net.loss, net, exercise.returns, {}), one).values


SCALED = "weight_scale * np.random.randn(*shape)"
WRONG = [
    (SCALED, "np.random.randn(*shape)"),
    (SCALED, "1e-3 * np.random.randn(*shape)"),
    (SCALED, "np.random.randn(*shape) * np.sqrt(2 / shape[0])"),
    (SCALED, "weight_scale * np.random.randn(*shape) * np.sqrt(2 / shape[-1])"),
    (SCALED, "weight_scale * np.random.rand(*shape)"),
    (SCALED, "np.random.normal(0, weight_scale**2, shape)"),
    (SCALED, "np.random.randn(*shape) + weight_scale"),
    (SCALED, "np.zeros(shape)"),
    (SCALED, "np.full(shape, 0.1)"),
    (SCALED, "weight_scale * np.random.randn(*shape[::-1])"),
    ('"b{i}"] = np.zeros(outputs)', '"b{i}"] = np.ones(outputs)'),
    ('"b{i}"] = np.zeros(outputs)', '"b{i}"] = weight_scale * np.random.randn(outputs)'),
    ('"b{i}"] = np.zeros(outputs)', '"b{i}"] = np.zeros(shape[0] + 1)'),
]
RIGHT = [
    "np.random.normal(0, weight_scale, shape)",
    "np.random.default_rng().normal(scale=weight_scale, size=shape)",
    "np.random.RandomState(len(shape)).randn(*shape) * weight_scale",
]


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(("old", "new"), WRONG)
def test_wrong_first_weights_are_found(name, old, new):
    report = check(name, with_init(NETS[name], old, new))
    assert report.status == "failed", report
    assert "Right already: `scores`, `loss`" in repr(report)


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("new", RIGHT)
def test_right_first_weights_are_not_accused(name, new):
    assert check(name, with_init(NETS[name], SCALED, new)).status == "passed"


@pytest.mark.parametrize("name", NETS)
def test_first_weights_are_judged_alike_in_every_state_of_the_generator(name):
    right, wrong = NETS[name], with_init(NETS[name], SCALED, "weight_scale * np.random.rand(*shape)")
    for state in range(60):
        np.random.seed(state)
        assert all(np.all(value) for n, value in first_weights(name, right).items()), state
        assert not any(value for n, value in first_weights(name, wrong).items() if "mean" in n or "std" in n), state


@pytest.mark.parametrize(
    ("norm", "old", "new"),
    [
        ("batchnorm", "np.ones(outputs)", "np.zeros(outputs)"),
        ("layernorm", '"beta{i}"] = np.zeros(outputs)', '"beta{i}"] = np.ones(outputs)'),
        ("batchnorm", "if normalization and i < self.num_layers:", "if normalization:"),
        ("layernorm", "np.ones(outputs)", "np.random.randn(outputs)"),
    ],
)
def test_wrong_starts_of_a_norm_are_found(norm, old, new):
    net = with_init(nets.FullyConnectedNet, old, new)
    assert check(f"FullyConnectedNet.loss with {norm}", net).status == "failed"


def test_a_parameter_that_is_not_made_is_named():
    net = with_init(layers.TwoLayerNet, 'self.params[f"b{i}"] = np.zeros(outputs)', "pass")
    assert "Not begun yet: `size of b1`" in repr(check("TwoLayerNet.loss", net))


def test_a_class_of_a_notebook_is_not_accused_for_its_init():
    class Alone:
        loss = layers.TwoLayerNet.loss

    class Small:
        loss = layers.TwoLayerNet.loss

        def __init__(self, params):
            self.params, self.reg = params, 0.0

    class OfAnySettings:
        loss = layers.TwoLayerNet.loss

        def __init__(self, **settings):
            self.params, self.reg = {}, 0.0

    class Derived(TwoLayerNet):
        def loss(self, X, y=None):
            return layers.TwoLayerNet.loss(self, X + 0, y)

    for net in (Alone, Small, OfAnySettings, Derived, layers.TwoLayerNet.loss):
        assert check("TwoLayerNet.loss", net).status == "passed"


def test_an_init_that_stops_is_told():
    net = with_init(layers.TwoLayerNet, "np.zeros(outputs)", "np.zeros(outputs, outputs)")
    report = check("TwoLayerNet.loss", net)
    assert report.status == "error"
    assert "TypeError" in report.headline
