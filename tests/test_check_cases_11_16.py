"""Topics 11, 14, 15 and 16: right in every edition and under any names, edges apart, random functions random."""

import contextlib
import functools
import importlib
import math
import re
from collections.abc import Callable
from unittest import mock

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cs231n_lib.check import check, modules, registry, variants
from cs231n_lib.check.compare import close, same_all
from cs231n_lib.check.exercises import t15_transformer, t16_masked, t16_simclr
from cs231n_lib.check.model import Exercise
from cs231n_lib.check.run import Subject, as_array
from cs231n_lib.check.variants import redrawn
from cs231n_lib.pytorch import simclr
from tests.right_torch import RIGHT_TORCH, HeadsByEinsum, LayerInParts, PositionsInALoop

# --- names and orders ------------------------------------------------------------------------------------------------


class FeedForward(nn.Module):
    def __init__(self, embed_dim, ffn_dim, dropout=0.1, bend=nn.GELU):
        super().__init__()
        self.fc1, self.gelu = nn.Linear(embed_dim, ffn_dim), bend()
        self.dropout, self.fc2 = nn.Dropout(dropout), nn.Linear(ffn_dim, embed_dim)

    def forward(self, x):
        return self.fc2(self.dropout(self.gelu(self.fc1(x))))


class LayerOf2025(nn.Module):
    """A decoder layer with the names of 2025 and 2026."""

    bend: type[nn.Module] = nn.GELU

    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__()
        self.self_attn = HeadsByEinsum(input_dim, num_heads, dropout)
        self.cross_attn = HeadsByEinsum(input_dim, num_heads, dropout)
        self.ffn = FeedForward(input_dim, dim_feedforward, dropout, self.bend)
        self.norm_self, self.norm_cross, self.norm_ffn = (nn.LayerNorm(input_dim) for _ in range(3))
        self.dropout_self, self.dropout_cross, self.dropout_ffn = (nn.Dropout(dropout) for _ in range(3))

    def forward(self, tgt, memory, tgt_mask=None):
        tgt = self.norm_self(tgt + self.dropout_self(self.self_attn(tgt, tgt, tgt, tgt_mask)))
        tgt = self.norm_cross(tgt + self.dropout_cross(self.cross_attn(tgt, memory, memory)))
        return self.norm_ffn(tgt + self.dropout_ffn(self.ffn(tgt)))


class LayerOf2025WithReLU(LayerOf2025):
    bend = nn.ReLU


class LayerOf2023WithGELU(LayerInParts):
    def forward(self, tgt, memory, tgt_mask=None):
        tgt = self.norm1(tgt + self.drop(self.self_attn(tgt, tgt, tgt, tgt_mask)))
        tgt = self.norm2(tgt + self.drop(self.multihead_attn(tgt, memory, memory)))
        return self.norm3(tgt + self.drop(self.linear2(self.drop(F.gelu(self.linear1(tgt))))))


class HeadsOfOtherNames(nn.Module):
    """An attention whose layers have names and an order of their own."""

    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.w_o, self.w_v, self.w_q, self.w_k = (nn.Linear(embed_dim, embed_dim) for _ in range(4))
        self.h, self.p = num_heads, dropout

    def forward(self, query, key, value, attn_mask=None):
        def cut(x):
            return x.unflatten(-1, (self.h, -1)).movedim(2, 1)

        v, k, q = cut(self.w_v(value)), cut(self.w_k(key)), cut(self.w_q(query))
        scores = torch.matmul(q, k.mT).div(q.shape[-1] ** 0.5)
        if attn_mask is not None:
            scores = torch.where(attn_mask.bool(), scores, -math.inf)
        return self.w_o((F.dropout(scores.softmax(-1), self.p, self.training) @ v).movedim(1, 2).flatten(2))


class HeadsInAList(HeadsOfOtherNames):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        nn.Module.__init__(self)
        self.layers = nn.ModuleList(nn.Linear(embed_dim, embed_dim) for _ in range(4))
        self.h, self.p = num_heads, dropout

    w_q, w_k = property(lambda self: self.layers[0]), property(lambda self: self.layers[1])
    w_v, w_o = property(lambda self: self.layers[2]), property(lambda self: self.layers[3])


class LayerOfOtherNames(LayerOf2025):
    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__(input_dim, num_heads, dim_feedforward, dropout)
        self.self_attn = HeadsOfOtherNames(input_dim, num_heads, dropout)
        self.cross_attn = HeadsInAList(input_dim, num_heads, dropout)


