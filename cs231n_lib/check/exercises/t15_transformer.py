"""Topic 15, the modules: heads, positions, a decoder layer (PyTorch classes with given weights)."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..modules import (
    attentions,
    count,
    fill_all,
    fill_parts,
    linears,
    make,
    mask_laws,
    numbers,
    parts,
    run,
    seeded,
    tensor,
    weights_of,
)

PLAIN = "cs231n_lib.textbook.transformer"
LIBRARY = "cs231n_lib.pytorch.transformer"


def normal(rng, *shape):
    """Return a float32 tensor of normal numbers."""
    return tensor(rng.standard_normal(shape))


def causal(T, dtype="float32"):
    """Return the mask with which each place sees itself and what stands before it."""
    return tensor(np.tril(np.ones((T, T))), dtype)


# --- heads -----------------------------------------------------------------------------------------------------------


def heads(fn, query, key, mask, num_heads, dropout, test, values):
    """Play an attention: what it returns with known weights, how it depends on what it may not see."""
    import torch

    with seeded():
        size = query.shape[2]
        model = make(fn, size, num_heads, dropout)
        fill_all(attention_weights(model, size), values)
        model.train(not test)
        settings = {} if mask is None else {"attn_mask": mask}
        found = {"linear layers": len(linears(model)), "parameters": count(model)}
        if 0 < dropout < 1:
            return {**found, **dropped_weights(model, size, num_heads)}
        torch.manual_seed(1)  # so that chance is the same however the layers were made
        found["output"] = run(model, query, key, key.flip(2), **settings)
        if mask is not None:
            other = key.clone()
            other[:, -1] += 1
            change = found["output"] - run(model, query, other, other.flip(2), **settings)
            found["change of output 0 when the last token changes"] = change[:, 0].abs().max()
        return found


def attention_weights(model, size):
    """Return the weights and biases of a model that is an attention: key, query, value, proj, if they can be told."""
    found = attentions(model)
    return weights_of(found[0], size) if len(found) == 1 else list(model.parameters())


def dropped_weights(model, size, num_heads, calls=4):
    """Return how attention weights are dropped: with values of one 1 a token, each weight is an entry of the output."""
    import torch

    weights = attention_weights(model, size)
    for p in weights:
        p.detach().zero_()
    for p in weights[4:7:2]:  # value and proj; key and query are 0, so all weights of a query are equal
        p.detach().copy_(torch.eye(size))
    N, T, d = 20, 6, size // num_heads
    tokens = torch.eye(d).repeat(1, num_heads).expand(N, d, size)  # (N, S, E) with S = d
    outs = torch.stack([run(model, torch.zeros(N, T, size), tokens, tokens) for _ in range(calls)])
    shown = outs.unflatten(3, (num_heads, d))  # (calls, N, T, heads, S)
    return {
        "share of weights that are dropped": round((shown == 0).double().mean().item(), 1),
        "factor of weights that are kept": round(d * shown.max().item(), 3),
        **mask_laws(shown == 0, ("calls", "rows of the batch", "queries", "heads", "keys")),
    }


def head_cases():
    """Two and more heads, masks of numbers and of booleans, sizes alike, large scores, weights dropped."""
    some = tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 0, 1]], "bool")

    def attention(kind, label, seed, N, T, S, E, num_heads, mask=None, dropout=0.0, test=False, scale=1):
        rng = np.random.default_rng(seed)
        inputs = {"query": scale * normal(rng, N, T, E), "key": normal(rng, N, S, E), "mask": mask}
        settings = {"num_heads": num_heads, "dropout": dropout, "test": test}
        return kind(label, **inputs, **settings, values=numbers(seed))

    return [
        attention(case, "2 heads", 1, 2, 3, 5, 6, 2),
        attention(case, "3 heads and a causal mask", 2, 3, 4, 4, 6, 3, causal(4)),
        attention(case, "a mask of booleans", 3, 2, 3, 5, 4, 2, some),
        attention(case, "all sizes alike", 4, 4, 4, 4, 4, 2, causal(4, "bool")),
        attention(edge, "one head", 5, 2, 3, 4, 5, 1),
        attention(edge, "scores of thousands", 6, 2, 3, 4, 6, 2, scale=1000),
        attention(case, "training with dropout 1 (every weight is dropped)", 7, 2, 3, 5, 6, 2, dropout=1.0),
        attention(case, "testing with dropout 1 (nothing is dropped)", 8, 2, 3, 5, 6, 2, dropout=1.0, test=True),
        attention(case, "training with dropout 0.5", 9, 1, 1, 1, 8, 2, dropout=0.5),
    ]


# --- positions -------------------------------------------------------------------------------------------------------


def positions(fn, x, max_len, dropout, test):
    """Play the encoding: what is added to x, how many parameters it has, what is dropped."""
    import torch

    with seeded():
        model = make(fn, x.shape[2], dropout, max_len)
        model.train(not test)
        if 0 < dropout < 1:
            outs = torch.stack([run(model, x) for _ in range(4)])
            laws = mask_laws(outs == 0, ("calls", "rows of the batch", "tokens", "columns"))
            return {"share that is dropped": round((outs == 0).double().mean().item(), 1), **laws}
        return {"output": run(model, x), "parameters": count(model)}


def position_cases():
    """More and fewer rows than positions, a table as long as x and longer, all and half of it dropped."""

    def tokens(kind, label, seed, N, T, E, max_len, dropout=0.0, test=False):
        x = normal(np.random.default_rng(seed), N, T, E)
        return kind(label, x=x, max_len=max_len, dropout=dropout, test=test)

    return [
        tokens(case, "2 rows of 5 tokens", 1, 2, 5, 8, 12),
        tokens(case, "7 rows of 3 tokens", 2, 7, 3, 6, 7),
        tokens(case, "sizes alike", 3, 4, 4, 4, 4),
        tokens(edge, "one token", 4, 3, 1, 10, 5),
        case("1000 positions", x=tensor(np.zeros((1, 1000, 4))), max_len=1000, dropout=0.0, test=False),
        tokens(case, "training with dropout 1", 5, 2, 5, 4, 9, dropout=1.0),
        tokens(case, "testing with dropout 1", 6, 2, 5, 4, 9, dropout=1.0, test=True),
        tokens(case, "training with dropout 0.5", 7, 20, 8, 10, 8, dropout=0.5),
    ]


# --- a decoder layer -------------------------------------------------------------------------------------------------


def decoder(fn, tgt, memory, mask, num_heads, width, dropout, test, values):
    """Play a decoder layer: what it returns with known weights, how it depends on what it may not see."""
    import torch
    from torch import nn

    with seeded():
        size = tgt.shape[2]
        model = make(fn, size, num_heads, width, dropout)
        found = parts(model, tgt, memory)
        fill_parts(found, values, size)
        model.train(not test)
        if 0 < dropout < 1:
            return dropped_tokens(model, found, tgt, memory)
        torch.manual_seed(1)  # so that chance is the same however the layers were made
        own = sum(isinstance(m, nn.TransformerDecoderLayer) for m in model.modules())
        shown = {"decoder layers of PyTorch's own": own, "parameters": count(model)}
        shown["output"] = run(model, tgt, memory, mask)
        if mask is not None:
            other = tgt.clone()
            other[:, -1] += 1 + tgt[:, 0]
            change = (shown["output"] - run(model, other, memory, mask))[:, 0].abs().max()
            shown["change of output 0 when the last token changes"] = change
        return shown


def dropped_tokens(model, found, tgt, memory, calls=4):
    """Return to which tokens a feed-forward part with one hidden number adds nothing, and whether that is random."""
    import torch

    for attention in found.attentions:
        for p in weights_of(attention, tgt.shape[2])[-2:]:  # proj
            p.detach().zero_()
    for first, second in found.hidden:
        first.weight.detach().zero_()
        first.bias.detach().fill_(10)  # the hidden number of every token
        second.bias.detach().zero_()
    outs = torch.stack([run(model, tgt, memory) for _ in range(calls)])
    for _, second in found.hidden:
        second.weight.detach().zero_()
    dropped = (outs - run(model.eval(), tgt, memory)).abs().amax(dim=3) < 1e-6  # (calls, N, T)
    share = round(dropped.double().mean().item(), 1)
    laws = mask_laws(dropped, ("calls", "rows of the batch", "tokens"))
    return {"share of tokens whose one hidden number is dropped": share, **laws}


def decoder_cases():
    """With and without a mask, one token of memory, sizes alike, everything dropped, half of it dropped."""

    def layer(label, seed, N, T, S, E, num_heads, width, mask=None, dropout=0.0, test=False):
        rng = np.random.default_rng(seed)
        inputs = {"tgt": normal(rng, N, T, E), "memory": normal(rng, N, S, E), "mask": mask}
        settings = {"num_heads": num_heads, "width": width, "dropout": dropout, "test": test}
        return case(label, **inputs, **settings, values=numbers(seed))

    return [
        layer("2 heads and a causal mask", 1, 2, 3, 5, 6, 2, 7, causal(3)),
        layer("one token of memory", 2, 3, 4, 1, 4, 2, 9, causal(4)),
        layer("sizes alike", 3, 4, 4, 4, 4, 4, 4, causal(4)),
        layer("no mask", 4, 2, 3, 2, 6, 3, 5),
        layer("training with dropout 1", 5, 2, 3, 4, 6, 2, 8, dropout=1.0),
        layer("testing with dropout 1", 7, 2, 3, 4, 6, 2, 8, dropout=1.0, test=True),
        layer("training with dropout 0.5 and one hidden unit", 6, 200, 10, 2, 8, 2, 1, dropout=0.5),
    ]


# --- the net -------------------------------------------------------------------------------------------------------

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "cat": 4, "dog": 5}


def captioning(fn, features, captions, sizes, values):
    """Play the net in test mode: scores with known weights, how they depend on what they may not see."""
    with seeded():
        num_heads, num_layers, wordvec_dim = sizes
        model = make(fn, WORDS, features.shape[1], wordvec_dim, num_heads, num_layers, 9).eval()
        fill_parts(parts(model, features, captions), values, wordvec_dim)
        found = {"parameters": count(model), "scores": run(model, features, captions)}
        other = captions.clone()
        other[:, -1] = (captions[:, -1] + 1) % len(WORDS)
        change = (found["scores"] - run(model, features, other))[:, 0].abs().max()
        return {**found, "change of step 0 when the last word changes": change}


def caption_cases():
    """One layer and two, sizes alike, one picture."""

    def net(kind, label, seed, N, T, D, W, num_heads, num_layers):
        rng = np.random.default_rng(seed)
        inputs = {"features": normal(rng, N, D), "captions": tensor(rng.integers(0, len(WORDS), (N, T)), "int64")}
        return kind(label, **inputs, sizes=(num_heads, num_layers, W), values=numbers(seed))

    return [
        net(case, "2 layers", 1, 3, 5, 4, 6, 2, 2),
        net(case, "one layer", 2, 2, 4, 5, 4, 2, 1),
        net(case, "sizes alike", 3, 4, 4, 4, 4, 4, 2),
        net(edge, "one picture", 4, 1, 6, 3, 6, 3, 3),
    ]


EXERCISES = [
    Exercise(
        "MultiHeadAttention",
        f"{LIBRARY}:MultiHeadAttention",
        ("module",),
        head_cases,
        "Nine attentions of one to three heads with known weights: masks, large scores, dropout.",
        "With everything dropped only the bias of proj is left: that shows what is dropped.",
        catalogue.rows("transformer.MultiHeadAttention"),
        plain=f"{PLAIN}:MultiHeadAttention",
        play=heads,
    ),
    Exercise(
        "PositionalEncoding",
        f"{LIBRARY}:PositionalEncoding",
        ("module",),
        position_cases,
        "Eight sets of tokens, tables as long as they and longer, dropout in training and in test mode.",
        "The table is a buffer: it moves with the model and is stored with it, but it does not learn.",
        catalogue.rows("transformer.PositionalEncoding"),
        plain=f"{PLAIN}:PositionalEncoding",
        play=positions,
    ),
    Exercise(
        "TransformerDecoderLayer",
        f"{LIBRARY}:TransformerDecoderLayer",
        ("module",),
        decoder_cases,
        "Seven layers with known weights: masks, one token of memory, everything dropped, half of it dropped.",
        "Each part adds to what was there, so it may begin with doing next to nothing.",
        catalogue.rows("transformer.TransformerDecoderLayer"),
        plain=f"{PLAIN}:TransformerDecoderLayer",
        play=decoder,
    ),
    Exercise(
        "CaptioningTransformer",
        "cs231n_lib.pytorch.captioning:CaptioningTransformer",
        ("module",),
        caption_cases,
        "Four nets of one to three layers with known weights: scores, and what step 0 may not see.",
        "All steps are scored at once; the mask alone keeps each from reading its answer.",
        catalogue.rows("transformer.CaptioningTransformer"),
        plain=f"{PLAIN}:CaptioningTransformer",
        play=captioning,
    ),
]
