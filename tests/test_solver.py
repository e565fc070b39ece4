"""The Solver: it learns, keeps the best net whole, stops and goes on to the same numbers, bit for bit."""

import inspect
import itertools
import os
import re
import signal
import weakref

import numpy as np
import pytest

from cs231n_lib import optim
from cs231n_lib.nets.captioning import CaptioningRNN
from cs231n_lib.nets.convnet import ThreeLayerConvNet
from cs231n_lib.nets.fully_connected import FullyConnectedNet
from cs231n_lib.solver import CaptioningSolver, Solver

HISTORIES = ("loss_history", "train_acc_history", "val_acc_history")


def images(N=60, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, N)
    X = rng.normal(size=(N, 3, 6, 6)) + 3 * y[:, None, None, None] * np.linspace(-1, 1, 6)
    half = N * 2 // 3
    return {"X_train": X[:half], "y_train": y[:half], "X_val": X[half:], "y_val": y[half:], "more": "not read"}


def captions(M=30, T=5):
    rng = np.random.default_rng(1)
    return {
        "train_captions": np.c_[np.full(M, 1), rng.integers(3, 6, (M, T - 1)), np.full(M, 2)],
        "train_image_idxs": rng.integers(0, 10, M),
        "train_features": rng.normal(size=(10, 8)),
    }


def net():
    """Everything a net may remember: running statistics and a stream of dropout masks."""
    return FullyConnectedNet([9, 8], 108, 3, 0.7, "batchnorm", reg=0.01, weight_scale=0.1, rng=2)


def solver(model=None, rule="adam", rng=3, **settings):
    settings = {"batch_size": 8, "num_epochs": 4, "verbose": False, "lr_decay": 0.9, "num_train_samples": 20} | settings
    config = {"learning_rate": np.float64(1e-2)}
    return Solver(model or net(), images(), update_rule=rule, optim_config=config, rng=rng, **settings)


def captioner(rng=3, **settings):
    words = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "cat": 4, "dog": 5}
    model = CaptioningRNN(words, 8, 6, 7, "lstm", rng=2)
    settings = {"batch_size": 8, "num_epochs": 4, "verbose": False, "lr_decay": 0.9, "max_grad_norm": 2.0} | settings
    return CaptioningSolver(model, captions(), update_rule="adam", rng=rng, **settings)


def memory(training):
    """All that must agree: histories, parameters, running statistics, what the rule remembers."""
    kept = {name: getattr(training, name) for name in training.HISTORIES}
    kept |= {
        "params": training.model.params,
        "configs": training.optim_configs,
        "rng": training.rng.bit_generator.state,
    }
    kept |= {"bn": [{k: v for k, v in bn.items() if k != "mode"} for bn in getattr(training.model, "bn_params", [])]}
    return kept | {name: getattr(training, name) for name in ("best_val_acc", "best_params") if hasattr(training, name)}


def assert_same(one, other):
    np.testing.assert_equal(memory(one), memory(other))


def raise_at(model, call, error=KeyboardInterrupt):
    """Make the net's loss raise at its n-th call, once."""
    counter, loss = itertools.count(1), model.loss

    def breaking(*arguments):
        if next(counter) == call:
            raise error
        return loss(*arguments)

    model.loss = breaking


# --- training


def test_it_learns_and_keeps_records():
    training = solver(num_train_samples=None, num_epochs=12)
    training.train()
    assert training.iterations_per_epoch == 40 // 8 and training.epoch == 12 and training.iteration == 60
    assert len(training.loss_history) == 60
    assert len(training.train_acc_history) == len(training.val_acc_history) == 12 + 1
    assert np.mean(training.loss_history[-5:]) < 0.5 * training.loss_history[0]
    assert training.best_val_acc == max(training.val_acc_history) > 0.8


def test_each_step_is_the_rule_on_a_batch_drawn_with_replacement():
    """Three steps written out: batch, loss, update, a learning rate that decays after each epoch."""
    data, model = images(), FullyConnectedNet([4], 108, 3, dtype=np.float64, weight_scale=0.1, rng=0)
    params, rng, lr, losses = dict(model.params), np.random.default_rng(5), 0.1, []
    config = {"learning_rate": 0.1, "momentum": 0.8}
    training = Solver(
        model,
        data,
        update_rule="sgd_momentum",
        optim_config=config,
        lr_decay=0.5,
        rng=5,
        batch_size=20,
        num_epochs=2,
        verbose=False,
        num_train_samples=None,
    )
    training.train()
    twin = FullyConnectedNet([4], 108, 3, dtype=np.float64)
    twin.params, velocity = params, {name: 0 * w for name, w in params.items()}
    for step in range(4):
        rows = rng.integers(40, size=20)
        loss, grads = twin.loss(data["X_train"][rows], data["y_train"][rows])
        losses.append(loss)
        for name, grad in grads.items():
            velocity[name] = 0.8 * velocity[name] - lr * grad
            twin.params[name] = twin.params[name] + velocity[name]
        if step % 2 == 1:
            lr *= 0.5
    np.testing.assert_allclose(training.loss_history, losses, rtol=1e-10)
    assert config == {"learning_rate": 0.1, "momentum": 0.8}, "each parameter has a config of its own"


