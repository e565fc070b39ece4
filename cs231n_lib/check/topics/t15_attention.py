"""Topic 15: attention, heads, masks, positions, patches."""

import numpy as np

from ..model import Exercise, Mistake, backward, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.attention"
LIBRARY = "cs231n_lib.layers.attention"


def causal(T):
    """Return the mask with which each place sees itself and what stands before it."""
    return np.tril(np.ones((T, T), dtype=bool))


def qkv(seed, N, T, S, d, e, mask, dout):
    """Return queries, keys, values, a mask and a random dout."""
    rng = np.random.default_rng(seed)
    args = {n: rng.standard_normal((N, *s)) for n, s in (("q", (T, d)), ("k", (S, d)), ("v", (S, e)))}
    args["mask"] = mask
    return {"dout": rng.standard_normal((N, T, e)), **args} if dout else args


def attention_cases(dout):
    """Sizes all different and all alike, causal and other masks, large scores."""
    some = np.array([[1, 0, 1, 1], [0, 1, 0, 0], [1, 1, 1, 0]], dtype=bool)
    large = qkv(5, 2, 3, 4, 2, 3, None, dout)
    large["q"] = 1e3 * large["q"]
    return [
        case("no mask", **qkv(1, 2, 3, 5, 4, 6, None, dout)),
        case("a causal mask", **qkv(2, 3, 4, 4, 2, 5, causal(4), dout)),
        case("another mask", **qkv(3, 2, 3, 4, 5, 2, some, dout)),
        case("all sizes alike", **qkv(4, 3, 3, 3, 3, 3, causal(3), dout)),
        *([] if dout else [edge("large scores", **large)]),
        *(case("random queries", **qkv(s, 2, s % 3 + 2, s % 4 + 2, s % 5 + 2, 3, None, dout)) for s in range(10, 13)),
    ]


def forward_cases():
    """The cases without a gradient."""
    return attention_cases(dout=False)


def backward_cases():
    """The cases with a gradient from above."""
    return attention_cases(dout=True)


FORWARD = [
    Mistake(
        "15.a",
        "the scores are not divided by sqrt(d)",
        "How large is the product of two long vectors?",
        " / np.sqrt(d)",
        "",
    ),
    Mistake(
        "15.c",
        "the scores are multiplied by sqrt(d)",
        "Should longer vectors make larger or smaller scores?",
        "/ np.sqrt(d)",
        "* np.sqrt(d)",
    ),
    Mistake(
        "15.c1",
        "the scores are divided by d instead of its root",
        "The product of two random vectors of length d grows like what?",
        "/ np.sqrt(d)",
        "/ d",
    ),
    Mistake(
        "15.g",
        "the mask is turned round",
        "1 = may look, or may not?",
        "np.where(mask, scores, -np.inf)",
        "np.where(mask, -np.inf, scores)",
    ),
    Mistake(
        "15.g1",
        "the mask is inverted, with -1e9 in place of minus infinity",
        "1 = may look, or may not?",
        "np.where(mask, scores, -np.inf)",
        "np.where(mask, -1e9, scores)",
    ),
    Mistake(
        "15.h",
        "masked scores are 0",
        "exp(0) is not 0.",
        "np.where(mask, scores, -np.inf)",
        "np.where(mask, scores, 0)",
    ),
    Mistake(
        "15.i",
        "the mask is applied after the softmax",
        "What is the sum of a row of weights now?",
        "    out = weights @ v",
        "    weights = weights if mask is None else weights * mask\n    out = weights @ v",
        more=(("scores = np.where(mask, scores, -np.inf)", "pass"),),
    ),
    Mistake(
        "15.i1",
        "the mask is not used",
        "Change the last token: may output 0 change?",
        "scores = np.where(mask, scores, -np.inf)",
        "pass",
    ),
    Mistake(
        "15.j",
        "the softmax runs over the queries instead of the keys",
        "Which numbers should sum to 1: what one query sees, or who sees one key?",
        "exp.sum(axis=-1, keepdims=True)",
        "exp.sum(axis=-2, keepdims=True)",
    ),
    Mistake(
        "15.j1",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "np.exp(scores - scores.max(axis=-1, keepdims=True))",
        "np.exp(scores)",
    ),
    Mistake(
        "15.j2",
        "there is no softmax",
        "Do the weights of a query sum to 1?",
        "exp / exp.sum(axis=-1, keepdims=True)",
        "np.where(np.isinf(scores), 0, scores)",
    ),
    Mistake(
        "15.j3",
        "the divisor is the number of keys' root instead of d's",
        "How long is one query?",
        "d = q.shape[-1]",
        "d = k.shape[-2]",
    ),
]

