"""Topic 10: convolution and max pooling."""

import numpy as np

from ..model import Exercise, Mistake, backward, case, edge
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


def one_direction(number):
    """Return the mistakes of a loop whose windows move by the stride in one of two directions only."""
    return [
        Mistake(
            f"{number}{name[0]}",
            f"the {name} of a window do not move by the stride",
            "Two directions, one stride. Which one did you forget?",
            "i * stride, j * stride",
            new,
        )
        for name, new in (("rows", "i, j * stride"), ("columns", "i * stride, j"))
    ]


SETTINGS = 'stride, pad = conv_param["stride"], conv_param["pad"]'
PADDED = "np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
WINDOW_OF = "padded[:, :, top : top + HH, left : left + WW]"
EACH_FILTER = "np.stack([(window * one).sum(axis=(1, 2, 3)) for one in w], axis=1) + b"
RETURN = "    return out, (x, w, b, conv_param)"
ORDERS = (  # how the outputs lie in memory, and what is wrong with reading them as (N, F, OH, OW)
    ("10.g", "the positions come before the pictures", "out.transpose(1, 2, 3, 0).reshape(N, F, OH, OW)"),
    ("10.g1", "the filters come before the pictures", "out.transpose(1, 0, 2, 3).reshape(N, F, OH, OW)"),
    ("10.g2", "the filters come last", "out.transpose(0, 2, 3, 1).reshape(N, F, OH, OW)"),
    (
        "10.g3",
        "the filters come first, the positions before the pictures",
        "out.transpose(1, 2, 3, 0).reshape(F, N, OH, OW).transpose(1, 0, 2, 3)",
    ),
    (
        "10.g4",
        "the positions come first, then the pictures, then the filters",
        "out.transpose(2, 3, 0, 1).reshape(N, F, OH, OW)",
    ),
)
PRODUCT = "np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b"
CONV_FORWARD = [
    Mistake(
        "10.a",
        "the kernel is turned round before the product",
        "Maths books flip. Do we?",
        PRODUCT,
        "np.tensordot(window, w[:, :, ::-1, ::-1], ((1, 2, 3), (1, 2, 3))) + b",
    ),
    Mistake(
        "10.b",
        "the bias is not added",
        "One of the parameters has no effect. Which?",
        PRODUCT,
        "np.tensordot(window, w, ((1, 2, 3), (1, 2, 3)))",
    ),
    Mistake(
        "10.c", "windows start at i, not at i * stride", "Where does window 2 begin?", "i * stride, j * stride", "i, j"
    ),
    *one_direction("10.c"),
    Mistake(
        "10.c2",
        "the stride is always 1",
        "Which stride was given?",
        SETTINGS,
        'stride, pad = 1, conv_param["pad"]',
    ),
    Mistake(
        "10.d",
        "the picture is not padded on the left and top",
        "How many zeros stand before the first pixel?",
        "(pad, pad), (pad, pad)))",
        "(0, 2 * pad), (0, 2 * pad)))",
    ),
    Mistake(
        "10.d1",
        "padded with the edge pixels instead of zeros",
        "What stands outside the picture?",
        "(pad, pad), (pad, pad)))",
        '(pad, pad), (pad, pad)), mode="edge")',
    ),
    Mistake(
        "10.d3",
        "all four axes are padded: pictures and channels as well",
        "np.pad(x, pad) pads every axis. Which two of the four are rows and columns of pixels?",
        PADDED,
        "np.pad(x, pad)[:N, :C]",
    ),
    Mistake(
        "10.d4",
        "all four axes are padded, so the windows have too many channels",
        "np.pad(x, pad) pads every axis. Which two of the four are rows and columns of pixels?",
        PADDED,
        "np.pad(x, pad)[:N]",
        more=((PRODUCT, EACH_FILTER),),
    ),
    Mistake(
        "10.d5",
        "the windows are cut from x, not from the padded picture",
        "You padded the picture. Who uses it?",
        WINDOW_OF,
        WINDOW_OF.replace("padded", "x"),
        more=((PRODUCT, EACH_FILTER),),
    ),
    Mistake(
        "10.d6",
        "the padding is always 1",
        "Which padding was given?",
        SETTINGS,
        'stride, pad = conv_param["stride"], 1',
    ),
    Mistake(
        "10.d7",
        "the picture is put between pad and -pad, where nothing is left if pad is 0",
        "What does padded[0:-0] hold?",
        f"padded = {PADDED}\n",
        f"padded = {PADDED}\n    padded[:, :, pad:-pad, pad:-pad] = x\n",
    ),
    Mistake(
        "10.d2",
        "rows and columns of a window are exchanged",
        "top belongs to rows. Which index of padded are the rows?",
        "padded[:, :, top : top + HH, left : left + WW]",
        "padded.swapaxes(2, 3)[:, :, top : top + HH, left : left + WW]",
    ),
    Mistake(
        "10.e1",
        "only the first colour channel is used",
        "A filter is as deep as the picture. How many channels did you multiply?",
        PRODUCT,
        "np.tensordot(window[:, 0], w[:, 0], ((1, 2), (1, 2))) + b",
    ),
    Mistake(
        "10.e2",
        "the mean over the window instead of the sum",
        "A dot product: sum or mean?",
        PRODUCT,
        "np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) / w[0].size + b",
    ),
    Mistake(
        "10.e3",
        "the bias is added once for each number of the window",
        "How often does one output meet its bias?",
        PRODUCT,
        "np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b * w[0].size",
    ),
    Mistake(
        "10.e4",
        "the output is one row and column too small",
        "The first window counts too. How many windows fit?",
        "1 + (H + 2 * pad - HH) // stride",
        "max(1, (H + 2 * pad - HH) // stride)",
        more=(("1 + (W + 2 * pad - WW) // stride", "max(1, (W + 2 * pad - WW) // stride)"),),
    ),
    Mistake(
        "10.e5",
        "the padding counts once in the output's size",
        "Padding stands on how many sides?",
        "(H + 2 * pad - HH)",
        "(H + pad - HH)",
        more=(("(W + 2 * pad - WW)", "(W + pad - WW)"),),
    ),
    Mistake(
        "10.e6",
        "all filters get the first bias",
        "How many biases are there, and how many filters?",
        "((1, 2, 3), (1, 2, 3))) + b",
        "((1, 2, 3), (1, 2, 3))) + b[0]",
    ),
    Mistake(
        "10.e7",
        "the kernel's height and width are exchanged",
        "w is (F, C, HH, WW). Which comes first?",
        "top : top + HH, left : left + WW",
        "top : top + WW, left : left + HH",
        more=((PRODUCT, "np.tensordot(window, w.swapaxes(2, 3), ((1, 2, 3), (1, 2, 3))) + b"),),
    ),
]