def test_the_same_seed_gives_the_same_training_and_leaves_the_global_stream_alone():
    np.random.seed(0)
    before = np.random.get_state(legacy=False)["state"]["key"].copy()
    first, second, other = solver(), solver(), solver(rng=4)
    for training in (first, second, other):
        training.train()
    assert_same(first, second)
    assert first.loss_history != other.loss_history
    np.testing.assert_array_equal(np.random.get_state(legacy=False)["state"]["key"], before)


def test_a_batch_larger_than_the_data_is_one_epoch():
    training = solver(batch_size=100, num_epochs=3)
    training.train()
    assert training.iterations_per_epoch == 1 and len(training.loss_history) == len(training.val_acc_history) == 3


def test_the_best_net_is_kept_whole():
    """After training the net is the one that was best, running statistics included: it scores best_val_acc again."""
    data, training = images(), solver(rule="sgd", num_epochs=6)
    snapshots, note = [], training._note

    def watching(measured):
        note(measured)
        statistics = [{k: bn[k].copy() for k in ("running_mean", "running_var")} for bn in training.model.bn_params]
        snapshots.append(({name: w.copy() for name, w in training.model.params.items()}, statistics))

    training._note = watching
    training.optim_configs = {name: {"learning_rate": 0.5} for name in training.model.params}  # rough: not best at last
    training.train()
    best = int(np.argmax(training.val_acc_history))
    assert best < len(snapshots) - 1, "the fixture must get worse again"
    params, statistics = snapshots[best]
    np.testing.assert_equal(training.model.params, params)
    for bn, kept in zip(training.model.bn_params, statistics, strict=True):
        np.testing.assert_equal({name: bn[name] for name in kept}, kept)
    assert training.check_accuracy(data["X_val"], data["y_val"]) == training.best_val_acc


class CountingNet:
    """A net that keeps its running statistics in place, and is best at its first accuracy."""

    def __init__(self):
        self.params, self.bn_params, self.seen = {"W": np.zeros((108, 3))}, [{"running_mean": np.zeros(1)}], 0

    def loss(self, X, y=None):
        if y is None:
            return np.eye(3)[np.zeros(len(X), int) if self.seen < 2 else np.ones(len(X), int)]
        self.seen += 1
        self.bn_params[0]["running_mean"] += 1
        return 1.0, {"W": np.ones((108, 3))}


def test_statistics_changed_in_place_are_kept_as_they_were():
    data = images()
    data["y_val"] = np.zeros(20, int)
    model = CountingNet()
    training = Solver(model, data, num_epochs=3, batch_size=20, verbose=False)
    training.train()
    assert training.val_acc_history == [1, 0, 0, 0]
    assert model.bn_params[0]["running_mean"] == 1
    np.testing.assert_allclose(training.model.params["W"], -0.01)


def test_a_net_that_is_never_right_keeps_its_parameters():
    data = images()
    data["y_val"] = np.full(20, 2)
    model = FullyConnectedNet([4], 108, 3, rng=0)
    model.params["b2"] = np.array([1e6, 0, 0], np.float32)
    training = Solver(model, data, num_epochs=1, batch_size=20, verbose=False, optim_config={"learning_rate": 1e-9})
    training.train()
    assert training.best_val_acc == 0 and set(model.params) == {"W1", "b1", "W2", "b2"}


def test_accuracy_counts_every_image_once_in_any_batch_size():
    training, data = solver(), images()
    scores = training.model.loss(data["X_val"])
    expected = np.mean(scores.argmax(axis=1) == data["y_val"])
    for batch_size in (1, 7, 100):
        assert training.check_accuracy(data["X_val"], data["y_val"], batch_size=batch_size) == pytest.approx(expected)
    sampled = [training.check_accuracy(data["X_val"], data["y_val"], num_samples=5) for _ in range(20)]
    assert len(set(sampled)) > 1 and all((5 * share) % 1 == pytest.approx(0) for share in sampled)


