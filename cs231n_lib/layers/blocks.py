"""Blocks: two, three or four layers that often stand together, as one pair."""

import numpy as np

from cs231n_lib.layers.activations import relu_backward, relu_forward
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.conv_fast import conv_backward_fast, conv_forward_fast
from cs231n_lib.layers.normalization import (
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from cs231n_lib.layers.pooling import max_pool_backward_fast, max_pool_forward_fast


def affine_relu_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Compute relu(affine(x)); shapes, settings and errors are those of the layers.

    Returns: out (N, M), and the cache for `affine_relu_backward`.
    """
    scores, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(scores)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dout back through relu, then affine.

    Returns: dx, dw, db.
    """
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


def affine_bn_relu_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Compute relu(batchnorm(affine(x))); shapes, settings and errors are those of the layers.

    Returns: out (N, M), and the cache for `affine_bn_relu_backward`.
    """
    scores, affine_cache = affine_forward(x, w, b)
    normal, norm_cache = batchnorm_forward(scores, gamma, beta, bn_param)
    out, relu_cache = relu_forward(normal)
    return out, (affine_cache, norm_cache, relu_cache)


def affine_bn_relu_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dout back through relu, batch norm, then affine.

    Returns: dx, dw, db, dgamma, dbeta.
    """
    affine_cache, norm_cache, relu_cache = cache
    dscores, dgamma, dbeta = batchnorm_backward_alt(relu_backward(dout, relu_cache), norm_cache)
    return *affine_backward(dscores, affine_cache), dgamma, dbeta


def affine_ln_relu_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, gamma: np.ndarray, beta: np.ndarray, ln_param: dict
) -> tuple[np.ndarray, tuple]:
    """Compute relu(layernorm(affine(x))); shapes, settings and errors are those of the layers.

    Returns: out (N, M), and the cache for `affine_ln_relu_backward`.
    """
    scores, affine_cache = affine_forward(x, w, b)
    normal, norm_cache = layernorm_forward(scores, gamma, beta, ln_param)
    out, relu_cache = relu_forward(normal)
    return out, (affine_cache, norm_cache, relu_cache)


def affine_ln_relu_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dout back through relu, layer norm, then affine.

    Returns: dx, dw, db, dgamma, dbeta.
    """
    affine_cache, norm_cache, relu_cache = cache
    dscores, dgamma, dbeta = layernorm_backward(relu_backward(dout, relu_cache), norm_cache)
    return *affine_backward(dscores, affine_cache), dgamma, dbeta


def conv_relu_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict) -> tuple[np.ndarray, tuple]:
    """Compute relu(conv(x)); shapes, settings and errors are those of the layers.

    Returns: out (N, F, OH, OW), and the cache for `conv_relu_backward`.
    """
    scores, conv_cache = conv_forward_fast(x, w, b, conv_param)
    out, relu_cache = relu_forward(scores)
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dout back through relu, then conv.

    Returns: dx, dw, db.
    """
    conv_cache, relu_cache = cache
    return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache)


def conv_bn_relu_forward(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    conv_param: dict,
    bn_param: dict,
) -> tuple[np.ndarray, tuple]:
    """Compute relu(spatial_batchnorm(conv(x))); shapes, settings and errors are those of the layers.

    Returns: out (N, F, OH, OW), and the cache for `conv_bn_relu_backward`.
    """
    scores, conv_cache = conv_forward_fast(x, w, b, conv_param)
    normal, norm_cache = spatial_batchnorm_forward(scores, gamma, beta, bn_param)
    out, relu_cache = relu_forward(normal)
    return out, (conv_cache, norm_cache, relu_cache)


def conv_bn_relu_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dout back through relu, spatial batch norm, then conv.

    Returns: dx, dw, db, dgamma, dbeta.
    """
    conv_cache, norm_cache, relu_cache = cache
    dscores, dgamma, dbeta = spatial_batchnorm_backward(relu_backward(dout, relu_cache), norm_cache)
    return *conv_backward_fast(dscores, conv_cache), dgamma, dbeta


def conv_relu_pool_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict, pool_param: dict
) -> tuple[np.ndarray, tuple]:
    """Compute max_pool(relu(conv(x))); shapes, settings and errors are those of the layers.

    Returns: out (N, F, PH, PW), and the cache for `conv_relu_pool_backward`.
    """
    active, block_cache = conv_relu_forward(x, w, b, conv_param)
    out, pool_cache = max_pool_forward_fast(active, pool_param)
    return out, (block_cache, pool_cache)


def conv_relu_pool_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dout back through max pool, relu, then conv.

    Returns: dx, dw, db.
    """
    block_cache, pool_cache = cache
    return conv_relu_backward(max_pool_backward_fast(dout, pool_cache), block_cache)
