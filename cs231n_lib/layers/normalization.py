"""Normalisation: subtract a mean, divide by a standard deviation, then let gamma and beta choose both anew.

The layers differ only in the axes they average over: batch norm (N, -) one feature over the batch; layer norm (-, D)
one image over its features; spatial batch norm (N, -, H, W) one channel; group norm one group of channels of one image.
"""

import numpy as np

from cs231n_lib.layers import _checks


def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute out = gamma (x - mean) / sqrt(var + eps) + beta for each feature over the batch.

    In "train" mode the batch gives mean and variance (of N numbers, not N - 1), and bn_param's running statistics move
    towards them: running = momentum running + (1 - momentum) batch. In "test" mode the running statistics are used.
    PyTorch's momentum is 1 - momentum, and its running_var divides by N - 1.

    Shapes: x (N, D), gamma (D,), beta (D,).
    Settings: bn_param["mode"] is "train" or "test"; ["eps"] > 0 (default 1e-5); ["momentum"] in [0, 1] (default 0.9);
        ["running_mean"], ["running_var"] (D,) start at 0 and are written back.
    Returns: out (N, D), and the cache for `batchnorm_backward` and `batchnorm_backward_alt`.
    Raises: ValueError if the sizes do not fit, x holds integers, or the mode is missing or unknown.
    Source: Ioffe and Szegedy 2015, Batch Normalization, Algorithm 1.
    """
    _checks.floats("batchnorm_forward", x=x)
    _checks.match("batchnorm_forward", x=(x, "N D"), gamma=(gamma, "D"), beta=(beta, "D"))
    return _batchnorm("batchnorm_forward", x, gamma[None], beta[None], bn_param, axes=(0,))


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back node by node: out, xhat, 1 / std, var, centred, mean, x.

    Shapes: dout (N, D).
    Returns: dx (N, D), dgamma (D,), dbeta (D,).
    Source: Ioffe and Szegedy 2015, section 3, written out node by node.
    """
    xhat, gamma, inv_std, train = cache
    N = len(dout)
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dxhat = dout * gamma
    if not train:  # the running statistics do not depend on x
        return dxhat * inv_std, dgamma, dbeta
    centred = xhat / inv_std
    dinv_std = (dxhat * centred).sum(axis=0)
    dvar = dinv_std * -0.5 * inv_std**3
    dcentred = dxhat * inv_std + dvar * 2 / N * centred
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / N, dgamma, dbeta