BACKWARD = [
    Mistake(
        "15.ba",
        "the softmax's sum is forgotten on the way back",
        "The weights of a query share one sum. If one grows, what do the others do?",
        "weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))",
        "weights * dweights",
    ),
    Mistake(
        "15.bb",
        "1/sqrt(d) is missing on the way back",
        "By what were the scores divided on the way forward?",
        "    dscores = dscores / np.sqrt(d)\n",
        "",
    ),
    Mistake(
        "15.bc",
        "dk without the transpose of dscores",
        "Write the shapes: dk has a row for each key.",
        "dscores.swapaxes(-1, -2) @ q",
        "dscores @ q",
    ),
    Mistake(
        "15.bd",
        "dv without the transpose of the weights",
        "Write the shapes: dv has a row for each value.",
        "weights.swapaxes(-1, -2) @ dout",
        "weights @ dout",
    ),
    Mistake(
        "15.be",
        "the softmax's sum runs over the queries",
        "Which weights share one sum?",
        "weights).sum(axis=-1, keepdims=True)",
        "weights).sum(axis=-2, keepdims=True)",
    ),
    Mistake(
        "15.bf",
        "p (1 - p), as if each weight were alone",
        "The weights of a query share one sum. If one grows, what do the others do?",
        "weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))",
        "dweights * weights * (1 - weights)",
    ),
    Mistake(
        "15.bg",
        "dq and dk are exchanged",
        "In which order does forward take q and k?",
        "return dq, dk, dv",
        "return dk, dq, dv",
    ),
    Mistake("15.bh", "dq uses q instead of k", "What met q on the way forward?", "dscores @ k", "dscores @ q"),
]


def heads(seed, N, T, S, E, num_heads, mask=None):
    """Return inputs and weights of an attention with several heads; no bias is 0."""
    rng = np.random.default_rng(seed)
    args = {
        "query": rng.standard_normal((N, T, E)),
        "key": rng.standard_normal((N, S, E)),
        "value": rng.standard_normal((N, S, E)),
    }
    for letter in "qkvo":
        args[f"W{letter}"] = rng.standard_normal((E, E)) / np.sqrt(E)
        args[f"b{letter}"] = rng.standard_normal(E)
    return {**args, "num_heads": num_heads, "mask": mask}


def head_cases():
    """Two and more heads, a causal mask, one head, large scores."""
    large = heads(6, 2, 3, 4, 6, 2)
    large["query"] = 1e3 * large["query"]
    return [
        case("2 heads", **heads(1, 2, 3, 5, 6, 2)),
        case("3 heads and a causal mask", **heads(2, 3, 4, 4, 6, 3, causal(4))),
        case("as many heads as columns in one", **heads(3, 2, 3, 4, 4, 2)),
        case("all sizes alike", **heads(4, 4, 4, 4, 4, 2, causal(4))),
        edge("one head", **heads(5, 2, 3, 4, 5, 1)),
        edge("large scores", **large),
    ]


