"""A chain of steps is a pair itself, and refuses parameters in the wrong place."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cs231n_lib import layers
from cs231n_lib.chain import Step, chain_backward, chain_forward
from tests import laws
from tests.pairs import bn_param_of, scale_shift

CONV, POOL = {"stride": 1, "pad": 1}, {"pool_height": 2, "pool_width": 3, "stride": 2}
AFFINE = (layers.affine_forward, layers.affine_backward)


def deep_net(bn_param: dict) -> list[Step]:
    conv = Step(layers.conv_forward_fast, layers.conv_backward_fast, ("W1", "b1"), (CONV,))
    norm = Step(layers.spatial_batchnorm_forward, layers.spatial_batchnorm_backward, ("gamma1", "beta1"), (bn_param,))
    relu = Step(layers.relu_forward, layers.relu_backward)
    pool = Step(layers.max_pool_forward_fast, layers.max_pool_backward_fast, (), (POOL,))
    return [conv, norm, relu, pool, Step(*AFFINE, ("W2", "b2"))]


NAMES = ("W1", "b1", "gamma1", "beta1", "W2", "b2")


def arguments(rng: np.random.Generator, N=5, C=2, H=4, W=6, F=3, M=4) -> dict:
    return {
        "x": rng.normal(size=(N, C, H, W)),
        "W1": rng.normal(size=(F, C, 3, 3)),
        "b1": rng.normal(size=F),
        **scale_shift(rng, (F,)),
        "W2": rng.normal(size=(F * 2 * 2, M)),
        "b2": rng.normal(size=M),
        "bn_param": bn_param_of(rng, "train", F),
    }


def forward(x, *rest):
    *params, bn_param = rest
    return chain_forward(x, dict(zip(NAMES, params, strict=True)), deep_net(bn_param))


def backward(dout, cache):
    dx, grads = chain_backward(dout, cache)
    return dx, *(grads[name] for name in NAMES)


PAIR = laws.Pair("chain", forward, backward, arguments)


@pytest.mark.parametrize(
    "law",
    [laws.check_gradients, laws.check_linear, laws.check_untouched, laws.check_float32, laws.check_memory_order],
    ids=lambda law: law.__name__,
)
def test_a_chain_obeys_the_laws_of_a_layer(law):
    law(PAIR)


def test_a_chain_runs_under_autograd_by_its_own_steps():
    import torch

    from cs231n_lib.pytorch import twins

    x, *params, bn_param = laws.arguments_of(PAIR).values()
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *params)]
    twin = twins.chain(tensors[0], dict(zip(NAMES, tensors[1:], strict=True)), deep_net(bn_param))
    out, cache = forward(x, *params, bn_param)
    (dout,) = laws.random_douts([out])
    for got, want in zip(backward(dout, cache), torch.autograd.grad(twin, tensors, torch.tensor(dout)), strict=True):
        assert_allclose(got, want.numpy(), rtol=1e-10, atol=1e-10)
    assert_allclose(out, twin.detach().numpy(), rtol=1e-10)


def test_a_chain_is_its_steps_one_after_another():
    w, b, x = np.array([[1.0, 2], [3, 4]]), np.array([0.5, -20]), np.array([[1.0, 1]])
    steps = [Step(*AFFINE, ("W1", "b1")), Step(layers.relu_forward, layers.relu_backward)]
    out, cache = chain_forward(x, {"W1": w, "b1": b}, steps)
    assert_array_equal(out, [[4.5, 0]])
    dx, grads = chain_backward(np.array([[10.0, 100]]), cache)
    assert_array_equal(dx, [[10, 30]])
    assert_array_equal(grads["b1"], [10, 0])


def test_steps_read_the_parameters_they_are_given_at_each_call():
    step, x = [Step(*AFFINE, ("W1", "b1"))], np.eye(2)
    for scale in (1, 2):
        assert_array_equal(chain_forward(x, {"W1": scale * np.eye(2), "b1": np.zeros(2)}, step)[0], scale * x)


def test_a_parameter_shared_by_two_steps_gets_both_gradients():
    rng = np.random.default_rng(0)
    params = {"W1": rng.normal(size=(3, 3)), "b1": rng.normal(size=3)}
    x, dout = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    _, cache = chain_forward(x, params, 2 * [Step(*AFFINE, ("W1", "b1"))])
    _, grads = chain_backward(dout, cache)
    first = dout @ params["W1"].T
    assert_allclose(grads["b1"], first.sum(axis=0) + dout.sum(axis=0))
    assert_allclose(grads["W1"], x.T @ first + (x @ params["W1"] + params["b1"]).T @ dout)


BATCHNORM = (layers.batchnorm_forward, layers.batchnorm_backward)


@pytest.mark.parametrize(
    ("pair", "names", "settings", "given"),
    [
        (BATCHNORM, ("beta1", "gamma1"), ({},), "('beta1', 'gamma1')"),
        (BATCHNORM, ("gamma1", "beta1"), (), "0 settings"),
        (BATCHNORM, ("gamma1", "beta1"), ({}, {}), "2 settings"),
        (AFFINE, ("b1", "W1"), (), "('b1', 'W1')"),
        (AFFINE, ("W1",), (), "('W1',)"),
        (AFFINE, ("W1", "b1", "b2"), (), "('W1', 'b1', 'b2')"),
    ],
)
def test_a_step_refuses_names_that_do_not_fit(pair, names, settings, given):
    with pytest.raises(ValueError) as caught:
        forward, backward = pair
        Step(forward, backward, names, settings)
    for part in ("Step: ", pair[0].__name__, given):
        assert part in str(caught.value)


def test_a_step_may_leave_out_settings_that_have_a_default():
    for settings in ((), (0.3,)):
        step = Step(layers.leaky_relu_forward, layers.leaky_relu_backward, (), settings)
        assert_allclose(chain_forward(np.array([-1.0]), {}, [step])[0], [-0.3 if settings else -0.01])
