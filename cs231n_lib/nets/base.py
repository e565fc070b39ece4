"""What the nets built from steps share: one loss for all, whatever the steps are."""

from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike

from cs231n_lib.chain import Step, chain_backward, chain_forward
from cs231n_lib.layers import _checks
from cs231n_lib.layers.losses import softmax_loss


class Net:
    """A list of steps that turn images into class scores, and the arrays they use by name.

    Subclasses fill `params` and `steps`. Parameters whose name starts with W are weights, and cost 0.5 reg sum(W^2).
    `bn_params` and `dropout_param` are the settings of steps that work in another way while training.
    """

    params: dict[str, np.ndarray]
    steps: list[Step]
    bn_params: list[dict[str, Any]]
    dropout_param: dict[str, Any]

    def __init__(self, reg: float, dtype: DTypeLike, rng: int | np.random.Generator | None):
        self.reg, self.dtype, self.rng = reg, dtype, np.random.default_rng(rng)
        self.params, self.steps = {}, []
        self.bn_params, self.dropout_param = [], {}

    @overload
    def loss(self, X: np.ndarray, y: None = None) -> np.ndarray: ...

    @overload
    def loss(self, X: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]: ...

    def loss(self, X: np.ndarray, y: np.ndarray | None = None) -> np.ndarray | tuple[float, dict[str, np.ndarray]]:
        """Return the scores, or with labels the loss and its gradients: softmax loss + 0.5 reg sum of squared weights.

        Without labels dropout and batch norm work in "test" mode, with labels in "train" mode.

        Shapes: images X (N, ...), labels y (N,) in 0 .. C - 1.
        Returns: scores (N, C); or loss and grads, a dictionary with the keys of `params`.
        Raises: ValueError if X or y do not fit the net.
        """
        self._set_mode("test" if y is None else "train")
        scores, cache = chain_forward(np.asarray(X, self.dtype), self.params, self.steps)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        _, grads = chain_backward(dscores, cache)
        reg = _checks.number(self.reg)
        for name, w in self.params.items():
            if name.startswith("W"):
                loss += 0.5 * reg * float(np.sum(w * w))
                grads[name] = grads[name] + reg * w
        return loss, grads

    def _set_mode(self, mode: str) -> None:
        for param in [*self.bn_params, self.dropout_param]:
            param["mode"] = mode

    def _add_weights(self, number: int, shape: tuple[int, ...], outputs: int, scale: float) -> tuple[str, str]:
        """Draw W<number> of this shape from a normal distribution, and start b<number> (outputs,) at 0."""
        self.params[f"W{number}"] = (scale * self.rng.standard_normal(shape)).astype(self.dtype)
        self.params[f"b{number}"] = np.zeros(outputs, self.dtype)
        return f"W{number}", f"b{number}"