def test_it_holds_the_data_itself_and_no_copy():
    data = images()
    training = Solver(net(), data, verbose=False)
    assert training.X_train is data["X_train"] and training.y_val is data["y_val"]
    watched = weakref.ref(data["X_train"])
    training.batch_size, training.num_epochs = 8, 1
    training.train()
    model = training.model
    del data, training
    assert watched() is None and model.params


def test_verbose_lines_are_those_of_the_course(capsys):
    training = solver(verbose=True, print_every=2, num_epochs=1)
    training.train()
    lines = capsys.readouterr().out.splitlines()
    losses, accuracies = (
        training.loss_history,
        list(zip(training.train_acc_history, training.val_acc_history, strict=True)),
    )
    first, last = ("train acc: {:f}; val_acc: {:f}".format(*pair) for pair in accuracies)
    assert lines == [
        f"(Iteration 1 / 5) loss: {losses[0]:f}",
        f"(Epoch 0 / 1) {first}",
        f"(Iteration 3 / 5) loss: {losses[2]:f}",
        f"(Iteration 5 / 5) loss: {losses[4]:f}",
        f"(Epoch 1 / 1) {last}",
    ]
    solver().train()
    assert capsys.readouterr().out == ""


# --- stopping and going on

MAKERS = [solver, captioner]


@pytest.mark.parametrize("make", MAKERS)
def test_a_checkpoint_goes_on_bit_for_bit(make, tmp_path):
    whole, stopped, later = make(), make(num_epochs=2, checkpoint_name=str(tmp_path / "net")), make(rng=99)
    whole.train()
    stopped.train()
    names = sorted(os.listdir(tmp_path))
    assert names == ["net_epoch_1.npz", "net_epoch_2.npz"]
    later.resume(tmp_path / names[0])
    assert later.epoch == 1 and later.loss_history == stopped.loss_history[: later.iteration]
    later.train()
    assert_same(later, whole)


@pytest.mark.parametrize("rule", sorted(optim.RULES))
def test_every_rule_goes_on_bit_for_bit(rule, tmp_path):
    whole, stopped, later = solver(rule=rule), solver(rule=rule, checkpoint_name=str(tmp_path / "n")), solver(rule=rule)
    whole.train()
    stopped.train()
    later.resume(tmp_path / "n_epoch_3.npz")
    later.train()
    assert_same(later, whole)


def test_a_convnet_goes_on_bit_for_bit(tmp_path):
    def make(**settings):
        return solver(ThreeLayerConvNet((3, 6, 6), 9, 3, 5, 3, weight_scale=0.1, rng=0), num_epochs=2, **settings)

    whole, stopped, later = make(), make(checkpoint_name=str(tmp_path / "n")), make()
    whole.train()
    stopped.train()
    later.resume(tmp_path / "n_epoch_1.npz")
    later.train()
    assert_same(later, whole)


@pytest.mark.parametrize(("make", "call"), [(solver, 17), *itertools.product(MAKERS, [1, 2, 5, 6, 9])])
def test_a_break_inside_the_net_goes_on_bit_for_bit(make, call, capsys):
    """At some of these calls the solver measures accuracy, at the others it takes a step."""
    whole, stopped = make(), make()
    raise_at(stopped.model, call)
    whole.train()
    stopped.train()
    assert stopped.iteration < whole.iteration
    assert capsys.readouterr().out.startswith(f"Stopped after iteration {stopped.iteration} / {whole.iteration}")
    stopped.train()
    assert_same(stopped, whole)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("make", MAKERS)
def test_control_c_waits_for_the_end_of_the_step(make, monkeypatch):
    """It comes in the midst of an update, when some parameters are new and some are old."""
    whole, stopped = make(), make()
    whole.train()
    adam, calls, before = optim.adam, itertools.count(), signal.getsignal(signal.SIGINT)

    def pressing(w, dw, config):
        if next(calls) == len(stopped.model.params) + 3:
            os.kill(os.getpid(), signal.SIGINT)
        return adam(w, dw, config)

    monkeypatch.setitem(optim.RULES, "adam", pressing)
    stopped.train()
    assert stopped.iteration == len(stopped.loss_history) == 2
    assert signal.getsignal(signal.SIGINT) is before
    stopped.train()
    assert_same(stopped, whole)


def test_a_second_control_c_does_not_wait(capsys):
    training = solver()

    def impatient(*arguments):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("the second one must stop the step")

    training.model.loss = impatient
    training.train()
    assert training.iteration == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("make", MAKERS)