def batchnorm_backward_alt(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back in one formula: dx = gamma / std (dout - mean(dout) - xhat mean(dout xhat)).

    Shapes: dout (N, D).
    Returns: dx (N, D), dgamma (D,), dbeta (D,).
    Source: the nodes of `batchnorm_backward`, simplified on paper.
    """
    return _batchnorm_backward(dout, cache, axes=(0,))


def layernorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, ln_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute out = gamma (x - mean) / sqrt(var + eps) + beta for each image over its features.

    Shapes: x (N, D), gamma (D,), beta (D,).
    Settings: ln_param["eps"] > 0 (default 1e-5). There is no mode: no image depends on another.
    Returns: out (N, D), and the cache for `layernorm_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: Ba, Kiros and Hinton 2016, Layer Normalization, section 3.
    """
    _checks.floats("layernorm_forward", x=x)
    _checks.match("layernorm_forward", x=(x, "N D"), gamma=(gamma, "D"), beta=(beta, "D"))
    xhat, _, _, inv_std = _normalize(x, (1,), _eps(ln_param))
    out = xhat * gamma
    out += beta
    return out, (xhat, gamma, inv_std)


def layernorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back: dx = (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / std, with dxhat = gamma dout.

    Shapes: dout (N, D).
    Returns: dx (N, D), dgamma (D,), dbeta (D,).
    Source: as batch norm with rows and columns exchanged, but gamma changes along the averaged axis and stays inside.
    """
    xhat, gamma, inv_std = cache
    dx = _normalize_backward(dout * gamma, xhat, inv_std, (1,))
    return dx, _sum_products(dout, xhat, (0,))[0], dout.sum(axis=0)


def spatial_batchnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Batch-normalise each channel over all images and all places, as if each pixel were a row of C features.

    Shapes: x (N, C, H, W), gamma (C,), beta (C,).
    Settings: bn_param as in `batchnorm_forward`, with running statistics (C,).
    Returns: out (N, C, H, W), and the cache for `spatial_batchnorm_backward`.
    Raises: ValueError if the sizes do not fit, x holds integers, or the mode is missing or unknown.
    Source: Ioffe and Szegedy 2015, Batch Normalization, section 3.2.
    """
    op = "spatial_batchnorm_forward"
    _checks.floats(op, x=x)
    _checks.match(op, x=(x, "N C H W"), gamma=(gamma, "C"), beta=(beta, "C"))
    return _batchnorm(op, x, gamma[None, :, None, None], beta[None, :, None, None], bn_param, axes=(0, 2, 3))


def spatial_batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back as `batchnorm_backward_alt`, each channel over images and places.

    Shapes: dout (N, C, H, W).
    Returns: dx (N, C, H, W), dgamma (C,), dbeta (C,).
    """
    return _batchnorm_backward(dout, cache, axes=(0, 2, 3))


def spatial_groupnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, G: int, gn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Normalise each of G groups of neighbouring channels of each image; G = 1 is layer norm, G = C instance norm.

    Shapes: x (N, C, H, W), gamma (1, C, 1, 1) or (C,), beta the same.
    Settings: G, the NUMBER of groups, a divisor of C; gn_param["eps"] > 0 (default 1e-5).
    Returns: out (N, C, H, W), and the cache for `spatial_groupnorm_backward`.
    Raises: ValueError if the sizes do not fit, x holds integers, or G does not divide C.
    Source: Wu and He 2018, Group Normalization, section 3.
    """
    op = "spatial_groupnorm_forward"
    _checks.floats(op, x=x)
    channels = {"gamma": (gamma.reshape(-1), "C"), "beta": (beta.reshape(-1), "C")}
    C = _checks.match(op, x=(x, "N C H W"), **channels)["C"]
    if G < 1 or C % G:
        raise ValueError(f"{op}: G is {G} with {C} channels; give a number of groups that divides {C}")
    xhat, _, _, inv_std = _normalize(x.reshape(len(x), G, -1), (2,), _eps(gn_param))  # (N, G, C / G * H * W)
    xhat = xhat.reshape(x.shape)
    out = xhat * gamma.reshape(1, C, 1, 1)
    out += beta.reshape(1, C, 1, 1)
    return out, (xhat, gamma, inv_std)


def spatial_groupnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send dout back as `layernorm_backward`, each group on its own.

    Shapes: dout (N, C, H, W).
    Returns: dx (N, C, H, W), and dgamma, dbeta in gamma's shape.
    """
    xhat, gamma, inv_std = cache
    groups = (*inv_std.shape[:2], -1)  # (N, G, C / G * H * W)
    dxhat = dout * gamma.reshape(1, -1, 1, 1)
    dx = _normalize_backward(dxhat.reshape(groups), xhat.reshape(groups), inv_std, (2,))
    dgamma, dbeta = _sum_products(dout, xhat, (0, 2, 3)), dout.sum(axis=(0, 2, 3))
    return dx.reshape(dout.shape), dgamma.reshape(gamma.shape), dbeta.reshape(gamma.shape)


def _eps(param: dict) -> float:
    return _checks.number(param.get("eps", 1e-5))


def _sum_products(a: np.ndarray, b: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Sum a * b over axes, kept with size 1; einsum spares the array of products."""
    every = list(range(a.ndim))
    kept = [axis for axis in every if axis not in axes]
    return np.expand_dims(np.einsum(a, every, b, every, kept), axes)


def _normalize(x: np.ndarray, axes: tuple[int, ...], eps: float) -> tuple[np.ndarray, ...]:
    """Return xhat = (x - mean) / sqrt(var + eps), and mean, var and 1 / sqrt(var + eps), over the axes."""
    mean = x.mean(axis=axes, keepdims=True)
    xhat = x - mean
    var = _sum_products(xhat, xhat, axes) / (x.size // mean.size)
    inv_std = 1 / np.sqrt(var + eps)
    xhat *= inv_std
    return xhat, mean, var, inv_std


def _normalize_backward(dxhat: np.ndarray, xhat: np.ndarray, inv_std: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / std, the means over the axes."""
    dx = xhat * (_sum_products(dxhat, xhat, axes) / -(dxhat.size // inv_std.size))
    dx += dxhat
    dx -= dxhat.mean(axis=axes, keepdims=True)
    dx *= inv_std
    return dx


def _batchnorm(
    op: str, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict, axes: tuple[int, ...]
) -> tuple[np.ndarray, tuple]:
    """Batch-normalise over the axes; gamma and beta have size 1 along them."""
    train, eps = _checks.mode(op, "bn_param", bn_param) == "train", _eps(bn_param)
    running = [bn_param.get(key, np.zeros(gamma.size, x.dtype)) for key in ("running_mean", "running_var")]
    if train:
        xhat, mean, var, inv_std = _normalize(x, axes, eps)
        momentum = _checks.number(bn_param.get("momentum", 0.9))
        batch = mean.reshape(-1), var.reshape(-1)
        running = [momentum * old + (1 - momentum) * new for old, new in zip(running, batch, strict=True)]
    else:
        mean, var = (old.reshape(gamma.shape) for old in running)
        inv_std = 1 / np.sqrt(var + eps)
        xhat = (x - mean) * inv_std
    bn_param["running_mean"], bn_param["running_var"] = running
    out = xhat * gamma
    out += beta
    return out, (xhat, gamma, inv_std, train)


def _batchnorm_backward(
    dout: np.ndarray, cache: tuple, axes: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx = gamma / std (dout - mean(dout) - xhat mean(dout xhat)), dgamma, dbeta."""
    xhat, gamma, inv_std, train = cache
    M = dout.size // gamma.size
    dgamma, dbeta = _sum_products(dout, xhat, axes), dout.sum(axis=axes, keepdims=True)
    dx = dout
    if train:  # the running statistics of "test" mode do not depend on x
        dx = xhat * (dgamma / -M)
        dx += dout
        dx -= dbeta / M
    return dx * (gamma * inv_std), dgamma.reshape(-1), dbeta.reshape(-1)
