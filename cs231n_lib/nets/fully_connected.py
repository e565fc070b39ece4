"""A fully connected net of any depth: {affine - [norm] - relu - [dropout]} x (L - 1) - affine - softmax."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.chain import Step
from cs231n_lib.layers.activations import relu_backward, relu_forward
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.dropout import dropout_backward, dropout_forward
from cs231n_lib.layers.normalization import (
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
)
from cs231n_lib.nets.base import Net

NORMS = {
    "batchnorm": (batchnorm_forward, batchnorm_backward_alt),
    "layernorm": (layernorm_forward, layernorm_backward),
}


class FullyConnectedNet(Net):
    """Score images by any number of hidden layers, with normalisation and dropout if wanted.

    Shapes: for layer i = 1 .. L, Wi (width before, width), bi (width,); for the hidden layers with normalisation also
        gammai and betai (width,).
    Settings: hidden_dims, the widths of the hidden layers; input_dim (default 3072); num_classes (default 10);
        dropout_keep_ratio, the probability to KEEP a number, in (0, 1] (default 1, no dropout), or under its older
        name dropout; normalization None (default), "batchnorm" or "layernorm"; reg >= 0 (default 0); weight_scale,
        the standard deviation of the first weights (default 1e-2); dtype (default float32); seed, draws the same
        dropout masks at each call, for gradient checks (default None); rng, a seed or a NumPy Generator for the first
        weights and the dropout masks (default: a fresh one).
    Raises: ValueError for another normalization, a keep probability outside (0, 1] or both its names.
    Source: CS231n assignment 2.
    """

    def __init__(
        self,
        hidden_dims: Sequence[int],
        input_dim: int = 3072,
        num_classes: int = 10,
        dropout_keep_ratio: float = 1,
        normalization: str | None = None,
        reg: float = 0.0,
        weight_scale: float = 1e-2,
        dtype: DTypeLike = np.float32,
        seed: int | None = None,
        *,
        dropout: float | None = None,
        rng: int | np.random.Generator | None = None,
    ):
        super().__init__(reg, dtype, rng)
        if normalization is not None and normalization not in NORMS:
            raise ValueError(f"FullyConnectedNet: normalization is {normalization!r}; use None or one of {list(NORMS)}")
        self.normalization, self.num_layers = normalization, 1 + len(hidden_dims)
        keep = _keep_probability(dropout_keep_ratio, dropout)
        self.use_dropout = keep != 1
        if self.use_dropout:
            self.dropout_param = {"mode": "train", "p": keep}
            self.dropout_param.update({"rng": self.rng} if seed is None else {"seed": seed})

        widths = [input_dim, *hidden_dims, num_classes]
        for i in range(1, self.num_layers + 1):
            names = self._add_weights(i, (widths[i - 1], widths[i]), widths[i], weight_scale)
            self.steps.append(Step(affine_forward, affine_backward, names))
            if i < self.num_layers:
                self._add_hidden(i, widths[i])

    def _add_hidden(self, i: int, width: int) -> None:
        """Add what follows the affine layer in a hidden layer: its own norm, relu, dropout."""
        if self.normalization is not None:
            names = (f"gamma{i}", f"beta{i}")
            self.params.update({names[0]: np.ones(width, self.dtype), names[1]: np.zeros(width, self.dtype)})
            self.bn_params.append({"mode": "train"})
            self.steps.append(Step(*NORMS[self.normalization], names, (self.bn_params[-1],)))
        self.steps.append(Step(relu_forward, relu_backward))
        if self.use_dropout:
            self.steps.append(Step(dropout_forward, dropout_backward, (), (self.dropout_param,)))


def _keep_probability(dropout_keep_ratio: float, dropout: float | None) -> float:
    if dropout is not None and dropout_keep_ratio != 1:
        raise ValueError("FullyConnectedNet: dropout_keep_ratio and dropout are two names of one setting; use one")
    keep = dropout_keep_ratio if dropout is None else dropout
    if not 0 < keep <= 1:
        raise ValueError(f"FullyConnectedNet: dropout_keep_ratio is {keep}; use the probability to keep, in (0, 1]")
    return keep
