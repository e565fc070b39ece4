"""The one table of all pairs, each with a fixture that hides no mistake and the sizes Hypothesis may draw."""

from numpy.random import Generator

from cs231n_lib import layers
from tests import pairs_sequence
from tests.laws import Pair, loss_pair

SOME = (1, 5)
BATCH = (2, 5)  # batch statistics of one number are no statistics, and PyTorch refuses them
IMAGES = {"N": SOME, "C": SOME, "H": (1, 7), "W": (1, 7)}
WINDOWS = {"KH": (1, 3), "KW": (1, 3), "stride": (1, 4)}


def affine(rng: Generator, N=4, D=6, M=5) -> dict:
    x = rng.normal(size=(N, 2, D, 3))  # images of several axes, which affine reads as rows
    return {"x": x, "w": rng.normal(size=(6 * D, M)), "b": rng.normal(size=M)}


def numbers(rng: Generator, N=4, D=6) -> dict:
    return {"x": rng.normal(size=(N, D, 3))}


def leaky(rng: Generator, N=4, D=6) -> dict:
    return {"x": rng.normal(size=(N, D, 3)), "alpha": 0.2}


def scores(rng: Generator, N=7, C=5) -> dict:
    return {"x": 2 * rng.normal(size=(N, C)), "y": rng.integers(0, C, size=N)}


def dropout(mode: str):
    def make(rng: Generator, N=5, D=7) -> dict:
        x = rng.normal(size=(N, D, 3))
        x[0, 0, 0] = 0  # a zero in the input is not a dropped number
        return {"x": x, "dropout_param": {"mode": mode, "p": 0.3, "seed": 5}}

    return make


def batchnorm(mode: str):
    def make(rng: Generator, N=17, D=6) -> dict:
        return {"x": 3 * rng.normal(size=(N, D)) + 2, **scale_shift(rng, (D,)), "bn_param": bn_param_of(rng, mode, D)}

    return make


def spatial_batchnorm(mode: str):
    def make(rng: Generator, N=4, C=5, H=3, W=2) -> dict:
        x = 3 * rng.normal(size=(N, C, H, W)) + 2
        return {"x": x, **scale_shift(rng, (C,)), "bn_param": bn_param_of(rng, mode, C)}

    return make


def layernorm(rng: Generator, N=4, D=17) -> dict:
    return {"x": 3 * rng.normal(size=(N, D)) + 2, **scale_shift(rng, (D,)), "ln_param": {"eps": 1e-3}}


def groupnorm(rng: Generator, N=3, G=2, size=3, H=4, W=5) -> dict:
    x = 3 * rng.normal(size=(N, G * size, H, W)) + 2
    return {"x": x, **scale_shift(rng, (1, G * size, 1, 1)), "G": G, "gn_param": {"eps": 1e-3}}


def conv(rng: Generator, N=2, C=3, H=5, W=7, F=4, KH=3, KW=2, stride=2, pad=1) -> dict | None:
    if H + 2 * pad < KH or W + 2 * pad < KW:
        return None
    x, w = rng.normal(size=(N, C, H, W)), rng.normal(size=(F, C, KH, KW))
    return {"x": x, "w": w, "b": rng.normal(size=F), "conv_param": {"stride": stride, "pad": pad}}


def conv_many_channels(rng: Generator, N=2, C=9, H=5, W=7, F=4, KH=3, KW=2, stride=2, pad=1) -> dict | None:
    return conv(rng, N, C, H, W, F, KH, KW, stride, pad)


def pool(rng: Generator, N=2, C=3, H=6, W=7, KH=3, KW=2, stride=1) -> dict | None:
    """Overlapping windows that are not square; ties, which have no gradient, have a test of their own."""
    if H < KH or W < KW:
        return None
    return {"x": rng.normal(size=(N, C, H, W)), "pool_param": _pool_param(KH, KW, stride)}


def affine_norm(param_name: str):
    def make(rng: Generator, N=17, D=4, M=6) -> dict:
        param = bn_param_of(rng, "train", M) if param_name == "bn_param" else {"eps": 1e-3}
        return affine(rng, N, D, M) | scale_shift(rng, (M,)) | {param_name: param}

    return make


def conv_bn(rng: Generator, N=3, C=2, H=5, W=6, F=4, KH=3, KW=2, stride=2, pad=1) -> dict | None:
    arguments = conv(rng, N, C, H, W, F, KH, KW, stride, pad)
    if arguments is None:
        return None
    conv_param = arguments.pop("conv_param")
    return arguments | scale_shift(rng, (F,)) | {"conv_param": conv_param, "bn_param": bn_param_of(rng, "train", F)}