SPLIT_Q = "(query @ Wq + bq).reshape(N, T, num_heads, d).swapaxes(1, 2)"
SPLIT_K = "(key @ Wk + bk).reshape(N, S, num_heads, d).swapaxes(1, 2)"
SPLIT_V = "(value @ Wv + bv).reshape(N, S, num_heads, d).swapaxes(1, 2)"
WRONG_SPLITS = tuple(
    (
        s,
        s.replace("num_heads, d).swapaxes(1, 2)", "d)")
        .replace("(N, T, d)", "(N, num_heads, T, d)")
        .replace("(N, S, d)", "(N, num_heads, S, d)"),
    )
    for s in (SPLIT_Q, SPLIT_K, SPLIT_V)
)
HEADS = [
    Mistake(
        "15.d",
        "reshaped straight to (N, heads, T, d)",
        "Who sits next to whom in memory: the columns of one token, or the tokens?",
        *WRONG_SPLITS[0],
        more=WRONG_SPLITS[1:],
    ),
    Mistake(
        "15.e",
        "the heads are joined without moving them back",
        "Undo the split in reverse order.",
        "heads.swapaxes(1, 2).reshape(N, T, E)",
        "heads.reshape(N, T, E)",
    ),
    Mistake(
        "15.ha",
        "the scores are not divided by sqrt(d)",
        "How large is the product of two long vectors?",
        " / np.sqrt(d)",
        "",
    ),
    Mistake(
        "15.b",
        "divided by sqrt(E) instead of sqrt(E / heads)",
        "How long is one head's q?",
        "/ np.sqrt(d)",
        "/ np.sqrt(E)",
    ),
    Mistake(
        "15.hc",
        "the output is not projected",
        "Four projections. Which one has no effect?",
        "joined @ Wo + bo",
        "joined",
    ),
    Mistake(
        "15.he",
        "the values use the keys' projection",
        "Four projections. Which one has no effect?",
        "value @ Wv + bv",
        "value @ Wk + bk",
    ),
    Mistake(
        "15.hf",
        "the mask is turned round",
        "1 = may look, or may not?",
        "np.where(mask, scores, -np.inf)",
        "np.where(mask, -np.inf, scores)",
    ),
    Mistake(
        "15.hf1",
        "the mask is inverted, with -1e9 in place of minus infinity",
        "1 = may look, or may not?",
        "np.where(mask, scores, -np.inf)",
        "np.where(mask, -1e9, scores)",
    ),
    Mistake(
        "15.hg",
        "masked scores are 0",
        "exp(0) is not 0.",
        "np.where(mask, scores, -np.inf)",
        "np.where(mask, scores, 0)",
    ),
    Mistake(
        "15.hh",
        "the mask is not used",
        "Change the last token: may output 0 change?",
        "scores = np.where(mask, scores, -np.inf)",
        "pass",
    ),
    Mistake(
        "15.hi",
        "the softmax runs over the queries instead of the keys",
        "Which numbers should sum to 1: what one query sees, or who sees one key?",
        "exp.sum(axis=3, keepdims=True)",
        "exp.sum(axis=2, keepdims=True)",
    ),
    Mistake(
        "15.hj",
        "the output's bias is not added",
        "One of the parameters has no effect. Which?",
        "joined @ Wo + bo",
        "joined @ Wo",
    ),
    Mistake(
        "15.hl",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "np.exp(scores - scores.max(axis=3, keepdims=True))",
        "np.exp(scores)",
    ),
    Mistake(
        "15.hm",
        "the mask is applied after the softmax",
        "What is the sum of a row of weights now?",
        "    heads = weights @ v",
        "    weights = weights if mask is None else weights * mask\n    heads = weights @ v",
        more=(("scores = np.where(mask, scores, -np.inf)", "pass"),),
    ),
    Mistake("15.hk", "the values come from key", "Three inputs. Which one has no effect?", "(value @ Wv", "(key @ Wv"),
]

POSITIONS = [
    Mistake(
        "15.k",
        "the exponent is 2j/dim with j counting single columns",
        "Two neighbours, one frequency: how fast should column 2 be?",
        "-(j - j % 2) / dim",
        "-2 * (j - j % 2) / dim",
    ),
    Mistake("15.l", "odd columns have a frequency of their own", "Two neighbours, one frequency.", "(j - j % 2)", "j"),
    Mistake("15.l1", "odd columns use j + 1", "Two neighbours, one frequency.", "(j - j % 2)", "(j + j % 2)"),
    Mistake(
        "15.n",
        "the frequencies grow instead of falling",
        "Which column should turn fastest: the first or the last?",
        "-(j - j % 2)",
        "(j - j % 2)",
    ),
    Mistake(
        "15.m",
        "sines in the first half, cosines in the second",
        "It works as well, but the task asks for them in turn.",
        "np.where(j % 2 == 0, np.sin(angle), np.cos(angle))",
        "np.concatenate([np.sin(angle)[:, 0::2], np.cos(angle)[:, 1::2]], axis=1)",
    ),
    Mistake(
        "15.m1",
        "sine and cosine are exchanged",
        "Position 0: what is sin(0), what is cos(0), and which stands in column 0?",
        "np.sin(angle), np.cos(angle)",
        "np.cos(angle), np.sin(angle)",
    ),
    Mistake(
        "15.o",
        "positions count from 1",
        "Which position has the first token?",
        "np.arange(length)[:, None]",
        "np.arange(1, length + 1)[:, None]",
    ),
    Mistake("15.q", "1000 instead of 10000", "Count the zeros.", "10000.0", "1000.0"),
    Mistake(
        "15.q1",
        "sines only",
        "Two neighbours share a frequency. What makes them different?",
        "np.where(j % 2 == 0, np.sin(angle), np.cos(angle))",
        "np.sin(angle)",
    ),
]


def position_cases():
    """Tables of different sizes, one position alone."""
    sizes = [(case, 5, 8), (case, 7, 6), (case, 6, 6), (case, 40, 2), (edge, 1, 4)]
    labels = {T: f"{T} positions" if T > 1 else "one position" for _, T, _ in sizes}
    return [kind(f"{labels[T]} of {E} columns", length=T, dim=E) for kind, T, E in sizes]


def patch_cases():
    """Pictures not square, one patch, patches of one pixel; the pixels are numbered."""

    def numbered(*shape):
        return np.arange(np.prod(shape), dtype=float).reshape(shape) + 1

    sizes = [
        (case, "4 x 6 pixels in patches of 2", (2, 3, 4, 6), 2),
        (case, "6 x 3 pixels in patches of 3", (1, 2, 6, 3), 3),
        (case, "8 x 8 pixels in patches of 4", (2, 2, 8, 8), 4),
        (edge, "one patch", (2, 2, 4, 4), 4),
        (edge, "patches of one pixel", (2, 3, 2, 3), 1),
    ]
    return [kind(label, x=numbered(*shape), size=size) for kind, label, shape, size in sizes]