CONV_FORWARD += [
    Mistake(
        number,
        f"the outputs are reshaped in the wrong order of axes: in memory {order}",
        "Same shape is not same order: which axis does your product run through last? Reshape by that, then transpose.",
        RETURN,
        f"    out = {text}\n{RETURN}",
    )
    for number, order, text in ORDERS
]

DX = "dpadded[:, :, top : top + HH, left : left + WW] += "
CONV_BACKWARD = [
    Mistake(
        "10.e",
        "dx = instead of dx +=: windows overwrite one another",
        "Two windows share a pixel: who wins?",
        DX,
        DX.replace("+=", "="),
    ),
    Mistake(
        "10.e8",
        "dx = instead of dx +=: windows and filters overwrite one another",
        "Two windows share a pixel, and every filter met it: who wins?",
        f"{DX}np.tensordot(dout[:, :, i, j], w, (1, 0))",
        f"{DX.replace('+=', '=')}np.tensordot(dout[:, -1:, i, j], w[-1:], (1, 0))",
    ),
    Mistake(
        "10.f",
        "the padding is left on dx",
        "Give back what you added.",
        "dpadded[:, :, pad : pad + H, pad : pad + W]",
        "dpadded",
    ),
    Mistake(
        "10.f1",
        "the padding is cut off at one end only",
        "On how many sides did you pad?",
        "dpadded[:, :, pad : pad + H, pad : pad + W]",
        "dpadded[:, :, :H, :W]",
    ),
    Mistake(
        "10.f10",
        "the padding is cut off with -pad, which leaves nothing where pad is 0",
        "What does x[0:-0] hold?",
        "dpadded[:, :, pad : pad + H, pad : pad + W]",
        "dpadded[:, :, pad:-pad, pad:-pad]",
    ),
    Mistake("10.f2", "dw = instead of dw +=", "One filter met how many windows?", "dw += ", "dw = "),
    Mistake(
        "10.f3",
        "db leaves out the places",
        "One bias serves how many numbers?",
        "dout.sum(axis=(0, 2, 3))",
        "dout.sum(axis=0).mean(axis=(1, 2))",
    ),
    Mistake(
        "10.f4", "windows start at i, not at i * stride", "Where does window 2 begin?", "i * stride, j * stride", "i, j"
    ),
    *one_direction("10.f4"),
    Mistake(
        "10.f11",
        "all four axes are padded: dw meets other pictures and channels",
        "np.pad(x, pad) pads every axis. Which two of the four are rows and columns of pixels?",
        PADDED,
        "np.pad(x, pad)[:N, :C]",
    ),
    Mistake(
        "10.f12",
        "the padding is always 1",
        "Which padding was given?",
        SETTINGS,
        'stride, pad = conv_param["stride"], 1',
    ),
    Mistake(
        "10.f13",
        "the picture is put between pad and -pad, where nothing is left if pad is 0",
        "What does padded[0:-0] hold?",
        f"padded = {PADDED}\n",
        f"padded = {PADDED}\n    padded[:, :, pad:-pad, pad:-pad] = x\n",
    ),
    Mistake(
        "10.f5",
        "the kernel is turned round on the way back",
        "Which weight met this pixel on the way forward?",
        "np.tensordot(dout[:, :, i, j], w, (1, 0))",
        "np.tensordot(dout[:, :, i, j], w[:, :, ::-1, ::-1], (1, 0))",
    ),
    Mistake(
        "10.f6",
        "dw is a mean over the pictures",
        "The mean is already in dout. Should you take it again?",
        "db = dout",
        "dw = dw / N\n    db = dout",
    ),
    Mistake(
        "10.f7",
        "dw uses the picture without its padding",
        "Which pixels met the filter on the way forward?",
        "dw += np.tensordot(dout[:, :, i, j], window, (0, 0))",
        "inner = padded * 0\n"
        "            inner[:, :, :H, :W] = x\n"
        "            dw += np.tensordot(dout[:, :, i, j], inner[:, :, top : top + HH, left : left + WW], (0, 0))",
    ),
    Mistake(
        "10.f8",
        "db is a mean over the places",
        "One bias serves how many numbers?",
        "dout.sum(axis=(0, 2, 3))",
        "dout.mean(axis=(0, 2, 3))",
    ),
    Mistake(
        "10.f9",
        "db is summed over the filters",
        "b has one number a filter. Which axis stays?",
        "dout.sum(axis=(0, 2, 3))",
        "dout.sum(axis=(1, 2, 3))",
    ),
]


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


