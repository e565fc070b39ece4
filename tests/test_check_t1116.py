"""Topics 11, 14, 15 and 16: right in every edition and under any names, edges apart, random functions random."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cs231n_lib.check import check, modules
from tests.right_torch import HeadsByEinsum, LayerInParts

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

    layer = LayerOf2025

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
