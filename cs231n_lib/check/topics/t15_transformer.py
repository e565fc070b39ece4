"""Topic 15, the modules: heads, positions, a decoder layer (PyTorch classes with given weights)."""

import numpy as np

from ..model import Exercise, Mistake, case, edge
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


SPLITS = [
    (f"{part}.view(N, {size}, num_heads, d).transpose(1, 2)", f"{part}.view(N, num_heads, {size}, d)")
    for part, size in (("self.query(query)", "T"), ("self.key(key)", "S"), ("self.value(value)", "S"))
]
ATTENTION = [
    Mistake(
        "15.ta",
        "reshaped straight to (N, heads, T, d)",
        "Who sits next to whom in memory: the columns of one token, or the tokens?",
        *SPLITS[0],
        more=tuple(SPLITS[1:]),
    ),
    Mistake(
        "15.tb",
        "the heads are joined without moving them back",
        "Undo the split in reverse order.",
        "heads.transpose(1, 2).reshape(N, T, E)",
        "heads.reshape(N, T, E)",
    ),
    Mistake(
        "15.tc",
        "the scores are not divided by sqrt(d)",
        "How large is the product of two long vectors?",
        " / math.sqrt(d)",
        "",
    ),
    Mistake(
        "15.td",
        "divided by sqrt(E) instead of sqrt(E / heads)",
        "How long is one head's q?",
        "/ math.sqrt(d)",
        "/ math.sqrt(E)",
    ),
    Mistake(
        "15.te",
        "the scores are multiplied by sqrt(d)",
        "Should longer vectors make larger or smaller scores?",
        "/ math.sqrt(d)",
        "* math.sqrt(d)",
    ),
    Mistake("15.tf", "the mask is turned round", "1 = may look, or may not?", "attn_mask == 0", "attn_mask != 0"),
    Mistake(
        "15.tf1",
        "the mask is inverted, with -1e9 in place of minus infinity",
        "1 = may look, or may not?",
        "attn_mask == 0, -math.inf",
        "attn_mask != 0, -1e9",
    ),
    Mistake("15.tg", "masked scores are 0", "exp(0) is not 0.", "-math.inf", "0"),
    Mistake(
        "15.tg1",
        "the mask is added to the scores: 1 where a query may look, 0 where it may not",
        "Which number do you have to add to a score so that its weight becomes 0?",
        "scores.masked_fill(attn_mask == 0, -math.inf)",
        "scores + attn_mask",
    ),
    Mistake(
        "15.th",
        "the mask is not used",
        "Change the last token: may output 0 change?",
        "scores = scores.masked_fill(attn_mask == 0, -math.inf)",
        "pass",
    ),
    Mistake(
        "15.ti",
        "the mask is applied after the softmax",
        "What is the sum of a row of weights now?",
        "scores = scores.masked_fill(attn_mask == 0, -math.inf)",
        "pass",
        more=(("heads = weights @ v", "heads = (weights if attn_mask is None else weights * attn_mask) @ v"),),
    ),
    Mistake(
        "15.tj",
        "the softmax runs over the queries instead of the keys",
        "Which numbers should sum to 1: what one query sees, or who sees one key?",
        "softmax(dim=-1)",
        "softmax(dim=-2)",
    ),
    Mistake(
        "15.tk",
        "the output is not projected",
        "Four projections. Which one has no effect?",
        "self.proj(heads.transpose(1, 2).reshape(N, T, E))",
        "heads.transpose(1, 2).reshape(N, T, E)",
    ),
    Mistake(
        "15.tl",
        "the weights are never dropped",
        "Is attn_drop ever called?",
        "self.attn_drop(scores.softmax(dim=-1))",
        "scores.softmax(dim=-1)",
    ),
    Mistake(
        "15.tm",
        "weights are dropped in test mode as well",
        "Who tells the dropout that training is over?",
        "self.attn_drop(scores.softmax(dim=-1))",
        "nn.functional.dropout(scores.softmax(dim=-1), self.attn_drop.p)",
    ),
    Mistake(
        "15.tn",
        "the scores are dropped, before the softmax",
        "A score of 0 still has a weight. What should be dropped?",
        "self.attn_drop(scores.softmax(dim=-1))",
        "self.attn_drop(scores).softmax(dim=-1)",
    ),
    Mistake(
        "15.to",
        "the output is dropped instead of the weights",
        "With everything dropped one thing is left: the bias of proj. And in yours?",
        "self.attn_drop(scores.softmax(dim=-1))",
        "scores.softmax(dim=-1)",
        more=(
            (
                "return self.proj(heads.transpose(1, 2).reshape(N, T, E))",
                "return self.attn_drop(self.proj(heads.transpose(1, 2).reshape(N, T, E)))",
            ),
        ),
    ),
    Mistake(
        "15.tp",
        "keys and values are exchanged",
        "Whom does a query meet: a key or a value?",
        "self.key(key)",
        "self.value(value)",
        more=(("v = self.value(value)", "v = self.key(key)"),),
    ),
    Mistake(
        "15.tq",
        "the values use the keys' projection",
        "Four projections. Which one has no effect?",
        "self.value(value)",
        "self.key(value)",
    ),
    Mistake(
        "15.tr",
        "the exponentials are taken without a shift",
        "Try scores of 1000. What is exp(1000)?",
        "scores.softmax(dim=-1)",
        "(scores.exp() / scores.exp().sum(dim=-1, keepdim=True))",
    ),
    Mistake(
        "15.ts",
        "queries go through the keys' layer, and keys through the queries'",
        "Which layer is made for which input?",
        "self.query(query)",
        "self.key(query)",
        more=(("self.key(key)", "self.query(key)"),),
    ),
    Mistake(
        "15.tu",
        "PyTorch's own nn.MultiheadAttention does the work",
        "Four linear layers are asked for: key, query, value and proj. Can you write what stands between them?",
        "            self.key = nn.Linear(embed_dim, embed_dim)\n",
        "            self.own = nn.MultiheadAttention(embed_dim, num_heads, dropout, batch_first=True)\n",
        more=(
            ("            self.query = nn.Linear(embed_dim, embed_dim)\n", ""),
            ("            self.value = nn.Linear(embed_dim, embed_dim)\n", ""),
            ("            self.proj = nn.Linear(embed_dim, embed_dim)\n", ""),
            (
                "            N, T, E = query.shape\n",
                "            mask = None if attn_mask is None else attn_mask == 0\n"
                "            return self.own(query, key, value, attn_mask=mask)[0]\n",
            ),
        ),
    ),
    Mistake(
        "15.tv",
        "the setting dropout is not used: always 0.1",
        "Ask for dropout 0. What does yours drop?",
        "nn.Dropout(dropout)",
        "nn.Dropout(0.1)",
    ),
    Mistake(
        "15.tw",
        "one dropout mask for the whole batch",
        "Is one random value drawn for each weight?",
        "weights = self.attn_drop(scores.softmax(dim=-1))",
        "weights = scores.softmax(dim=-1) * self.attn_drop(scores.new_ones(scores[:1].shape))",
    ),
    Mistake(
        "15.tx",
        "what is kept is not divided by 1 - p",
        "Half of the weights are dropped: what is the sum of the others, and what should it be?",
        "weights = self.attn_drop(scores.softmax(dim=-1))",
        "weights = scores.softmax(dim=-1) * (self.attn_drop(scores.new_ones(scores.shape)) > 0)",
    ),
    Mistake(
        "15.ty",
        "the fraction dropout is kept instead of dropped",
        "Is p who stays or who goes, in PyTorch?",
        "nn.Dropout(dropout)",
        "nn.Dropout(1 - dropout)",
    ),
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


POSITIONS = [
    Mistake(
        "15.u1",
        "the exponent is 2j/dim with j counting single columns",
        "Two neighbours, one frequency: how fast should column 2 be?",
        "-(j - j % 2)",
        "-2 * (j - j % 2)",
    ),
    Mistake("15.u2", "odd columns have a frequency of their own", "Two neighbours, one frequency.", "(j - j % 2)", "j"),
    Mistake("15.u3", "odd columns use j + 1", "Two neighbours, one frequency.", "(j - j % 2)", "(j + j % 2)"),
    Mistake(
        "15.u4",
        "the frequencies grow instead of falling",
        "Which column should turn fastest: the first or the last?",
        "-(j - j % 2)",
        "(j - j % 2)",
    ),
    Mistake(
        "15.u5",
        "sines in the first half, cosines in the second",
        "It works as well, but the task asks for them in turn.",
        "torch.where(j % 2 == 0, angle.sin(), angle.cos())",
        "torch.cat([angle.sin()[:, 0::2], angle.cos()[:, 1::2]], dim=1)",
    ),
    Mistake(
        "15.u6",
        "sine and cosine are exchanged",
        "Position 0: what is sin(0), what is cos(0), and which stands in column 0?",
        "angle.sin(), angle.cos()",
        "angle.cos(), angle.sin()",
    ),
    Mistake(
        "15.u7",
        "positions count from 1",
        "Which position has the first token?",
        "torch.arange(max_len)[:, None]",
        "torch.arange(1, max_len + 1)[:, None]",
    ),
    Mistake(
        "15.u8",
        "the rows of the batch are counted, not the tokens",
        "The position of what: of a picture in the batch, or of a word in its sentence?",
        "self.pe[:, :T]",
        "self.pe[0, : len(x), None]",
    ),
    Mistake(
        "15.u9",
        "the encoding is returned alone, without x",
        "Where did the words go?",
        "self.dropout(x + self.pe[:, :T])",
        "self.dropout(0 * x + self.pe[:, :T])",
    ),
    Mistake(
        "15.u10",
        "dropout is not applied",
        "Is dropout ever called?",
        "self.dropout(x + self.pe[:, :T])",
        "x + self.pe[:, :T]",
    ),
    Mistake(
        "15.u11",
        "only the encoding is dropped, not the sum",
        "What exactly goes through dropout?",
        "self.dropout(x + self.pe[:, :T])",
        "x + self.dropout(self.pe[:, :T])",
    ),
    Mistake(
        "15.u12",
        "the table is a parameter, so training changes it",
        "Should an optimizer move these numbers?",
        'self.register_buffer("pe", pe[None])',
        "self.pe = nn.Parameter(pe[None])",
    ),
    Mistake("15.u13", "multiplied instead of added", "Plus or times?", "x + self.pe", "x * self.pe"),
    Mistake(
        "15.u14",
        "the setting dropout is not used: always 0.1",
        "Ask for dropout 0. What does yours drop?",
        "nn.Dropout(dropout)",
        "nn.Dropout(0.1)",
    ),
    Mistake(
        "15.u15",
        "it drops in test mode as well",
        "Who tells the dropout that training is over?",
        "self.dropout(x + self.pe[:, :T])",
        "nn.functional.dropout(x + self.pe[:, :T], self.dropout.p)",
    ),
    Mistake(
        "15.u16",
        "one dropout mask for the whole batch",
        "Is one random value drawn for each entry?",
        "self.dropout(x + self.pe[:, :T])",
        "(x + self.pe[:, :T]) * self.dropout(torch.ones_like(x[:1]))",
    ),
    Mistake(
        "15.u17",
        "the same mask at every call: the generator is set to one seed",
        "Call it twice. Which entries are dropped the second time?",
        "        def forward(self, x):\n",
        "        def forward(self, x):\n            torch.manual_seed(0)\n",
    ),
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


LAYER = [
    Mistake(
        "15.v1",
        "self-attention is not masked",
        "Change the last token: may output 0 change?",
        "tgt, tgt, tgt, tgt_mask)",
        "tgt, tgt, tgt)",
    ),
    Mistake(
        "15.v2",
        "cross-attention looks at the words instead of the memory",
        "Where does the layer see the picture?",
        "(x, memory, memory)",
        "(x, x, x)",
    ),
    Mistake(
        "15.v3",
        "the words of cross-attention come from the layer's input",
        "Each part works on what the part before made. Does yours?",
        "(x, memory, memory)",
        "(tgt, memory, memory)",
    ),
    Mistake(
        "15.v4",
        "the sum around self-attention is missing",
        "Three parts, three sums. Which one is missing?",
        "self.norm1(tgt + self.dropout1(a))",
        "self.norm1(self.dropout1(a))",
    ),
    Mistake(
        "15.v5",
        "the sum around cross-attention is missing",
        "Three parts, three sums. Which one is missing?",
        "self.norm2(x + self.dropout2(b))",
        "self.norm2(self.dropout2(b))",
    ),
    Mistake(
        "15.v6",
        "the sum around the feed-forward part is missing",
        "Three parts, three sums. Which one is missing?",
        "self.norm3(y + self.dropout3(self.linear2(h)))",
        "self.norm3(self.dropout3(self.linear2(h)))",
    ),
    Mistake(
        "15.v7",
        "the ReLU of the feed-forward part is missing",
        "Two linear layers without a bend between them are one.",
        "F.relu(self.linear1(y))",
        "self.linear1(y)",
    ),
    Mistake(
        "15.v8",
        "normalized before each part instead of after each sum",
        "It works as well (pre-norm), but where does this layer normalize?",
        "tgt, tgt, tgt, tgt_mask)",
        "*[self.norm1(tgt)] * 3, tgt_mask)",
        more=(
            ("self.norm1(tgt + self.dropout1(a))", "tgt + self.dropout1(a)"),
            ("self.multihead_attn(x,", "self.multihead_attn(self.norm2(x),"),
            ("self.norm2(x + self.dropout2(b))", "x + self.dropout2(b)"),
            ("self.linear1(y)", "self.linear1(self.norm3(y))"),
            ("self.norm3(y + self.dropout3(self.linear2(h)))", "y + self.dropout3(self.linear2(h))"),
        ),
    ),
    Mistake(
        "15.v9",
        "norm1 is used three times",
        "Nine layers. Which have no effect?",
        "self.norm2(x",
        "self.norm1(x",
        more=(("self.norm3(y", "self.norm1(y"),),
    ),
    Mistake(
        "15.v10",
        "self_attn is used for cross-attention as well",
        "Nine layers. Which have no effect?",
        "self.multihead_attn(x,",
        "self.self_attn(x,",
    ),
    Mistake(
        "15.v11",
        "the last normalization is missing",
        "Three parts, three normalizations. Which one is missing?",
        "self.norm3(y + self.dropout3(self.linear2(h)))",
        "y + self.dropout3(self.linear2(h))",
    ),
    Mistake(
        "15.v12",
        "a ReLU at the end of the feed-forward part",
        "May this part take something away from the sum?",
        "self.linear2(h)",
        "F.relu(self.linear2(h))",
    ),
    Mistake(
        "15.v13",
        "nothing is dropped before the sums",
        "With everything dropped, what is left of the three parts?",
        "self.dropout1(a)",
        "a",
        more=(("self.dropout2(b)", "b"), ("self.dropout3(self.linear2(h))", "self.linear2(h)")),
    ),
    Mistake(
        "15.v14",
        "keys come from the memory, values from the words",
        "What should a word take home from the picture?",
        "(x, memory, memory)",
        "(x, memory, memory * 0 + x.mean(dim=1, keepdim=True))",
    ),
    Mistake(
        "15.v20",
        "keys of cross-attention come from the words, values from the memory",
        "Where does a word look for what it wants to know: in the words, or in the memory?",
        "(x, memory, memory)",
        "(x, x, memory)",
    ),
    Mistake(
        "15.v21",
        "cross-attention is masked as well",
        "All of the memory is there before the first word is written. What may a word see of it?",
        "(x, memory, memory)",
        "(x, memory, memory, tgt_mask)",
    ),
    Mistake(
        "15.v22",
        "the queries of cross-attention come from the memory",
        "Who asks, and who is asked?",
        "(x, memory, memory)",
        "(memory, x, x)",
    ),
    Mistake(
        "15.v23",
        "each part is normalized before it is added, not the sum",
        "norm(x + part(x)), or x + norm(part(x))?",
        "self.norm1(tgt + self.dropout1(a))",
        "tgt + self.norm1(self.dropout1(a))",
        more=(
            ("self.norm2(x + self.dropout2(b))", "x + self.norm2(self.dropout2(b))"),
            (
                "self.norm3(y + self.dropout3(self.linear2(h)))",
                "y + self.norm3(self.dropout3(self.linear2(h)))",
            ),
        ),
    ),
    Mistake(
        "15.v15",
        "the hidden numbers of the feed-forward part are never dropped",
        "Four places for dropout: three before the sums. Where is the fourth?",
        "self.dropout(F.relu(self.linear1(y)))",
        "F.relu(self.linear1(y))",
    ),
    Mistake(
        "15.v16",
        "all three sums are missing",
        "Each part adds to what was there. What do your norms see?",
        "tgt + self.dropout1(a)",
        "self.dropout1(a)",
        more=(
            ("x + self.dropout2(b)", "self.dropout2(b)"),
            ("y + self.dropout3(self.linear2(h))", "self.dropout3(self.linear2(h))"),
        ),
    ),
    Mistake(
        "15.v17",
        "it drops in test mode as well",
        "Who tells the dropout that training is over?",
        "(nn.Dropout(dropout) for _ in range(4))",
        "[lambda x: F.dropout(x, dropout)] * 4",
    ),
    Mistake(
        "15.v18",
        "the setting dropout is not used: always 0.1",
        "Ask for dropout 0. What does yours drop?",
        "self.self_attn = MultiHeadAttention(input_dim, num_heads, dropout)",
        "self.self_attn = MultiHeadAttention(input_dim, num_heads, 0.1)",
        more=(
            (
                "self.multihead_attn = MultiHeadAttention(input_dim, num_heads, dropout)",
                "self.multihead_attn = MultiHeadAttention(input_dim, num_heads, 0.1)",
            ),
            ("nn.Dropout(dropout)", "nn.Dropout(0.1)"),
        ),
    ),
    Mistake(
        "15.v19",
        "dim_feedforward is not used: always 2048 hidden units",
        "How many parameters should it have? Count yours.",
        "nn.Linear(input_dim, dim_feedforward)",
        "nn.Linear(input_dim, 2048)",
        more=(("nn.Linear(dim_feedforward, input_dim)", "nn.Linear(2048, input_dim)"),),
    ),
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


CAPTIONING = [
    Mistake(
        "15.w1",
        "every step sees all words: there is no mask",
        "Change the last word: may the scores of step 0 change?",
        "layer(x, memory, mask)",
        "layer(x, memory)",
    ),
    Mistake(
        "15.w2",
        "the mask is turned round: each step sees only what comes after it",
        "Which half of the square may step 0 see?",
        "tril()",
        "triu()",
    ),
    Mistake(
        "15.w3",
        "the mask is made for one layer only: the others see all words",
        "Does each layer get the mask?",
        "            for layer in self",
        "            masks = [mask] + [None] * 99\n            for layer in self",
        more=(("layer(x, memory, mask)", "layer(x, memory, masks.pop(0))"),),
    ),
    Mistake(
        "15.w4",
        "there are no positions",
        "Exchange two words: what changes?",
        "self.positional_encoding(self.embedding(captions))",
        "self.embedding(captions)",
    ),
    Mistake(
        "15.w5",
        "the picture does not enter",
        "Where does the net see the picture?",
        "self.visual_projection(features)[:, None]",
        "0 * self.visual_projection(features)[:, None]",
    ),
    Mistake(
        "15.w6",
        "the pictures of the batch are one memory for all captions",
        "Which shape has a memory of one token for each picture?",
        "self.visual_projection(features)[:, None]",
        "self.visual_projection(features)[None].expand(len(features), -1, -1)",
    ),
    Mistake(
        "15.w7",
        "the picture has a position as well",
        "What has an order here: the words or the picture's one token?",
        "self.visual_projection(features)[:, None]",
        "self.positional_encoding(self.visual_projection(features)[:, None])",
    ),
    Mistake(
        "15.w8",
        "the softmax is taken here already",
        "Scores or probabilities: what does cross_entropy expect?",
        "self.output(x)",
        "self.output(x).softmax(dim=-1)",
    ),
    Mistake(
        "15.w9",
        "the picture is added to the words before the layers",
        "Where does the net see the picture: beside the words, or by attention?",
        "self.embedding(captions))",
        "self.embedding(captions) + memory)",
    ),
    Mistake(
        "15.w10",
        "every layer but the last is passed over",
        "Whose output does the next layer read?",
        "x = layer(x, memory, mask)",
        "y = layer(x, memory, mask)",
        more=(("self.output(x)", "self.output(y)"),),
    ),
    Mistake(
        "15.w11",
        "num_layers is not used: always 2 layers",
        "Ask for one layer. How many are in yours?",
        "for _ in range(num_layers)",
        "for _ in range(2)",
    ),
    Mistake(
        "15.w12",
        "num_heads is not used: always 1 head",
        "Ask for 2 heads. How many are in yours?",
        "TransformerDecoderLayer(wordvec_dim, num_heads, 2048, 0.1)",
        "TransformerDecoderLayer(wordvec_dim, 1, 2048, 0.1)",
    ),
]

EXERCISES = [
    Exercise(
        "MultiHeadAttention",
        f"{LIBRARY}:MultiHeadAttention",
        ("module",),
        head_cases,
        "Nine attentions of one to three heads with known weights: masks, large scores, dropout.",
        "With everything dropped only the bias of proj is left: that shows what is dropped.",
        ATTENTION,
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
        POSITIONS,
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
        LAYER,
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
        CAPTIONING,
        plain=f"{PLAIN}:CaptioningTransformer",
        play=captioning,
    ),
]