def test_a_loss_that_is_no_number_stops_with_the_step_named(make, bad):
    training, clean = make(), make()
    loss, calls = training.model.loss, itertools.count(1)

    def spoiled(*arguments):
        result = loss(*arguments)
        return (bad, result[1]) if isinstance(result, tuple) and next(calls) == 3 else result

    training.model.loss = spoiled
    with pytest.raises(ValueError, match=rf"train: the loss is {bad} at iteration 3 / {training.num_iterations}"):
        training.train()
    assert len(training.loss_history) == 2
    training.train()  # the net, its statistics and the random numbers are those before the step
    clean.train()
    assert_same(training, clean)


def test_a_checkpoint_is_never_half_a_file(tmp_path, monkeypatch):
    training = solver(num_epochs=1, checkpoint_name=str(tmp_path / "net"))
    training.train()
    good = (tmp_path / "net_epoch_1.npz").read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    again = solver(num_epochs=1, checkpoint_name=str(tmp_path / "net"))
    with pytest.raises(OSError, match="no space"):
        again.train()
    assert (tmp_path / "net_epoch_1.npz").read_bytes() == good
    assert os.listdir(tmp_path) == ["net_epoch_1.npz"]


def test_a_checkpoint_needs_no_pickle(tmp_path):
    solver(num_epochs=1, checkpoint_name=str(tmp_path / "net")).train()
    with np.load(tmp_path / "net_epoch_1.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files) and "params/W1" in file.files


@pytest.mark.parametrize("clip", [None, 0.5])
def test_gradients_are_clipped_when_asked(clip):
    model, data = net(), images()
    training = Solver(model, data, max_grad_norm=clip, num_epochs=1, batch_size=40, verbose=False, rng=0)
    before = {name: w.copy() for name, w in model.params.items()}
    training._step()
    moved = np.sqrt(sum(np.sum((model.params[name] - before[name]) ** 2) for name in before)) / 1e-2
    assert moved == pytest.approx(0.5, rel=1e-4) if clip else moved > 0.6


@pytest.mark.parametrize(
    ("kind", "own"), [(Solver, {"num_train_samples", "num_val_samples"}), (CaptioningSolver, set())]
)
def test_its_signature_shows_each_setting_with_type_and_default(kind, own):
    """What Shift+Tab shows; a wrong name is answered with the same list."""
    model, data, *settings = inspect.signature(kind).parameters.values()
    assert (model.name, data.name) == ("model", "data")
    assert {setting.kind for setting in settings} == {inspect.Parameter.KEYWORD_ONLY}
    assert all(inspect.Parameter.empty not in (setting.default, setting.annotation) for setting in settings)
    names = [setting.name for setting in settings]
    shared = "update_rule optim_config lr_decay batch_size num_epochs max_grad_norm checkpoint_name print_every"
    assert set(names) == {*shared.split(), "verbose", "bar", "rng", *own}
    with pytest.raises(ValueError, match=re.escape(f"{kind.__name__}: unknown setting 'lr'; use one of {names}")):
        kind(None, {}, lr=1)


def test_what_it_refuses(tmp_path):
    data = images()
    solver(num_epochs=1, checkpoint_name=str(tmp_path / "net")).train()
    path = tmp_path / "net_epoch_1.npz"
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    wider = FullyConnectedNet([9, 9], 108, 3, 0.7, "batchnorm", rng=2)
    unknown: dict = {"lr": 1}  # a checker of types refuses them where they stand
    of_solver: dict = {"num_val_samples": 1}
    unlike = data | {"y_val": data["y_val"][1:]}
    for call, message in [
        (lambda: Solver(net(), data, **unknown), "Solver: unknown setting 'lr'; use one of"),
        (lambda: CaptioningSolver(net(), captions(), **of_solver), "CaptioningSolver: unknown setting"),
        (lambda: Solver(net(), data, update_rule="adamw"), "update_rule is 'adamw'; use one of .*'sgd'"),
        (lambda: Solver(net(), data, update_rule="math"), "update_rule is 'math'"),
        (lambda: Solver(net(), data, batch_size=0), "batch_size is 0; use 1 or more"),
        (lambda: Solver(net(), {"X_train": data["X_train"]}), "data has no 'y_train'; it has"),
        (lambda: Solver(net(), unlike), r"\('X_val', 'y_val'\) of lengths \[20, 19\]"),
        (lambda: CaptioningSolver(net(), data), "data has no 'train_captions'"),
        (lambda: solver(batch_size=9).resume(path), "was trained with batch_size 8; this Solver has 9"),
        (lambda: solver(rule="sgd").resume(path), "update_rule 'adam'; this Solver has 'sgd'"),
        (lambda: solver(wider).resume(path), "holds parameters of shapes"),
        (lambda: solver().resume(tmp_path / "other.npz"), "is no checkpoint"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
