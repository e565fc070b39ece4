"""The update rules: PyTorch's optimisers in float64, step for step; memory, dtype and blocks."""

import numpy as np
import pytest
import torch

from cs231n_lib import optim

SETTINGS = {
    "sgd": {"learning_rate": 0.3},
    "sgd_momentum": {"learning_rate": 0.3, "momentum": 0.7},
    "nesterov": {"learning_rate": 0.3, "momentum": 0.7},
    "rmsprop": {"learning_rate": 0.3, "decay_rate": 0.6, "epsilon": 1e-3},
    "adam": {"learning_rate": 0.3, "beta1": 0.7, "beta2": 0.6, "epsilon": 1e-3},
}
DEFAULTS = {
    "sgd": {"learning_rate": 1e-2},
    "sgd_momentum": {"learning_rate": 1e-2, "momentum": 0.9},
    "nesterov": {"learning_rate": 1e-2, "momentum": 0.9},
    "rmsprop": {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
    "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
}
RULES = sorted(optim.RULES)


def torch_optimizer(name, params, s):
    lr = s["learning_rate"]
    if name == "rmsprop":
        return torch.optim.RMSprop(params, lr, alpha=s["decay_rate"], eps=s["epsilon"])
    if name == "adam":
        return torch.optim.Adam(params, lr, betas=(s["beta1"], s["beta2"]), eps=s["epsilon"])
    return torch.optim.SGD(params, lr, momentum=s.get("momentum", 0), nesterov=name == "nesterov")


@pytest.mark.parametrize("settings", [SETTINGS, DEFAULTS], ids=["chosen", "defaults"])
@pytest.mark.parametrize("name", RULES)
def test_five_steps_as_pytorch(name, settings):
    rng = np.random.default_rng(0)
    w = rng.standard_normal((4, 3))
    twin = torch.tensor(w, requires_grad=True)
    theirs = torch_optimizer(name, [twin], settings[name])
    config = dict(settings[name]) if settings is SETTINGS else None
    for _ in range(5):
        dw = rng.standard_normal((4, 3))
        twin.grad = torch.tensor(dw)
        theirs.step()
        w, config = optim.RULES[name](w, dw, config)
        np.testing.assert_allclose(w, twin.detach().numpy(), rtol=1e-12, atol=1e-14)


def test_one_step_by_hand():
    """Numbers worked out on paper, from a state that is not the first."""
    w, dw = np.array([1.0]), np.array([0.5])
    assert optim.sgd(w, dw, {"learning_rate": 0.1})[0][0] == pytest.approx(0.95)
    v: optim.Config = {"learning_rate": 0.1, "momentum": 0.5, "velocity": np.array([0.2])}
    assert optim.sgd_momentum(w, dw, v)[0][0] == pytest.approx(1 + 0.5 * 0.2 - 0.05)
    assert v["velocity"][0] == pytest.approx(0.05)
    s: optim.Config = {"learning_rate": 0.1, "decay_rate": 0.75, "epsilon": 0.5, "cache": np.array([1.0])}
    assert optim.rmsprop(w, dw, s)[0][0] == pytest.approx(1 - 0.1 * 0.5 / (np.sqrt(0.8125) + 0.5))
    assert s["cache"][0] == pytest.approx(0.8125)
    a: optim.Config = {
        "learning_rate": 0.1,
        "beta1": 0.5,
        "beta2": 0.75,
        "epsilon": 0.5,
        "m": np.array([1.0]),
        "v": np.array([1.0]),
        "t": 1,
    }
    m, v2 = 0.75 / (1 - 0.5**2), 0.8125 / (1 - 0.75**2)
    assert optim.adam(w, dw, a)[0][0] == pytest.approx(1 - 0.1 * m / (np.sqrt(v2) + 0.5))
    assert (a["t"], a["m"][0], a["v"][0]) == (2, pytest.approx(0.75), pytest.approx(0.8125))


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    step = optim.adam(np.zeros(3), np.array([1e-3, -5.0, 1e4]), {"learning_rate": 0.1})[0]
    np.testing.assert_allclose(step, [-0.1, 0.1, -0.1], rtol=1e-4)


@pytest.mark.parametrize("name", RULES)
def test_inputs_stay_and_config_remembers(name):
    rng = np.random.default_rng(1)
    w, dw = rng.standard_normal((5, 2)), rng.standard_normal((5, 2))
    copies = w.copy(), dw.copy()
    config: optim.Config = {}
    first, returned = optim.RULES[name](w, dw, config)
    assert returned is config and config.items() >= DEFAULTS[name].items()
    kept = first.copy()
    optim.RULES[name](first, dw, config)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(w, copies[0])
    np.testing.assert_array_equal(dw, copies[1])


@pytest.mark.parametrize("name", RULES)
def test_float32_stays_whatever_the_settings_are(name):
    """A learning rate drawn as 10 ** uniform is a NumPy float64, which would widen everything it touches."""
    w = np.ones(3, np.float32)
    config: optim.Config = {key: np.float64(value) for key, value in SETTINGS[name].items()}
    for _ in range(2):
        w, config = optim.RULES[name](w, np.full(3, 0.5, np.float32), config)
    remembered = [value for value in config.values() if isinstance(value, np.ndarray)]
    assert {array.dtype for array in [w, *remembered]} == {np.dtype(np.float32)}


@pytest.mark.parametrize("turn", [np.asarray, np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2]])
def test_adam_in_blocks_is_adam(turn, monkeypatch):
    rng = np.random.default_rng(2)
    w, dw, m = rng.standard_normal((3, 5, 7))
    whole, config = optim.adam(w, dw, {"m": m.copy(), "v": m * m, "t": 3})
    monkeypatch.setattr(optim, "BLOCK", 4)
    blocks, in_blocks = optim.adam(turn(w), turn(dw), {"m": turn(m.copy()), "v": turn(m * m), "t": 3})
    np.testing.assert_array_equal(blocks, whole)
    np.testing.assert_array_equal(in_blocks["m"], config["m"])
    np.testing.assert_array_equal(in_blocks["v"], config["v"])
    assert not np.array_equal(config["m"], m)


def test_clipping_scales_all_gradients_by_one_factor():
    grads = {"W": np.array([[3.0, 0.0]], np.float32), "b": np.array([4.0], np.float32)}
    clipped = optim.clip_gradients(grads, 1.0)
    np.testing.assert_allclose(clipped["W"], [[0.6, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(clipped["b"], [0.8], rtol=1e-6)
    assert clipped["W"].dtype == np.float32 and grads["b"][0] == 4
    np.testing.assert_array_equal(optim.clip_gradients(grads, 6.0)["W"], grads["W"])
    assert optim.clip_gradients({"b": np.zeros(2)}, 1.0)["b"].tolist() == [0, 0]
