"""Calls ready to be watched: one function of each topic on a fixture small enough to follow by hand."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..language import LANGUAGES, spoken, table
from . import Steps, step


@dataclass(frozen=True)
class _Example:
    """A function by its path inside the package, how its arguments are drawn, and what to ask."""

    path: str
    arguments: Callable[[Callable], tuple]  # given draw(*shape), returns the arguments
    ask: dict[str, str] = field(default_factory=dict)
    into: tuple[str, ...] = ()


def example(name: str) -> Steps:
    """Record one of the `examples` and return its steps.

    Raises: ValueError if there is none of this name.
    """
    function, arguments = call_of(name)
    chosen = _EXAMPLES[name]
    ask = {variable: _worded(question) for variable, question in chosen.ask.items()}
    return step(function, *arguments, ask=ask, into=[_function(path) for path in chosen.into], title=name)


def _worded(question: str) -> str:
    """Return a question in the language spoken; "shape" asks for the shape in each."""
    language = spoken()
    if question == "shape" or language == LANGUAGES[0]:
        return question
    return table(__package__, f"{language}_examples")[question]


def examples() -> list[str]:
    """Return the names of all examples, in the order of the course."""
    return list(_EXAMPLES)


def call_of(name: str) -> tuple[Callable, tuple]:
    """Return the function of an example and its arguments, drawn afresh.

    Raises: ValueError if there is none of this name.
    """
    if name not in _EXAMPLES:
        raise ValueError(f"example: there is no {name!r}; use one of {', '.join(_EXAMPLES)}")
    rng = np.random.default_rng(231)
    chosen = _EXAMPLES[name]
    return _function(chosen.path), chosen.arguments(lambda *shape: np.round(rng.normal(size=shape), 1) + 0.0)  # no -0


def _function(path: str) -> Callable:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"cs231n_lib.{module}"), name)


def _cache(path: str, *arguments: Any) -> Any:
    """Return what a forward function keeps for its backward function."""
    return _function(path)(*arguments)[1]


def _pixels(draw: Callable) -> tuple:
    """Draw dout and the cache of a convolution with stride 2 and padding, its kernel not square."""
    x, w, b = draw(1, 2, 3, 4), draw(2, 2, 2, 3), draw(2)
    return draw(1, 2, 2, 2), _cache("layers.conv.conv_forward_naive", x, w, b, {"stride": 2, "pad": 1})


def _pools(draw: Callable) -> tuple:
    """Draw dout and the cache of a pool of overlapping windows, with a tie in the second channel."""
    x = np.round(draw(1, 2, 3, 4)) + 0.0  # no -0
    param = {"pool_height": 2, "pool_width": 3, "stride": 1}
    return draw(1, 2, 2, 2), _cache("layers.pooling.max_pool_forward_naive", x, param)


def _cross(draw: Callable) -> tuple:
    """Return the cross of the course notes and the kernel 1 .. 9."""
    cross = np.maximum(np.eye(5), np.eye(5)[::-1])[None, None]
    return cross, np.arange(1.0, 10).reshape(1, 1, 3, 3), np.zeros(1), {"stride": 1, "pad": 0}


def _cross_attention(draw: Callable) -> tuple:
    """Draw three words, a memory of four tokens that is keys and values, and the four projections of two heads."""
    words, memory = draw(1, 3, 4), draw(1, 4, 4)
    projections = [draw(*shape) for _ in range(4) for shape in ((4, 4), (4,))]
    return words, memory, memory, *projections, 2


def _views(draw: Callable) -> tuple:
    """Draw two views of three images and a temperature, as tensors."""
    torch = importlib.import_module("torch")
    return torch.from_numpy(draw(3, 2)), torch.from_numpy(draw(3, 2)), 0.5


_EXAMPLES = {
    "svm_loss": _Example(
        "textbook.layers.svm_loss",
        lambda draw: (draw(3, 4), np.array([0, 3, 1])),
        {"margins": "max(0, its score - the right score + 1), and 0 for the right class"},
    ),
    "softmax_loss": _Example(
        "textbook.layers.softmax_loss",
        lambda draw: (draw(3, 4), np.array([2, 0, 3])),
        {"dx": "the probability, 1 less for the right class, then the mean over the rows"},
    ),
    "affine_backward": _Example(
        "textbook.layers.affine_backward",
        lambda draw: (draw(3, 4), (draw(3, 2), draw(2, 4), draw(4))),
        {"dx": "shape", "dw": "shape", "db": "each column of dout, summed"},
    ),
    "relu_backward": _Example(
        "textbook.layers.relu_backward",
        lambda draw: (draw(3, 4), draw(3, 4)),
        {"dx": "dout where x > 0, else 0"},
    ),
    "sgd_momentum": _Example(
        "textbook.optim.sgd_momentum",
        lambda draw: (draw(2, 3), draw(2, 3), {"learning_rate": 0.1, "velocity": draw(2, 3)}),
        {"next_w": "w and the new velocity"},
    ),
    "adam": _Example(
        "textbook.optim.adam",
        lambda draw: (draw(2, 3), draw(2, 3), {"learning_rate": 0.1, "t": 2, "m": draw(2, 3), "v": draw(2, 3) ** 2}),
        {"mt": "m divided by 1 - beta1^t", "next_w": "a step against mt"},
    ),
    "batchnorm_forward": _Example(
        "textbook.norm.batchnorm_forward",
        lambda draw: (draw(4, 3), draw(3), draw(3), {"mode": "train", "running_mean": draw(3)}),
        {"mean": "the mean of a column", "out": "gamma xhat + beta"},
    ),
    "batchnorm_backward": _Example(
        "layers.normalization.batchnorm_backward",
        lambda draw: (
            draw(4, 3),
            _cache("layers.normalization.batchnorm_forward", draw(4, 3), draw(3), draw(3), {"mode": "train"}),
        ),
        {"dgamma": "a column of dout times xhat, summed", "dxhat": "dout times gamma"},
    ),
    "layernorm_forward": _Example(
        "textbook.norm.layernorm_forward",
        lambda draw: (draw(3, 4), draw(4), draw(4), {}),
        {"mean": "the mean of a row", "out": "gamma xhat + beta"},
    ),
    "spatial_groupnorm_forward": _Example(
        "textbook.norm.spatial_groupnorm_forward",
        lambda draw: (draw(2, 4, 1, 3), draw(1, 4, 1, 1), draw(1, 4, 1, 1), 2, {}),
        {"groups": "shape", "mean": "shape"},
    ),
    "dropout_forward": _Example(
        "layers.dropout.dropout_forward",
        lambda draw: (draw(3, 4), {"mode": "train", "p": 0.6, "seed": 1}),
        {"mask": "1 where the number stays, 0 where it goes; then divided by p"},
        ("layers.dropout.dropout_mask",),
    ),
    "conv_forward": _Example("layers.conv.conv_forward_naive", _cross, {"out": "the window times the kernel, summed"}),
    "conv_backward": _Example(
        "layers.conv.conv_backward_naive", _pixels, {"dpadded": "what was there, and dout times the kernel"}
    ),
    "max_pool_backward": _Example(
        "layers.pooling.max_pool_backward_naive", _pools, {"dx": "what was there, and dout for the winner"}
    ),
    "rnn_step_forward": _Example(
        "textbook.rnn.rnn_step_forward",
        lambda draw: (draw(2, 3), draw(2, 4), draw(3, 4), draw(4, 4), draw(4)),
        {"next_h": "the tanh of a"},
    ),
    "lstm_step_forward": _Example(
        "textbook.rnn.lstm_step_forward",
        lambda draw: (draw(2, 3), draw(2, 2), draw(2, 2), draw(3, 8), draw(2, 8), draw(8)),
        {"next_c": "f times the old cell and i times g"},
    ),
    "attention_forward": _Example(
        "textbook.attention.attention_forward",
        lambda draw: (draw(4, 2), draw(4, 2), draw(4, 3), np.tri(4, dtype=bool)),
        {"weights": "the share of a key in its row"},
    ),
    "cross_attention": _Example(
        "textbook.attention.multihead_attention_forward",
        _cross_attention,
        {"q": "shape", "k": "shape", "weights": "which sums to 1: a row or a column?", "joined": "shape"},
    ),
    "nt_xent": _Example("textbook.simclr.simclr_loss", _views, {"exp": "shape", "twin": "the entry of its twin"}),
}