class LayerOfTorchHeads(LayerOf2025):
    """Legitimate where the layer, not the attention, is the exercise."""

    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__(input_dim, num_heads, dim_feedforward, dropout)
        own = [nn.MultiheadAttention(input_dim, num_heads, dropout, batch_first=True) for _ in range(2)]
        self.self_attn, self.cross_attn = own

    def forward(self, tgt, memory, tgt_mask=None):
        hidden = None if tgt_mask is None else tgt_mask == 0
        tgt = self.norm_self(tgt + self.dropout_self(self.self_attn(tgt, tgt, tgt, attn_mask=hidden)[0]))
        tgt = self.norm_cross(tgt + self.dropout_cross(self.cross_attn(tgt, memory, memory)[0]))
        return self.norm_ffn(tgt + self.dropout_ffn(self.ffn(tgt)))


LAYERS = [
    LayerInParts,
    LayerOf2025,
    LayerOf2025WithReLU,
    LayerOf2023WithGELU,
    LayerOfOtherNames,
    LayerOfTorchHeads,
]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_decoder_layer_is_right_under_the_names_of_any_edition(layer):
    report = check("TransformerDecoderLayer", layer)
    assert report.status == "passed", report
    assert report.diagnosis == []


class Captioner(nn.Module):
    """A captioner as in 2025, its parts under names of its own."""

    layer: Callable = LayerOf2025

    def __init__(self, word_to_idx, input_dim, wordvec_dim, num_heads=4, num_layers=2, max_length=50):
        super().__init__()
        self.scores = nn.Linear(wordvec_dim, len(word_to_idx))
        self.pile = nn.ModuleList(self.layer(wordvec_dim, num_heads) for _ in range(num_layers))
        self.words = nn.Embedding(len(word_to_idx), wordvec_dim, padding_idx=word_to_idx["<NULL>"])
        self.picture = nn.Linear(input_dim, wordvec_dim)
        angle = torch.arange(max_length)[:, None] / 10000 ** (torch.arange(0, wordvec_dim, 2) / wordvec_dim)
        self.register_buffer("table", torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1))

    def forward(self, features, captions):
        T = captions.shape[1]
        x = F.dropout(self.words(captions) + self.table[:T], 0.1, self.training)
        memory = self.picture(features)[:, None]
        for layer in self.pile:
            x = layer(x, memory, torch.ones(T, T).tril())
        return self.scores(x)


class CaptionerOf2023(Captioner):
    layer = LayerInParts


class CaptionerOfOtherNames(Captioner):
    layer = LayerOfOtherNames


@pytest.mark.parametrize("net", [Captioner, CaptionerOf2023, CaptionerOfOtherNames])
def test_a_captioner_is_right_with_the_layers_of_any_edition(net):
    assert check("CaptioningTransformer", net).status == "passed"


@pytest.mark.parametrize("heads", [HeadsByEinsum, HeadsOfOtherNames, HeadsInAList])
def test_the_layers_of_an_attention_may_have_any_names_and_order(heads):
    report = check("MultiHeadAttention", heads)
    assert report.status == "passed", report
    assert report.diagnosis == []


class Wrapped(nn.Module):
    """PyTorch's own attention in a class of the asked-for name."""

    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.inner = nn.MultiheadAttention(embed_dim, num_heads, dropout, batch_first=True)

    def forward(self, query, key, value, attn_mask=None):
        banned = None if attn_mask is None else ~attn_mask.bool()
        return self.inner(query, key, value, attn_mask=banned, need_weights=False)[0]


