"""Topic 10: convolution and max pooling."""

import numpy as np

from .. import catalogue
from ..model import Exercise, backward, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.conv"
CONV = "cs231n_lib.layers.conv"
POOL = "cs231n_lib.layers.pooling"


def conv(seed, N, C, H, W, F, HH, WW, stride, pad, dout):
    """Return pictures, filters, biases and a random dout."""
    rng = np.random.default_rng(seed)
    args = {
        "x": rng.standard_normal((N, C, H, W)),
        "w": rng.standard_normal((F, C, HH, WW)),
        "b": rng.standard_normal(F),
        "conv_param": {"stride": stride, "pad": pad},
    }
    OH, OW = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    return {"dout": rng.standard_normal((N, F, OH, OW)), **args} if dout else args


CONVS = [  # what no official test plays stands last: padding 0, a window that does not fit, one picture, one pixel
    (case, "stride 1 and padding 1", (1, 2, 3, 5, 6, 4, 3, 2, 1, 1)),
    (case, "stride 2 and padding 1", (2, 2, 3, 6, 7, 4, 4, 3, 2, 1)),
    (case, "stride 1 and padding 2", (3, 2, 2, 4, 5, 3, 3, 3, 1, 2)),
    (case, "as many pictures as channels and filters", (6, 3, 3, 5, 5, 3, 3, 3, 1, 1)),
    (edge, "stride 2 without padding", (4, 2, 2, 6, 5, 3, 2, 3, 2, 0)),
    (edge, "a last window that does not fit", (5, 2, 2, 6, 7, 2, 3, 2, 2, 1)),
    (edge, "one picture and a kernel of one pixel without padding", (7, 1, 3, 4, 3, 2, 1, 1, 1, 0)),
]


def conv_cases(dout):
    """Kernels not square, strides, paddings, overlapping windows; pictures by hand where there is no gradient."""
    found = [make(label, **conv(*sizes, dout)) for make, label, sizes in CONVS]
    if dout:
        return found
    cross = np.zeros((1, 1, 5, 5))
    cross[0, 0, range(5), range(5)] = cross[0, 0, range(5), range(4, -1, -1)] = 1
    kernel = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    return [
        case("an X and the kernel 1 .. 9", x=cross, w=kernel, b=np.array([0.5]), conv_param={"stride": 1, "pad": 1}),
        *found,
    ]


def conv_forward_cases():
    """The cases without a gradient."""
    return conv_cases(dout=False)


def conv_backward_cases():
    """The cases with a gradient from above."""
    return conv_cases(dout=True)