PATCHES = [
    Mistake(
        "15.p",
        "reshaped without moving axes: rows of pixels, not patches",
        "Draw patch 0. Which pixels are in yours?",
        "patches.transpose(0, 2, 4, 1, 3, 5).reshape",
        "patches.reshape",
    ),
    Mistake(
        "15.p1",
        "the patches run top down first, then left to right",
        "Which patch is number 1: the one to the right, or the one below?",
        "(0, 2, 4, 1, 3, 5)",
        "(0, 4, 2, 1, 3, 5)",
    ),
    Mistake(
        "15.p2",
        "the colours stand last in each patch",
        "In which order does a row hold channel, height and width?",
        "(0, 2, 4, 1, 3, 5)",
        "(0, 2, 4, 3, 5, 1)",
    ),
    Mistake(
        "15.p3",
        "each patch is transposed",
        "Which runs first within a patch: the row or the column?",
        "(0, 2, 4, 1, 3, 5)",
        "(0, 2, 4, 1, 5, 3)",
    ),
    Mistake(
        "15.p4",
        "the channels are separate patches",
        "How many colours has one patch?",
        "(0, 2, 4, 1, 3, 5)",
        "(0, 1, 2, 4, 3, 5)",
    ),
]


EXERCISES = [
    Exercise(
        "attention_forward",
        f"{LIBRARY}:attention_forward",
        ("out", "_cache"),
        forward_cases,
        "Eight sets of queries and keys: masks, large scores, sizes all different and all alike.",
        "With a causal mask output 0 depends on token 0 alone: change the last token and look.",
        FORWARD,
        plain=f"{PLAIN}:attention_forward",
    ),
    Exercise(
        "attention_backward",
        f"{LIBRARY}:attention_backward",
        ("dq", "dk", "dv"),
        backward_cases,
        "Seven sets of queries and keys with random gradients from above.",
        "The weights of a query share one sum, so each one's gradient has the mean taken off.",
        BACKWARD,
        plain=f"{PLAIN}:attention_backward",
        play=backward,
        companions={"forward": "attention_forward"},
        cache="(q, k, v, weights)",
    ),
    Exercise(
        "multihead_attention_forward",
        f"{LIBRARY}:multihead_attention_forward",
        ("out", "_cache"),
        head_cases,
        "Six attentions of one to three heads, with and without a causal mask, large scores among them.",
        "With one head the split and its undoing hide every mistake in them; that is why two are tried.",
        HEADS,
        plain=f"{PLAIN}:multihead_attention_forward",
    ),
    Exercise(
        "positional_encoding",
        f"{LIBRARY}:positional_encoding",
        ("encoding",),
        position_cases,
        "Five tables, from one position to forty, widths 2 to 8.",
        "Columns are clocks: each pair of hands turns slower than the one before.",
        POSITIONS,
        plain=f"{PLAIN}:positional_encoding",
    ),
    Exercise(
        "patchify",
        f"{PLAIN}:patchify",
        ("patches",),
        patch_cases,
        "Five sets of numbered pixels, pictures not square, patches of 1 to 4 pixels.",
        "The shape is right after a bare reshape as well; only the numbers show whose pixels they are.",
        PATCHES,
    ),
    LineOrder(
        "attention_lines",
        "attention_forward",
        "def attention_forward(q, k, v, mask=None):",
        (
            "weights = exp / exp.sum(axis=-1, keepdims=True)",
            "scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])",
            "weights = weights if mask is None else weights * mask",
            "exp = np.exp(scores - scores.max(axis=-1, keepdims=True))",
            "return weights @ v, None",
            "scores = scores if mask is None else np.where(mask, scores, -np.inf)",
        ),
        (2, 6, 4, 1, 5),
        "The mask comes before the softmax, so that what is left still sums to 1.",
    ),
    FindMistake(
        "attention_mistake",
        """
        def split_heads(x, num_heads):
            N, T, E = x.shape
            x = x.reshape(N, T, num_heads, E // num_heads)
            return x.swapaxes(1, 2)
        """,
        "x.reshape(N, T, num_heads, E // num_heads)",
        "x.reshape(N, num_heads, T, E // num_heads).swapaxes(1, 2)",
        "reshaped straight to (N, heads, T, d)",
        "Number the 6 columns of one token 0 to 5 and follow them through each line.",
        "Reshape cuts along memory: the columns of one token must be cut before the axes are moved.",
    ),
]
