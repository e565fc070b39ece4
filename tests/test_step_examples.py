"""The ready examples: what they show is what the library computes, in few frames and small pages."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from cs231n_lib import optim
from cs231n_lib.layers import affine, attention, conv_fast, dropout, losses, normalization, pooling, recurrent
from cs231n_lib.step.examples import call_of, example, examples


def nt_xent(left, right, tau):
    """Cross-entropy of each row's twin among all other rows."""
    import torch

    z = torch.nn.functional.normalize(torch.cat([left, right]))
    logits = (z @ z.T / tau).fill_diagonal_(-np.inf)
    return torch.nn.functional.cross_entropy(logits, torch.arange(len(z)).roll(len(left))).numpy()


def conv_backward(dout, cache):
    padded, w, stride, pad = cache
    x, b = padded[:, :, pad:-pad, pad:-pad], np.zeros(len(w))
    return conv_fast.conv_backward_fast(dout, conv_fast.conv_forward_fast(x, w, b, {"stride": stride, "pad": pad})[1])


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    param = {"pool_height": height, "pool_width": width, "stride": stride}
    return pooling.max_pool_backward_fast(dout, pooling.max_pool_forward_fast(x, param)[1])


LIBRARY: dict[str, Callable] = {
    "svm_loss": losses.svm_loss,
    "softmax_loss": losses.softmax_loss,
    "affine_backward": lambda dout, cache: affine.affine_backward(dout, cache[:2]),
    "relu_backward": lambda dout, x: np.where(x > 0, dout, 0),
    "sgd_momentum": optim.sgd_momentum,
    "adam": optim.adam,
    "batchnorm_forward": normalization.batchnorm_forward,
    "batchnorm_backward": normalization.batchnorm_backward_alt,
    "layernorm_forward": normalization.layernorm_forward,
    "spatial_groupnorm_forward": normalization.spatial_groupnorm_forward,
    "dropout_forward": dropout.dropout_forward,
    "conv_forward": conv_fast.conv_forward_fast,
    "conv_backward": conv_backward,
    "max_pool_backward": max_pool_backward,
    "rnn_step_forward": recurrent.rnn_step_forward,
    "lstm_step_forward": recurrent.lstm_step_forward,
    "attention_forward": attention.attention_forward,
    "cross_attention": attention.multihead_attention_forward,
    "nt_xent": nt_xent,
}


def outputs(result):
    """Return the arrays and numbers a function gives, without its cache."""
    listed = result if isinstance(result, tuple) else (result,)
    return [np.asarray(item) for item in listed if not isinstance(item, tuple | dict)]


def test_every_example_has_a_library_function():
    assert examples() == list(LIBRARY)


@pytest.mark.parametrize("name", LIBRARY)
def test_the_last_frame_is_what_the_library_computes(name):
    steps = example(name)
    last = steps.frames[-1]
    right = outputs(LIBRARY[name](*call_of(name)[1]))
    shown = [last.values[n] for n in last.returned[: len(right)]]
    assert len(shown) == len(right) >= 1
    for mine, ours in zip(shown, right, strict=True):
        np.testing.assert_allclose(mine, ours, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", LIBRARY)
def test_an_example_is_short_small_and_asks(name):
    steps = example(name)
    assert steps.error is None
    assert 2 < len(steps.frames) <= 60
    page = steps._repr_html_()
    assert len(page.encode()) < 100_000
    assert page == example(name)._repr_html_()
    assert '"ask":' in page


def test_the_cross_of_the_notes():
    last = example("conv_forward").frames[-1]
    assert last.values["out"].tolist() == [[[[15, 18, 15], [16, 25, 14], [15, 12, 15]]]]


def test_an_unknown_example_is_refused():
    with pytest.raises(ValueError, match="there is no 'conv'; use one of svm_loss"):
        example("conv")


def test_an_example_loads_no_torch_unless_it_needs_it():
    code = "import sys; from cs231n_lib.step.examples import example; example('adam'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
