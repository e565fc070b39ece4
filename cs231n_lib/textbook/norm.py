"""Normalisation layers and dropout, as a textbook writes them."""

import numpy as np


def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict) -> tuple[np.ndarray, tuple]:
    """Normalise each feature over the batch."""
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    if bn_param["mode"] == "train":
        xhat = (x - mean) / np.sqrt(var + eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
    out = gamma * xhat + beta
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, (x, xhat, gamma, mean, var, eps)


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dgamma, dbeta through the batch's mean and variance."""
    x, xhat, gamma, mean, var, eps = cache
    N = len(x)
    std = np.sqrt(var + eps)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dvar = (dxhat * (x - mean)).sum(axis=0) * -0.5 / std**3
    dmean = -dxhat.sum(axis=0) / std
    dx = dxhat / std + dvar * 2 * (x - mean) / N + dmean / N
    return dx, dgamma, dbeta


def folded_batchnorm(
    w: np.ndarray,
    b: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    eps: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights and bias of one affine layer that does what affine and batch norm in test mode do."""
    scale = gamma / np.sqrt(running_var + eps)
    return w * scale, (b - running_mean) * scale + beta


def layernorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, ln_param: dict) -> tuple[np.ndarray, tuple]:
    """Normalise each row over its features."""
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    xhat = (x - mean) / np.sqrt(var + eps)
    out = gamma * xhat + beta
    return out, (x, xhat, gamma, mean, var, eps)


def layernorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dgamma, dbeta through each row's mean and variance."""
    x, xhat, gamma, mean, var, eps = cache
    D = x.shape[1]
    std = np.sqrt(var + eps)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dvar = (dxhat * (x - mean)).sum(axis=1, keepdims=True) * -0.5 / std**3
    dmean = -dxhat.sum(axis=1, keepdims=True) / std
    dx = dxhat / std + dvar * 2 * (x - mean) / D + dmean / D
    return dx, dgamma, dbeta


def fair_marks(marks: np.ndarray, given: np.ndarray, eps: float) -> np.ndarray:
    """Normalise each judge's marks over those that were given; return 0 where none was."""
    count = given.sum(axis=1, keepdims=True)
    mean = marks.sum(axis=1, keepdims=True) / count
    centred = np.where(given, marks - mean, 0)
    var = (centred**2).sum(axis=1, keepdims=True) / count
    return centred / np.sqrt(var + eps)


def spatial_batchnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Normalise each channel over all pictures and places."""
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return out, cache


def spatial_batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dgamma, dbeta."""
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dgamma, dbeta


def spatial_groupnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, G: int, gn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Normalise each of G groups of channels of each picture."""
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N, G, -1)
    mean = groups.mean(axis=2, keepdims=True)
    var = groups.var(axis=2, keepdims=True)
    xhat = ((groups - mean) / np.sqrt(var + eps)).reshape(N, C, H, W)
    out = gamma * xhat + beta
    return out, (x, xhat, gamma, mean, var, eps, G)


def spatial_groupnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dgamma, dbeta."""
    x, xhat, gamma, mean, var, eps, G = cache
    N, C, H, W = x.shape
    std = np.sqrt(var + eps)
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    dgamma = (dout * xhat).sum(axis=(0, 2, 3), keepdims=True)
    groups = x.reshape(N, G, -1)
    M = groups.shape[2]
    dxhat = (dout * gamma).reshape(N, G, -1)
    dvar = (dxhat * (groups - mean)).sum(axis=2, keepdims=True) * -0.5 / std**3
    dmean = -dxhat.sum(axis=2, keepdims=True) / std
    dx = dxhat / std + dvar * 2 * (groups - mean) / M + dmean / M
    return dx.reshape(N, C, H, W), dgamma, dbeta


def dropout_forward(x: np.ndarray, dropout_param: dict) -> tuple[np.ndarray, tuple]:
    """Keep each number with probability p and divide it by p; leave x alone in test mode."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    else:
        out = x
    return out, (dropout_param, mask)


def dropout_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Return dout through the same mask; dout itself in test mode."""
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = dout * mask
    else:
        dx = dout
    return dx


def classic_dropout(x: np.ndarray, p: float, mode: str, u: np.ndarray) -> np.ndarray:
    """Keep x where u < p in training; multiply by p in test mode."""
    if mode == "test":
        return x * p
    return x * (u < p)


def channel_dropout(x: np.ndarray, p: float, u: np.ndarray) -> np.ndarray:
    """Keep or drop whole channels of each picture, and divide by p; u has one number for each."""
    mask = (u < p) / p
    return x * mask[:, :, None, None]