POOL_FORWARD = [
    Mistake(
        "10.h",
        "the window is as large as the stride",
        "Size and step are two numbers.",
        "top : top + PH, left : left + PW",
        "top : top + stride, left : left + stride",
    ),
    Mistake(
        "10.h1", "windows start at i, not at i * stride", "Where does window 2 begin?", "i * stride, j * stride", "i, j"
    ),
    *one_direction("10.h"),
    Mistake(
        "10.h2",
        "the mean of the window instead of its maximum",
        "That is average pooling. Which one is asked for?",
        "window.max(axis=(2, 3))",
        "window.mean(axis=(2, 3))",
    ),
    Mistake(
        "10.h3",
        "the window's height and width are exchanged",
        "Which of the two are rows?",
        "top : top + PH, left : left + PW",
        "top : top + PW, left : left + PH",
    ),
    Mistake(
        "10.h4",
        "the maximum runs over the channels as well",
        "Does red compete with blue?",
        "window.max(axis=(2, 3))",
        "window.max(axis=(1, 2, 3))[:, None]",
    ),
    Mistake(
        "10.h5",
        "the maximum runs over the pictures as well",
        "Does one picture compete with another?",
        "window.max(axis=(2, 3))",
        "window.max(axis=(0, 2, 3))",
    ),
    Mistake(
        "10.h6",
        "negative maxima become 0",
        "From which number does your search for the largest start?",
        "window.max(axis=(2, 3))",
        "window.max(axis=(2, 3), initial=0)",
    ),
    Mistake(
        "10.h7",
        "the size of the output uses the window instead of the stride",
        "What do you divide by: the size of a window or the step between two?",
        "(H - PH) // stride",
        "(H - PH) // PH",
        more=(("(W - PW) // stride", "(W - PW) // PW"),),
    ),
    Mistake(
        "10.h8",
        "the window is always 2 x 2",
        "Which size was given?",
        "top : top + PH, left : left + PW",
        "top : top + 2, left : left + 2",
    ),
]

