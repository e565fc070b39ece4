"""Topic 15: attention, heads, masks, positions, patches."""

import numpy as np

from .. import catalogue
from ..model import Exercise, backward, case, edge
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


EXERCISES = [
    Exercise(
        "attention_forward",
        f"{LIBRARY}:attention_forward",
        ("out", "_cache"),
        forward_cases,
        "Eight sets of queries and keys: masks, large scores, sizes all different and all alike.",
        "With a causal mask output 0 depends on token 0 alone: change the last token and look.",
        catalogue.rows("attention.attention_forward"),
        plain=f"{PLAIN}:attention_forward",
    ),
    Exercise(
        "attention_backward",
        f"{LIBRARY}:attention_backward",
        ("dq", "dk", "dv"),
        backward_cases,
        "Seven sets of queries and keys with random gradients from above.",
        "The weights of a query share one sum, so each one's gradient has the mean taken off.",
        catalogue.rows("attention.attention_backward"),
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
        catalogue.rows("attention.multihead_attention_forward"),
        plain=f"{PLAIN}:multihead_attention_forward",
    ),
    Exercise(
        "positional_encoding",
        f"{LIBRARY}:positional_encoding",
        ("encoding",),
        position_cases,
        "Five tables, from one position to forty, widths 2 to 8.",
        "Columns are clocks: each pair of hands turns slower than the one before.",
        catalogue.rows("attention.positional_encoding"),
        plain=f"{PLAIN}:positional_encoding",
    ),
    Exercise(
        "patchify",
        f"{PLAIN}:patchify",
        ("patches",),
        patch_cases,
        "Five sets of numbered pixels, pictures not square, patches of 1 to 4 pixels.",
        "The shape is right after a bare reshape as well; only the numbers show whose pixels they are.",
        catalogue.rows("attention.patchify"),
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