class OneLayerForAll(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.all = nn.Linear(embed_dim, 3 * embed_dim)
        self.out = nn.Linear(embed_dim, embed_dim)
        self.h = num_heads

    def forward(self, query, key, value, attn_mask=None):
        parts = [self.all(x).chunk(3, dim=2)[i] for i, x in enumerate((query, key, value))]
        q, k, v = (part.unflatten(2, (self.h, -1)).transpose(1, 2) for part in parts)
        banned = None if attn_mask is None else attn_mask.bool()
        return self.out(F.scaled_dot_product_attention(q, k, v, banned).transpose(1, 2).flatten(2))


def test_pytorchs_own_attention_is_told_what_is_expected():
    report = check("MultiHeadAttention", Wrapped)
    assert [d.id for d in report.diagnosis] == ["15.tu"], report
    report = check("MultiHeadAttention", OneLayerForAll)
    assert report.status == "failed"
    assert "`linear layers`" in report.lines[0]


def test_pytorchs_own_decoder_layer_is_told_what_is_expected():
    class Ready(nn.TransformerDecoderLayer):
        def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
            super().__init__(input_dim, num_heads, dim_feedforward, dropout, batch_first=True)

        def forward(self, tgt, memory, tgt_mask=None):
            return super().forward(tgt, memory, None if tgt_mask is None else tgt_mask == 0)

    report = check("TransformerDecoderLayer", Ready)
    assert report.status == "failed"
    assert "`decoder layers of PyTorch's own`" in report.lines[0]


@pytest.mark.parametrize("name", modules.ROLES)
def test_a_missing_role_is_found_by_what_the_layer_is_given(name):
    heads = HeadsByEinsum(6, 2)
    given = [getattr(heads, role) for role in modules.ROLES]
    heads.other = getattr(heads, name)
    delattr(heads, name)
    forward = HeadsByEinsum.forward

    class Renamed(HeadsByEinsum):
        def __getattr__(self, wanted):
            return super().__getattr__("other" if wanted == name and "other" in self._modules else wanted)

    heads.__class__ = Renamed
    assert forward is HeadsByEinsum.forward
    assert modules.projections(heads, 6) == given


# --- edges -----------------------------------------------------------------------------------------------------------

TOPICS = ["t11_pytorch", "t14_gan_losses", "t14_gan_nets"]
TOPICS += ["t15_attention", "t15_transformer", "t16_simclr", "t16_masked"]
EXERCISES = [
    item
    for topic in TOPICS
    for item in importlib.import_module(f"cs231n_lib.check.exercises.{topic}").EXERCISES
    if isinstance(item, Exercise)
]
ENTRIES = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
EDGE_ONLY = {  # wrong in no ordinary case, and why
    "14.a3": "exp(1000) overflows; for ordinary logits the form is right",
    "14.a6": "p is rounded to 0 or 1 at logits of 1000 alone",
    "14.a7": "exp(1000) overflows; for ordinary logits the form is right",
    "14.a9": "exp(1000) overflows; for ordinary logits the form is right",
    "14.a10": "the logarithm is cut off at -100, which logits of 37 and more reach",
    "14.n9": "seed 0 alone is treated as none",
    "15.j1": "exp(1000) overflows; ordinary scores need no shift",
    "15.hl": "exp(1000) overflows; ordinary scores need no shift",
    "15.tr": "exp(1000) overflows; ordinary scores need no shift",
}


def right_in_the_core(exercise, subject):
    """Return whether a function is right in all cases that are no edges."""
    book = variants.book(exercise.name)
    return same_all(book.core(book.run(subject)), book.core(book.truth))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_three_ordinary_cases_remain(exercise):
    ordinary = [one.label for one in variants.book(exercise.name).cases if not one.edge]
    assert len(set(ordinary)) >= 3, ordinary


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_a_mistake_that_is_no_edge_is_wrong_in_an_ordinary_case(exercise):
    hidden = [m.id for m in exercise.mistakes if right_in_the_core(exercise, variants.patched(exercise, (m,)))]
    assert hidden == [m.id for m in exercise.mistakes if m.id in EDGE_ONLY]


@pytest.mark.parametrize(
    ("exercise", "mistake"),
    [e for e in ENTRIES if e[1].id in EDGE_ONLY],
    ids=lambda v: getattr(v, "id", None) or v.name,
)
def test_an_edge_is_right_and_still_named(exercise, mistake):
    report = check(exercise.name, variants.patched(exercise, (mistake,)).fn)
    assert report.status == "passed"
    assert [d.id for d in report.diagnosis] == [mistake.id]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_a_label_reads_well_in_a_list(exercise):
    for one in variants.book(exercise.name).cases:
        assert not re.search(r"[,;=]", re.sub(r"\(N[^)]*\)", "", one.label)), one.label


# --- chance ----------------------------------------------------------------------------------------------------------

STATES = range(30)
RANDOM = ["sample_noise", "mask_tokens", "random_masking", "MultiHeadAttention", "PositionalEncoding"]
RANDOM += ["TransformerDecoderLayer"]


def accused_from(name, fn, states):
    """Return the states of PyTorch's generator from which a function is judged wrong."""
    exercise = registry.exercise(name)
    book = variants.book(name)
    subject, seeded, found = Subject(fn, None, exercise.returns, {}), modules.seeded, []
    for state in states:
        with contextlib.ExitStack() as stack:
            for module in (modules, t15_transformer, t16_masked):
                stack.enter_context(mock.patch.object(module, "seeded", functools.partial(seeded, state)))
            found += [] if same_all(book.run(subject), book.truth) else [state]
    return found


RIGHT_BY_CHANCE = [(name, fn) for name, fn, _ in RIGHT_TORCH if name in RANDOM]


@pytest.mark.parametrize(("name", "fn"), RIGHT_BY_CHANCE, ids=lambda v: getattr(v, "__name__", None))
def test_a_right_random_function_is_right_from_any_state_of_the_generator(name, fn):
    states = STATES if name in ("sample_noise", "random_masking") else STATES[:8]
    assert accused_from(name, fn, states) == []


def words_with_a_frozen_draw(tokens, share, mask_id):
    hidden = torch.rand(tokens.shape, generator=torch.Generator().manual_seed(1)) < share
    hidden &= tokens != 0
    return torch.where(hidden, mask_id, tokens), hidden


def one_draw_for_all_sentences(tokens, share, mask_id):
    hidden = (torch.rand(1, tokens.shape[1]) < share).expand_as(tokens) & tokens.ne(0)
    return torch.where(hidden, mask_id, tokens), hidden


def one_draw_a_sentence(tokens, share, mask_id):
    hidden = (torch.rand(len(tokens)) < share)[:, None] & tokens.ne(0)
    return torch.where(hidden, mask_id, tokens), hidden


def first_words(tokens, share, mask_id):
    hidden = torch.zeros_like(tokens).bool()
    hidden[:, : round(share * tokens.shape[1])] = True
    hidden &= tokens != 0
    return torch.where(hidden, mask_id, tokens), hidden


def masking(shuffle):
    """Return a random_masking that deals the patches by shuffle(N, L)."""

    def fn(x, mask_ratio):
        N, L, _ = x.shape
        keep = int(L * (1 - mask_ratio))
        order = shuffle(N, L)
        restore = torch.argsort(order, dim=1)
        kept = torch.stack([image[ids] for image, ids in zip(x, order[:, :keep], strict=True)])
        return kept, (restore >= keep).float(), restore

    return fn


def kept_by_place(x, mask_ratio):
    N, L, _ = x.shape
    keep = int(L * (1 - mask_ratio))
    restore = torch.rand(N, L).argsort(1).argsort(1)
    return x[:, :keep], (restore >= keep).float(), restore


def shuffle_for_restore(x, mask_ratio):
    N, L, D = x.shape
    keep = int(L * (1 - mask_ratio))
    order = torch.rand(N, L).argsort(1)
    kept = torch.gather(x, 1, order[:, :keep].unsqueeze(-1).repeat(1, 1, D))
    return kept, (order >= keep).float(), order


def noise_of_one_row(batch_size, dim, seed=None):
    return torch.empty(dim).uniform_(-1, 1).repeat(batch_size, 1)


def noise_of_one_column(batch_size, dim, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    return torch.empty(batch_size, 1).uniform_(-1, 1).repeat(1, dim)


def noise_of_one_seed(batch_size, dim, seed=None):
    if seed is not None:
        torch.random.manual_seed(1234)
    return torch.rand((batch_size, dim)).mul(2).sub(1)


class DropsInATest(PositionsInALoop):
    def forward(self, x):
        return F.dropout(x + self.pe[:, : x.shape[1]], self.dropout.p)


class NeverDrops(PositionsInALoop):
    def forward(self, x):
        return x + self.pe[:, : x.shape[1]]


class OneMaskForTheBatch(PositionsInALoop):
    def forward(self, x):
        out = x + self.pe[:, : x.shape[1]]
        return out * self.dropout(torch.ones(1, *out.shape[1:]))


class FrozenMask(PositionsInALoop):
    def forward(self, x):
        out, p = x + self.pe[:, : x.shape[1]], self.dropout.p
        if not self.training or not 0 < p < 1:
            return self.dropout(out)
        kept = torch.rand(out.shape, generator=torch.Generator().manual_seed(0)) >= p
        return out * kept / (1 - p)


class HeadsWithOneMask(HeadsOfOtherNames):
    def forward(self, query, key, value, attn_mask=None):
        real = F.dropout

        def shared(weights, p, training):
            return weights * real(torch.ones_like(weights[:1]), p, training)

        with mock.patch.object(F, "dropout", shared):
            return super().forward(query, key, value, attn_mask)


class LayerThatDropsInATest(LayerOf2025):
    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__(input_dim, num_heads, dim_feedforward, dropout)
        self.dropout_self = self.dropout_cross = self.dropout_ffn = self.ffn.dropout = AlwaysDrops(dropout)


class AlwaysDrops(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return F.dropout(x, self.p)


class HeadsThatIgnoreDropout(HeadsOfOtherNames):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__(embed_dim, num_heads)


FAULTS = [
    ("mask_tokens", words_with_a_frozen_draw, "16.t10"),
    ("mask_tokens", one_draw_for_all_sentences, "16.t5"),
    ("mask_tokens", one_draw_a_sentence, "16.t11"),
    ("mask_tokens", first_words, "16.t12"),
    ("random_masking", masking(lambda N, L: torch.rand(L).argsort().repeat(N, 1)), "16.v3"),
    ("random_masking", masking(lambda N, L: torch.arange(L).repeat(N, 1)), "16.v4"),
    (
        "random_masking",
        masking(lambda N, L: torch.rand(N, L, generator=torch.Generator().manual_seed(5)).argsort(1)),
        "16.v11",
    ),
    ("random_masking", kept_by_place, "16.v10"),
    ("random_masking", shuffle_for_restore, "16.v5"),
    ("sample_noise", noise_of_one_row, "14.n10"),
    ("sample_noise", noise_of_one_column, "14.n11"),
    ("sample_noise", noise_of_one_seed, "14.n12"),
    ("PositionalEncoding", DropsInATest, "15.u15"),
    ("PositionalEncoding", NeverDrops, "15.u10"),
    ("PositionalEncoding", OneMaskForTheBatch, "15.u16"),
    ("PositionalEncoding", FrozenMask, "15.u17"),
    ("MultiHeadAttention", HeadsWithOneMask, "15.tw"),
    ("MultiHeadAttention", HeadsThatIgnoreDropout, "15.tv"),
    ("TransformerDecoderLayer", LayerThatDropsInATest, "15.v17"),
]


@pytest.mark.parametrize(("name", "fn", "mistake"), FAULTS, ids=lambda v: getattr(v, "__name__", None))
def test_a_fault_of_chance_is_named(name, fn, mistake):
    report = check(name, fn)
    assert report.status in ("failed", "error"), report
    assert mistake in [d.id for d in report.diagnosis], report


@pytest.mark.parametrize(("name", "fn"), [f[:2] for f in FAULTS], ids=lambda v: getattr(v, "__name__", None))
def test_a_fault_of_chance_is_seen_from_any_state_of_the_generator(name, fn):
    assert accused_from(name, fn, STATES[1:7]) == list(STATES[1:7])


# --- the contrastive losses on 32 and 64 bits ------------------------------------------------------------------------


def all_less_own(out_left, out_right, tau):
    z = F.normalize(torch.cat([out_left, out_right]), dim=1)
    exp = torch.exp(z @ z.T / tau)
    others = exp.sum(1) - torch.exp(torch.tensor(1 / tau))
    return -torch.log(torch.exp((z * z.roll(len(out_left), 0)).sum(1) / tau) / others).mean()


def all_less_own_in_loops(out_left, out_right, tau):
    z, N, total = torch.cat([out_left, out_right]), len(out_left), 0
    for i in range(2 * N):
        cosines = [z[i] @ z[k] / z[i].norm() / z[k].norm() for k in range(2 * N)]
        others = sum(torch.exp(c / tau) for c in cosines) - math.e ** (1 / tau)
        total -= torch.log(torch.exp(cosines[(i + N) % (2 * N)] / tau) / others)
    return total / (2 * N)


def on_a_device(out_left, out_right, tau, device="cuda"):
    own = torch.eye(2 * len(out_left), device=device).bool()
    z = F.normalize(torch.cat([out_left, out_right]).to(device), dim=1)
    scores = (z @ z.T / tau).masked_fill(own, -9e15)
    return F.cross_entropy(scores, torch.arange(len(scores), device=device).roll(len(out_left)))


@pytest.mark.parametrize("name", ["simclr_loss_naive", "simclr_loss_vectorized"])
@pytest.mark.parametrize("fn", [all_less_own, all_less_own_in_loops, on_a_device])
def test_a_contrastive_loss_is_right_however_the_own_view_is_left_out(name, fn):
    report = check(name, fn)
    assert report.status == "passed", report
    assert report.diagnosis == []


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("tau", [0.1, 0.2, 0.5, 1.0, 2.0])
def test_rounding_of_a_contrastive_loss_is_no_mistake(tau, dtype):
    wrong = 0
    for draw in range(100):
        views = t16_simclr.views(draw, 8, 2)
        args = [v.to(getattr(torch, dtype)) for v in views.values()]
        right = simclr.simclr_loss_vectorized(*views.values(), tau)
        wrong += not close(as_array(all_less_own(*args, tau)), as_array(right))
    assert wrong == 0


@pytest.mark.parametrize("fn", [all_less_own, all_less_own_in_loops])
def test_contrastive_losses_are_right_on_many_draws(fn):
    draws = range(100) if fn is all_less_own else range(12)
    judged = [right_on(redrawn(registry.exercise("simclr_loss_vectorized"), draw), fn) for draw in draws]
    assert all(judged)


def right_on(book, fn):
    """Return whether a function is right in the ordinary cases of a book."""
    return same_all(book.core(book.run(Subject(fn, None, book.exercise.returns, {}))), book.core(book.truth))


# --- what the files of the course hand out ---------------------------------------------------------------------------


class OwnFlatten(nn.Module):
    """As in the GAN file of 2021 to 2023: it takes pictures with their axes alone."""

    def forward(self, x):
        N, C, H, W = x.size()
        return x.view(N, C * H * W)


class OwnUnflatten(nn.Module):
    def __init__(self, N=-1, C=128, H=7, W=7):
        super().__init__()
        self.shape = (N, C, H, W)

    def forward(self, x):
        return x.view(self.shape)


def own_discriminator(seed=None):
    bend = nn.LeakyReLU(0.01)
    return nn.Sequential(OwnFlatten(), nn.Linear(784, 256), bend, nn.Linear(256, 256), bend, nn.Linear(256, 1))


def convolutions():
    bend, pool = nn.LeakyReLU(0.01), nn.MaxPool2d(2)
    convs = nn.Conv2d(1, 32, 5), bend, pool, nn.Conv2d(32, 64, 5), bend, pool
    return *convs, OwnFlatten(), nn.Linear(1024, 1024), bend, nn.Linear(1024, 1)


def classifier_that_unflattens_the_batch(batch_size):
    return nn.Sequential(OwnUnflatten(batch_size, 1, 28, 28), *convolutions())


def classifier_of_rows(batch_size):
    return nn.Sequential(nn.Unflatten(1, (1, 28, 28)), *convolutions())


def classifier_of_2018():
    return nn.Sequential(*convolutions())


def generator_with_own_reshaping(noise_dim=96):
    return nn.Sequential(
        *(nn.Linear(noise_dim, 1024), nn.ReLU(), nn.BatchNorm1d(1024)),
        *(nn.Linear(1024, 6272), nn.ReLU(), nn.BatchNorm1d(6272), OwnUnflatten()),
        *(nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.ReLU(), nn.BatchNorm2d(64)),
        *(nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh(), OwnFlatten()),
    )


def noise_of_2018(batch_size, dim):
    return torch.rand(batch_size, dim) * 2 - 1


HANDED_OUT = [
    ("discriminator", own_discriminator),
    ("build_dc_classifier", classifier_that_unflattens_the_batch),
    ("build_dc_classifier", classifier_of_rows),
    ("build_dc_classifier", classifier_of_2018),
    ("build_dc_generator", generator_with_own_reshaping),
    ("sample_noise", noise_of_2018),
]


@pytest.mark.parametrize(("name", "fn"), HANDED_OUT)
def test_what_a_file_of_the_course_hands_out_may_be_used(name, fn):
    report = check(name, fn)
    assert report.status == "passed", report
    assert report.diagnosis == []


def test_a_discriminator_that_takes_rows_alone_is_wrong():
    bend = nn.LeakyReLU(0.01)

    def rows_only():
        return nn.Sequential(nn.Linear(784, 256), bend, nn.Linear(256, 256), bend, nn.Linear(256, 1))

    assert [d.id for d in check("discriminator", rows_only).diagnosis] == ["14.m5"]