def conv_pool(rng: Generator, N=2, C=3, H=6, W=7, F=4, KH=3, KW=2, stride=1) -> dict:
    arguments = conv(rng, N, C, H, W, F, 3, 2, stride=1, pad=2)
    assert arguments is not None
    return arguments | {"pool_param": _pool_param(KH, KW, stride)}


def scale_shift(rng: Generator, shape: tuple[int, ...]) -> dict:
    return {"gamma": rng.normal(size=shape) + 1.5, "beta": rng.normal(size=shape)}


def bn_param_of(rng: Generator, mode: str, D: int) -> dict:
    running = {"running_mean": rng.normal(size=D), "running_var": rng.uniform(0.5, 3, size=D)}
    return {"mode": mode, "eps": 1e-3, "momentum": 0.7, **running}


def _pool_param(KH: int, KW: int, stride: int) -> dict:
    return {"pool_height": KH, "pool_width": KW, "stride": stride}


def _pair(name: str, make, sizes: dict, label: str = "", backward: str = "") -> Pair:
    """Build a pair from its name; the label tells pairs of one function apart."""
    forward, back = getattr(layers, f"{name}_forward"), getattr(layers, backward or f"{name}_backward")
    return Pair(f"{name} {label}".strip(), forward, back, make, sizes)


def _windowed(name: str, make, sizes: dict, label: str = "") -> list[Pair]:
    naive, fast = (getattr(layers, f"{name}_forward_{kind}") for kind in ("naive", "fast"))
    naive_back, fast_back = (getattr(layers, f"{name}_backward_{kind}") for kind in ("naive", "fast"))
    return [
        Pair(f"{name}_naive {label}".strip(), naive, naive_back, make, sizes),
        Pair(f"{name}_fast {label}".strip(), fast, fast_back, make, sizes),
    ]


CONV = IMAGES | WINDOWS | {"F": SOME, "pad": (0, 2)}
ROWS = {"N": SOME, "D": SOME}
NORM_ROWS = {"N": BATCH, "D": SOME}
ALT = "batchnorm_backward_alt"

LAYER_PAIRS = [
    _pair("affine", affine, ROWS | {"M": SOME}),
    _pair("relu", numbers, ROWS),
    _pair("leaky_relu", leaky, ROWS),
    _pair("sigmoid", numbers, ROWS),
    _pair("tanh", numbers, ROWS),
    loss_pair(layers.svm_loss, scores, sizes={"N": SOME, "C": SOME}),
    loss_pair(layers.softmax_loss, scores, sizes={"N": SOME, "C": SOME}),
    _pair("dropout", dropout("train"), ROWS, "train"),
    _pair("dropout", dropout("test"), ROWS, "test"),
    _pair("batchnorm", batchnorm("train"), NORM_ROWS, "train"),
    _pair("batchnorm", batchnorm("test"), ROWS, "test"),
    _pair("batchnorm", batchnorm("train"), NORM_ROWS, "alt train", ALT),
    _pair("batchnorm", batchnorm("test"), ROWS, "alt test", ALT),
    _pair("layernorm", layernorm, {"N": SOME, "D": BATCH}),
    _pair("spatial_batchnorm", spatial_batchnorm("train"), IMAGES | {"N": BATCH}, "train"),
    _pair("spatial_batchnorm", spatial_batchnorm("test"), IMAGES, "test"),
    _pair("spatial_groupnorm", groupnorm, {"N": SOME, "G": (1, 3), "size": BATCH, "H": SOME, "W": SOME}),
    *_windowed("conv", conv, CONV),
    *_windowed("conv", conv_many_channels, CONV | {"C": (8, 10)}, "many channels"),
    *_windowed("max_pool", pool, IMAGES | WINDOWS),
    _pair("affine_relu", affine, ROWS | {"M": SOME}),
    _pair("affine_bn_relu", affine_norm("bn_param"), NORM_ROWS | {"M": SOME}),
    _pair("affine_ln_relu", affine_norm("ln_param"), ROWS | {"M": BATCH}),
    _pair("conv_relu", conv, CONV),
    _pair("conv_bn_relu", conv_bn, CONV | {"N": BATCH}),
    _pair("conv_relu_pool", conv_pool, IMAGES | WINDOWS | {"F": SOME}),
]

PAIRS = [*LAYER_PAIRS, *pairs_sequence.PAIRS]
