"""Update rules: given a parameter and its gradient, return the next parameter.

Every rule has the form `next_w, config = rule(w, dw, config=None)`. `config` holds the settings and, under the names
listed in each docstring, what the rule remembers from step to step; it is filled with the defaults and updated in
place, and its arrays belong to the rule. w and dw are left alone. Shapes: w, dw and every remembered array are alike.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

Config = dict[str, Any]  # settings, which are numbers, and what a rule remembers, arrays and counters

BLOCK = 1 << 17  # numbers Adam works on at a time: few enough for six blocks to stay in the processor's cache


def sgd(w: np.ndarray, dw: np.ndarray, config: Config | None = None) -> tuple[np.ndarray, Config]:
    """Take a step against the gradient: w - learning_rate * dw.

    learning_rate: > 0, default 1e-2.
    Source: Robbins and Monro, A stochastic approximation method, Annals of Math. Statistics 22 (1951).
    """
    config = _with_defaults(config, learning_rate=1e-2)
    return w - float(config["learning_rate"]) * dw, config


def sgd_momentum(w: np.ndarray, dw: np.ndarray, config: Config | None = None) -> tuple[np.ndarray, Config]:
    """Let the steps gather speed: v = momentum * v - learning_rate * dw, then w + v.

    learning_rate: > 0, default 1e-2.  momentum: 0..1, default 0.9.  Remembers: velocity (v, at first 0).
    Source: Polyak, Some methods of speeding up the convergence of iteration methods, USSR CMMP 4 (1964).
    """
    config = _with_defaults(config, learning_rate=1e-2, momentum=0.9)
    v = _next_velocity(w, dw, config)
    return w + v, config


def nesterov(w: np.ndarray, dw: np.ndarray, config: Config | None = None) -> tuple[np.ndarray, Config]:
    """Gather speed as momentum does, and correct each step by where it leads: w + momentum * v - learning_rate * dw.

    learning_rate: > 0, default 1e-2.  momentum: 0..1, default 0.9.  Remembers: velocity (v, at first 0).
    Source: Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013, written
        for the looked-ahead parameter, as in the CS231n notes on learning.
    """
    config = _with_defaults(config, learning_rate=1e-2, momentum=0.9)
    v = _next_velocity(w, dw, config)
    return w + float(config["momentum"]) * v - float(config["learning_rate"]) * dw, config


def rmsprop(w: np.ndarray, dw: np.ndarray, config: Config | None = None) -> tuple[np.ndarray, Config]:
    """Divide each step by the root of a running mean of the squared gradients.

    learning_rate: > 0, default 1e-2.  decay_rate: share of the old mean kept, 0..1, default 0.99.
    epsilon: > 0, default 1e-8, outside the root.  Remembers: cache (the running mean, at first 0).
    Source: Tieleman and Hinton, Neural networks for machine learning, lecture 6.5, Coursera 2012.
    """
    config = _with_defaults(config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, cache=np.zeros_like(w))
    lr, keep, eps = (float(config[name]) for name in ("learning_rate", "decay_rate", "epsilon"))
    config["cache"] = keep * config["cache"] + (1 - keep) * dw * dw
    return w - lr * dw / (np.sqrt(config["cache"]) + eps), config


def adam(w: np.ndarray, dw: np.ndarray, config: Config | None = None) -> tuple[np.ndarray, Config]:
    """Step by running means of the gradient and of its square, both freed of their start at zero.

    t = t + 1;  m = beta1 m + (1 - beta1) dw;  v = beta2 v + (1 - beta2) dw^2;
    next_w = w - learning_rate * m' / (sqrt(v') + epsilon)  with m' = m / (1 - beta1^t), v' = v / (1 - beta2^t).

    learning_rate: > 0, default 1e-3.  beta1: 0..1, default 0.9.  beta2: 0..1, default 0.999.
    epsilon: > 0, default 1e-8.  Remembers: m and v (the means, at first 0), t (steps taken, at first 0).
    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.
    """
    config = _with_defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    config = _with_defaults(config, m=np.zeros(w.shape, w.dtype), v=np.zeros(w.shape, w.dtype))
    lr, beta1, beta2, eps = (float(config[name]) for name in ("learning_rate", "beta1", "beta2", "epsilon"))
    config["t"] += 1
    # The corrections are numbers, so they move out of the arrays: with c = sqrt(1 - beta2^t),
    # m' / (sqrt(v') + eps) = c / (1 - beta1^t) * m / (sqrt(v) + c eps)
    correction = math.sqrt(1 - beta2 ** config["t"])
    step, eps = lr * correction / (1 - beta1 ** config["t"]), eps * correction

    next_w = np.empty(w.shape, w.dtype)
    flat_w, flat_dw, m, v, flat_next = (np.ravel(array) for array in (w, dw, config["m"], config["v"], next_w))
    for start in range(0, w.size, BLOCK):  # block by block: ten passes over the cache instead of over the memory
        block = slice(start, start + BLOCK)
        _adam_block(flat_w[block], flat_dw[block], m[block], v[block], flat_next[block], beta1, beta2, step, eps)
    config["m"], config["v"] = m.reshape(w.shape), v.reshape(w.shape)
    return next_w, config


def clip_gradients(grads: Mapping[str, np.ndarray], max_norm: float) -> dict[str, np.ndarray]:
    """Scale all gradients by one factor, so that the norm over all of them together is at most max_norm.

    Shapes: grads, a dictionary of arrays; max_norm > 0.
    Returns: a dictionary like grads.
    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML 2013.
    """
    norm = math.sqrt(sum(float(np.vdot(grad, grad)) for grad in grads.values()))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return {name: grad * factor for name, grad in grads.items()}


def _adam_block(
    w: np.ndarray,
    dw: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    next_w: np.ndarray,
    beta1: float,
    beta2: float,
    step: float,
    eps: float,
) -> None:
    """Update m and v and fill next_w, with next_w itself as the only scratch space."""
    scratch = next_w
    np.subtract(dw, m, out=scratch)  # m + (1 - beta1) (dw - m) is the running mean in one pass less
    scratch *= 1 - beta1
    m += scratch
    np.multiply(dw, dw, out=scratch)
    scratch -= v
    scratch *= 1 - beta2
    v += scratch
    np.sqrt(v, out=scratch)
    scratch += eps
    np.divide(m, scratch, out=scratch)
    scratch *= step
    np.subtract(w, scratch, out=next_w)


def _next_velocity(w: np.ndarray, dw: np.ndarray, config: Config) -> np.ndarray:
    old = config.get("velocity", np.zeros_like(w))
    config["velocity"] = float(config["momentum"]) * old - float(config["learning_rate"]) * dw
    return config["velocity"]


def _with_defaults(config: Config | None, **defaults: Any) -> Config:
    config = {} if config is None else config
    for name, value in defaults.items():
        config.setdefault(name, value)
    return config


RULES = {rule.__name__: rule for rule in (sgd, sgd_momentum, nesterov, rmsprop, adam)}