WINDOW = "        dx[n, c, top : top + PH, left : left + PW] += "
ONE_WINS = (
    "        row, column = divmod(window.argmax(), PW)\n"
    "        dx[n, c, top + row, left + column] += dout[n, c, i, j]\n"
)
POOL_BACKWARD = [
    Mistake(
        "10.i",
        "the place of the maximum is divided by the window's height",
        "argmax counts row by row. Divide by rows or by columns?",
        "divmod(window.argmax(), PW)",
        "divmod(window.argmax(), PH)",
    ),
    Mistake(
        "10.j",
        "dx = instead of dx +=",
        "Two windows share a pixel: who wins?",
        "left + column] += dout",
        "left + column] = dout",
    ),
    Mistake(
        "10.j1",
        "dx = instead of dx +=: each window overwrites the whole of the one before",
        "Two windows share a pixel: who wins?",
        ONE_WINS,
        WINDOW.replace("+=", "=")
        + "(np.arange(window.size) == window.argmax()).reshape(window.shape) * dout[n, c, i, j]\n",
    ),
    Mistake(
        "10.j2",
        "dx = instead of dx += in the whole window, and every tied maximum gets all the gradient",
        "Two windows share a pixel: who wins?",
        ONE_WINS,
        WINDOW.replace("+=", "=") + "(window == window.max()) * dout[n, c, i, j]\n",
    ),
    Mistake(
        "10.m",
        "every tied maximum gets all the gradient",
        "Zeros after a ReLU tie often. Who gets it?",
        ONE_WINS,
        WINDOW + "(window == window.max()) * dout[n, c, i, j]\n",
    ),
    Mistake(
        "10.m1",
        "tied maxima share the gradient",
        "Fair, but the forward took one of them. Which?",
        ONE_WINS,
        "        winners = window == window.max()\n" + WINDOW + "winners / winners.sum() * dout[n, c, i, j]\n",
    ),
    Mistake(
        "10.m2",
        "every number of the window gets the gradient",
        "Which number of the window could change the maximum?",
        ONE_WINS,
        WINDOW + "dout[n, c, i, j]\n",
    ),
    Mistake(
        "10.m3", "windows start at i, not at i * stride", "Where does window 2 begin?", "i * stride, j * stride", "i, j"
    ),
    *one_direction("10.m3"),
    Mistake(
        "10.m4",
        "the maximum itself is put into dx",
        "What travels backwards: numbers or gradients?",
        "+= dout[n, c, i, j]",
        "+= window.max()",
    ),
    Mistake(
        "10.m5",
        "the gradient is spread evenly, as in average pooling",
        "Which number of the window could change the maximum?",
        ONE_WINS,
        WINDOW + "dout[n, c, i, j] / (PH * PW)\n",
    ),
    Mistake(
        "10.m6",
        "the last of tied maxima gets the gradient instead of the first",
        "argmax takes the first. Which one does your loop keep: with > or with >=?",
        "divmod(window.argmax(), PW)",
        "divmod(window.size - 1 - window.ravel()[::-1].argmax(), PW)",
    ),
    Mistake(
        "10.m7",
        "the smallest number gets the gradient",
        "Which number of the window did the forward take?",
        "window.argmax()",
        "window.argmin()",
    ),
]


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


WORDS = "np.tensordot(window, w, ((1, 2), (1, 2))) + b"
TEXT = [
    Mistake("10.w", "the bias is not added", "One of the parameters has no effect. Which?", f"{WORDS}", WORDS[:-4]),
    Mistake(
        "10.w1",
        "the filter is turned round before the product",
        "Maths books flip. Do we?",
        "tensordot(window, w,",
        "tensordot(window, w[:, ::-1],",
    ),
    Mistake(
        "10.w2",
        "only the first number of each word is used",
        "A filter is as deep as a word. How many of its numbers did you multiply?",
        WORDS,
        "np.tensordot(window[:, :, 0], w[:, :, 0], (1, 1)) + b",
    ),
    Mistake(
        "10.w3",
        "the output is one word too short",
        "The first window counts too. How many windows fit?",
        "np.zeros((N, T - K + 1, F))",
        "np.zeros((N, max(1, T - K), F))",
        more=(("in range(T - K + 1)", "in range(max(1, T - K))"),),
    ),
    Mistake(
        "10.w4",
        "the mean over the window instead of the sum",
        "A dot product: sum or mean?",
        WORDS,
        "np.tensordot(window, w, ((1, 2), (1, 2))) / w[0].size + b",
    ),
]

EXERCISES = [
    Exercise(
        "conv_forward_naive",
        f"{CONV}:conv_forward_naive",
        ("out", "_cache"),
        conv_forward_cases,
        "The X pattern by hand and seven sets of pictures: kernels not square, strides, padding, overlapping windows.",
        "A sliding dot product over all channels at once: linear in the picture, and with few weights.",
        CONV_FORWARD,
        plain=f"{PLAIN}:conv_forward_naive",
    ),
    Exercise(
        "conv_backward_naive",
        f"{CONV}:conv_backward_naive",
        ("dx", "dw", "db"),
        conv_backward_cases,
        "Seven sets of pictures with random gradients from above: strides, paddings, overlapping windows.",
        "A pixel that lies in several windows gets the sum of what comes back from each.",
        CONV_BACKWARD,
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
        POOL_FORWARD,
        plain=f"{PLAIN}:max_pool_forward_naive",
    ),
    Exercise(
        "max_pool_backward_naive",
        f"{POOL}:max_pool_backward_naive",
        ("dx",),
        pool_backward_cases,
        "Seven sets of pictures with random gradients from above: overlaps, ties to the first of the largest.",
        "Gradients are moved, not made: the sum of dx is the sum of dout.",
        POOL_BACKWARD,
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
        TEXT,
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