def pool(seed, N, C, H, W, PH, PW, stride, dout, ties=False):
    """Return pictures, whole-numbered with many ties if wanted, and a random dout."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (N, C, H, W)).astype(float) if ties else rng.standard_normal((N, C, H, W))
    args = {"x": x, "pool_param": {"pool_height": PH, "pool_width": PW, "stride": stride}}
    OH, OW = 1 + (H - PH) // stride, 1 + (W - PW) // stride
    return {"dout": rng.standard_normal((N, C, OH, OW)), **args} if dout else args


POOLS = [
    (case, "2 x 2 windows with stride 2", (1, 2, 3, 4, 6, 2, 2, 2)),
    (case, "overlapping 3 x 2 windows with stride 1", (2, 2, 2, 6, 5, 3, 2, 1)),
    (case, "overlapping 2 x 3 windows with stride 2", (3, 2, 3, 6, 7, 2, 3, 2)),
    (case, "1 x 2 windows with stride 3", (5, 2, 2, 7, 8, 1, 2, 3)),
    (edge, "one picture with a last window that does not fit", (4, 1, 2, 6, 8, 3, 3, 2)),
]


def pool_cases(dout):
    """Windows not square, stride unlike the window, overlapping windows, only negative numbers, and ties."""
    found = [make(label, **pool(*sizes, dout)) for make, label, sizes in POOLS]
    negative = pool(6, 2, 2, 4, 4, 2, 2, 2, dout)
    negative["x"] = -np.abs(negative["x"]) - 1
    found.append(case("only negative numbers", **negative))
    return [*found, edge("ties for the maximum", **pool(7, 2, 3, 4, 6, 2, 3, 2, dout, ties=True))]


def pool_forward_cases():
    """The cases without a gradient."""
    return pool_cases(dout=False)


def pool_backward_cases():
    """The cases with a gradient from above."""
    return pool_cases(dout=True)


def sentences(seed, N, T, D, F, K):
    """Return sentences of T words, filters of K words and biases."""
    rng = np.random.default_rng(seed)
    draw = rng.standard_normal
    return {"x": draw((N, T, D)), "w": draw((F, K, D)), "b": draw(F)}


def sentence_cases():
    """Sizes all different, filters of one word, and filters as long as the sentence."""
    return [
        case("filters of 3 words", **sentences(1, 2, 7, 4, 5, 3)),
        case("filters of 2 words", **sentences(2, 3, 4, 5, 2, 2)),
        case("as many words as numbers and filters", **sentences(5, 3, 3, 3, 3, 2)),
        edge("filters of one word", **sentences(3, 2, 3, 4, 6, 1)),
        edge("filters as long as the sentence", **sentences(4, 3, 4, 2, 5, 4)),
    ]


EXERCISES = [
    Exercise(
        "conv_forward_naive",
        f"{CONV}:conv_forward_naive",
        ("out", "_cache"),
        conv_forward_cases,
        "The X pattern by hand and seven sets of pictures: kernels not square, strides, padding, overlapping windows.",
        "A sliding dot product over all channels at once: linear in the picture, and with few weights.",
        catalogue.rows("conv.conv_forward_naive"),
        plain=f"{PLAIN}:conv_forward_naive",
    ),
    Exercise(
        "conv_backward_naive",
        f"{CONV}:conv_backward_naive",
        ("dx", "dw", "db"),
        conv_backward_cases,
        "Seven sets of pictures with random gradients from above: strides, paddings, overlapping windows.",
        "A pixel that lies in several windows gets the sum of what comes back from each.",
        catalogue.rows("conv.conv_backward_naive"),
        plain=f"{PLAIN}:conv_backward_naive",
        play=backward,
        companions={"forward": "conv_forward_naive"},
        cache="(x, w, b, conv_param)",
    ),
    Exercise(
        "max_pool_forward_naive",
        f"{POOL}:max_pool_forward_naive",
        ("out", "_cache"),
        pool_forward_cases,
        "Seven sets of pictures: windows not square, stride unlike the window, overlaps, only negative numbers, ties.",
        "Each window keeps its largest number and forgets where it stood.",
        catalogue.rows("conv.max_pool_forward_naive"),
        plain=f"{PLAIN}:max_pool_forward_naive",
    ),
    Exercise(
        "max_pool_backward_naive",
        f"{POOL}:max_pool_backward_naive",
        ("dx",),
        pool_backward_cases,
        "Seven sets of pictures with random gradients from above: overlaps, ties to the first of the largest.",
        "Gradients are moved, not made: the sum of dx is the sum of dout.",
        catalogue.rows("conv.max_pool_backward_naive"),
        plain=f"{PLAIN}:max_pool_backward_naive",
        play=backward,
        companions={"forward": "max_pool_forward_naive"},
        cache="(x, pool_param)",
    ),
    Exercise(
        "text_conv_forward",
        f"{PLAIN}:text_conv_forward",
        ("out",),
        sentence_cases,
        "Five sets of sentences: sizes all different, filters of one word, filters as long as the sentence.",
        "Words stand in a row, so the window slides along one axis; the numbers of a word are its channels.",
        catalogue.rows("conv.text_conv_forward"),
    ),
    LineOrder(
        "max_pool_backward_lines",
        "max_pool_backward_naive",
        "def max_pool_backward_naive(dout, cache):",
        (
            "    window = x[n, c, top : top + PH, left : left + PW]",
            "    dx[n, c, top + row, left + column] += dout[n, c, i, j]",
            "return dx",
            "    row, column = np.unravel_index(window.argmax(), window.shape)",
            "x, param = cache",
            "    top, left = i * param['stride'], j * param['stride']",
            "for n, c, i, j in np.ndindex(*dout.shape):",
            "    dx[n, c, top + row, left + column] = dout[n, c, i, j]",
            "dx, PH, PW = np.zeros_like(x), param['pool_height'], param['pool_width']",
        ),
        (5, 9, 7, 6, 1, 4, 2, 3),
        "Find where the maximum stood, and add: another window may have sent something there already.",
    ),
    FindMistake(
        "conv_mistake",
        """
        def conv_forward_naive(x, w, b, stride, pad):
            (N, C, H, W), (F, C, HH, WW) = x.shape, w.shape
            padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
            OH, OW = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
            out = np.zeros((N, F, OH, OW))
            for n, f, i, j in np.ndindex(*out.shape):
                top, left = i * stride, j * stride
                window = padded[n, :, top : top + HH, left : left + WW]
                out[n, f, i, j] = np.sum(window * w[f]) + b[f]
            return out
        """,
        "top, left = i * stride, j * stride",
        "top, left = i, j * stride",
        "the rows do not move by the stride",
        "Take stride 2 and write down the first row and column of window (1, 1).",
        "With stride 1 nothing shows; with stride 2 the windows go down one pixel at a time and miss the lower half.",
    ),
]
