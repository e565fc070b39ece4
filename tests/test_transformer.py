"""The Transformer's parts are the NumPy layers under another name, see only what they may, and learn."""

import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cs231n_lib import layers
from cs231n_lib.data import load_captions
from cs231n_lib.nets.captioning import CaptioningRNN as NumpyRNN
from cs231n_lib.pytorch import captioning, transformer
from cs231n_lib.pytorch.captioning import CaptionBatches, CaptioningRNN, CaptioningTransformer
from cs231n_lib.pytorch.training import Trainer
from cs231n_lib.pytorch.transformer import (
    MultiHeadAttention,
    PatchEmbedding,
    PositionalEncoding,
    SequenceTransformer,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
    VisionTransformer,
    attention_maps,
    causal_mask,
)

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "red": 4, "ring": 5, "star": 6}


@pytest.fixture(autouse=True)
def seed():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # small nets on several threads crawl when another process wants the cores
    torch.manual_seed(3)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def array(tensor):
    return tensor.detach().numpy()


# the modules and the NumPy layers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.usefixtures("float64")
def test_attention_is_the_numpy_layer_forward_and_backward(masked):
    attention = MultiHeadAttention(12, 3, dropout=0.0)
    query, memory = (torch.randn(2, size, 12, requires_grad=True) for size in (4, 5))
    mask = torch.tensor(np.tril(np.ones((4, 5)), 1)) if masked else None
    value = memory.flip(0).detach().requires_grad_()
    out, dout = attention(query, memory, value, mask), torch.randn(2, 4, 12)
    out.backward(dout)

    linears = [attention.query, attention.key, attention.value, attention.proj]
    weights = {f"W{letter}": array(linear.weight.T) for letter, linear in zip("qkvo", linears, strict=True)}
    weights |= {f"b{letter}": array(linear.bias) for letter, linear in zip("qkvo", linears, strict=True)}
    q, k, v = (array(x) for x in (query, memory, value))
    allowed = None if mask is None else array(mask)
    expected, cache = layers.multihead_attention_forward(q, k, v, **weights, num_heads=3, mask=allowed)
    assert_allclose(array(out), expected, rtol=0, atol=1e-10)
    gradients = layers.multihead_attention_backward(array(dout), cache)
    found = [x.grad for x in (query, memory, value)]
    for linear in linears:
        assert linear.weight.grad is not None
        found += [linear.weight.grad.T, linear.bias.grad]
    for ours, theirs in zip(found, gradients, strict=True):
        assert_allclose(array(ours), theirs, rtol=0, atol=1e-10)


@pytest.mark.usefixtures("float64")
def test_positions_are_the_numpy_layer():
    x = torch.randn(2, 7, 6)
    out, _ = layers.positional_encoding_forward(array(x))
    assert_allclose(array(PositionalEncoding(6, dropout=0, max_len=9)(x)), out, rtol=0, atol=1e-10)


@pytest.mark.usefixtures("float64")
def test_an_encoder_layer_is_a_chain_of_numpy_layers():
    layer, x = TransformerEncoderLayer(8, 2, 10, dropout=0.0), torch.randn(2, 5, 8)
    for norm in (layer.norm1, layer.norm2):  # as made, it scales by 1 and adds 0: mistakes would hide
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)

    def linear(part, rows):
        return layers.affine_forward(rows, array(part.weight.T), array(part.bias))[0]

    def normalized(part, rows):
        return layers.layernorm_forward(rows, array(part.weight), array(part.bias), {})[0]

    rows = array(x).reshape(10, 8)
    rows = normalized(layer.norm1, rows + array(layer.self_attn(x, x, x)).reshape(10, 8))
    hidden = layers.relu_forward(linear(layer.linear1, rows))[0]
    rows = normalized(layer.norm2, rows + linear(layer.linear2, hidden))
    assert_allclose(array(layer(x)).reshape(10, 8), rows, rtol=0, atol=1e-10)


@pytest.mark.usefixtures("float64")
def test_layers_are_those_of_pytorch():
    """The same numbers as nn.TransformerEncoderLayer and nn.TransformerDecoderLayer, with their weights."""
    x, memory = torch.randn(2, 4, 8), torch.randn(2, 3, 8)
    encoder, theirs = TransformerEncoderLayer(8, 2, 10), nn.TransformerEncoderLayer(8, 2, 10, batch_first=True)
    take_weights(encoder, theirs)
    assert_allclose(array(encoder.eval()(x)), array(theirs.train(False)(x)), rtol=0, atol=1e-10)
    decoder, their = TransformerDecoderLayer(8, 2, 10), nn.TransformerDecoderLayer(8, 2, 10, batch_first=True)
    take_weights(decoder, their)
    out = their.train(False)(x, memory, tgt_mask=~causal_mask(4))  # PyTorch's mask blocks where it is True
    assert_allclose(array(decoder.eval()(x, memory, causal_mask(4))), array(out), rtol=0, atol=1e-10)


@torch.no_grad()
def take_weights(ours, theirs):
    for name, part in theirs.named_children():
        if not isinstance(part, nn.MultiheadAttention):
            getattr(ours, name).load_state_dict(part.state_dict())
            continue
        heads, size = getattr(ours, name), part.embed_dim
        for i, linear in enumerate((heads.query, heads.key, heads.value)):
            linear.weight.copy_(part.in_proj_weight[i * size : (i + 1) * size])
            linear.bias.copy_(nn.init.normal_(part.in_proj_bias[i * size : (i + 1) * size]))
        heads.proj.load_state_dict(part.out_proj.state_dict())


# the course's own tests --------------------------------------------------------------------------------------------


def test_the_course_s_attention_values():
    """The notebook's values hold with its dropout active, whose masks differ between processors: any mask may do."""
    torch.manual_seed(231)
    attention, data = MultiHeadAttention(8, num_heads=2), torch.randn(1, 3, 8)
    expected = [
        [-0.2494, 0.1396, 0.4323, -0.2411, -0.1547, 0.2329, -0.1936, -0.1444],
        [-0.1997, 0.1746, 0.7377, -0.3549, -0.2657, 0.2693, -0.2541, -0.2476],
        [-0.0625, 0.1503, 0.7572, -0.3974, -0.1681, 0.2168, -0.2478, -0.3038],
    ]
    with attention_maps(attention) as maps:
        attention(data, data, data)
    weights, v = maps[""][0], attention.split(attention.value(data))
    kept = torch.tensor(list(itertools.product([0, 1], repeat=6))).view(64, 2, 1, 3) / 0.9
    outs = attention.proj(attention.join((weights * kept) @ v))  # (64, 3, 8): every mask of 2 heads and 3 keys
    for row, values in enumerate(expected):
        assert (outs[:, row] - torch.tensor(values)).abs().amax(dim=1).min() < 1e-4


def test_the_course_s_position_values():
    torch.manual_seed(231)
    data = torch.randn(1, 2, 6)
    expected = np.array(
        [[-1.2340, 1.1127, 1.6978, -0.0865, 0, 1.2728], [0.9028, -0.4781, 0.5535, 0.8133, 1.2644, 1.7034]]
    )
    out = array(PositionalEncoding(6, dropout=0)(data))[0] / 0.9
    assert_allclose(np.where(expected == 0, 0, out), expected, atol=1e-4)


def test_parameters_come_in_the_course_s_order():
    model = CaptioningTransformer(WORDS, 5, 8, num_heads=2, num_layers=2, max_length=9)
    attention = [f"{name}.{kind}" for name in ("key", "query", "value", "proj") for kind in ("weight", "bias")]
    rest = [f"{n}.{kind}" for n in ("linear1", "linear2", "norm1", "norm2", "norm3") for kind in ("weight", "bias")]
    layer = [f"{part}.{name}" for part in ("self_attn", "multihead_attn") for name in attention] + rest
    names = ["visual_projection.weight", "visual_projection.bias", "embedding.weight"]
    names += [f"transformer.layers.{i}.{name}" for i in range(2) for name in layer]
    assert [name for name, _ in model.named_parameters()] == [*names, "output.weight", "output.bias"]
    assert model.get_parameter("transformer.layers.0.linear1.weight").shape == (2048, 8)
    assert "positional_encoding.pe" in model.state_dict()


def test_first_weights_are_the_course_s():
    model = CaptioningTransformer(WORDS, 40, 64)
    assert model.visual_projection.weight.std().item() == pytest.approx(0.02, rel=0.1)
    assert model.visual_projection.bias.abs().max() == 0
    assert model.output.weight.abs().max() > 0.1  # PyTorch's own: uniform up to 1 / 8
    first, second = (model.get_parameter(f"transformer.layers.{i}.linear1.weight") for i in range(2))
    assert not torch.equal(first, second)


# what may be seen --------------------------------------------------------------------------------------------------


def nets():
    captions = CaptioningTransformer(WORDS, 5, 8, num_heads=2, num_layers=2, max_length=9)
    sequence = SequenceTransformer(7, 8, 2, 2, 16)
    return [
        pytest.param(captions, torch.randn(3, 5), id="one vector a picture"),
        pytest.param(captions, torch.randn(3, 4, 5), id="a vector for each place"),
        pytest.param(sequence, torch.randint(0, 7, (3, 5)), id="a sequence"),
    ]


@pytest.mark.parametrize(("net", "source"), nets())
def test_no_word_sees_those_behind_it(net, source):
    net.eval()
    words = torch.randint(3, 7, (3, 6))
    before = net(source, words)
    for t in range(1, 6):
        other = words.clone()
        other[:, t] = (words[:, t] + 1) % 7
        moved = (net(source, other) - before).abs().amax(dim=(0, 2))
        assert moved[:t].max() == 0 and moved[t:].min() > 1e-6


@pytest.mark.parametrize(("net", "source"), nets())
def test_every_word_sees_the_source(net, source):
    net.eval()
    words, other = torch.randint(3, 7, (3, 6)), source.roll(1, 0)
    assert (net(source, words) - net(other, words)).abs().amax(dim=(0, 2)).min() > 1e-6


def test_without_positions_attention_only_permutes():
    encoder = transformer.TransformerEncoder(TransformerEncoderLayer(8, 2, 16), 2).eval()
    x, order = torch.randn(2, 6, 8), torch.tensor([3, 0, 5, 1, 4, 2])
    assert_allclose(array(encoder(x[:, order])), array(encoder(x)[:, order]), atol=1e-5)
    positions = PositionalEncoding(8, 0)
    moved = encoder(positions(x[:, order])) - encoder(positions(x))[:, order]
    assert moved.abs().amax(dim=2).min() > 1e-3


def test_places_of_a_picture_have_no_order():
    model = CaptioningTransformer(WORDS, 5, 8, 2, 2, 9).eval()
    features, words = torch.randn(3, 4, 5), torch.randint(3, 7, (3, 6))
    assert_allclose(array(model(features.flip(1), words)), array(model(features, words)), atol=1e-5)


def test_with_an_encoder_places_see_each_other_first():
    model = CaptioningTransformer(WORDS, 5, 8, 2, 1, 9, encoder_layers=1).eval()
    features = torch.randn(3, 4, 5)
    memory = model.memory(features)
    other = features.clone()
    other[:, -1] += 1
    assert (model.memory(other) - memory).abs().amax(dim=2).min() > 1e-6  # one place changed, all tokens moved
    plain = CaptioningTransformer(WORDS, 5, 8, 2, 1, 9).eval()
    moved = (plain.memory(other) - plain.memory(features)).abs().amax(dim=2)
    assert moved[:, :-1].max() == 0 < moved[:, -1].min()


def test_a_mask_may_differ_between_rows_of_the_batch():
    attention, x = MultiHeadAttention(8, 2).eval(), torch.randn(2, 4, 8)
    padding = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])[:, None, None]  # (N, 1, 1, S)
    out = attention(x, x, x, padding)
    assert_allclose(array(out[0]), array(attention(x, x, x)[0]), atol=1e-6)
    assert_allclose(array(out[1]), array(attention(x, x[:, :2], x[:, :2])[1]), atol=1e-6)


def test_the_maps_are_the_weights():
    model = CaptioningTransformer(WORDS, 5, 8, num_heads=2, num_layers=3, max_length=9).eval()
    with attention_maps(model) as maps:
        model(torch.randn(3, 4, 5), torch.randint(3, 7, (3, 6)))
    assert len(maps) == 6
    looks, reads = maps["transformer.layers.2.multihead_attn"][0], maps["transformer.layers.0.self_attn"][0]
    assert looks.shape == (3, 2, 6, 4) and reads.shape == (3, 2, 6, 6)
    assert_allclose(array(looks.sum(dim=-1)), 1, atol=1e-6)
    assert reads.triu(1).abs().max() == 0
    model(torch.randn(3, 4, 5), torch.randint(3, 7, (3, 6)))
    assert len(maps["transformer.layers.0.self_attn"]) == 1  # outside of the block nothing is kept


# patches -----------------------------------------------------------------------------------------------------------


def test_patches_hold_the_pixels_they_cover():
    x = torch.arange(2 * 3 * 4 * 6).view(2, 3, 4, 6)
    patches = transformer.patchify(x, 2)
    assert patches.shape == (2, 6, 12)
    for row, column in itertools.product(range(2), range(3)):
        piece = x[:, :, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2].flatten(1)
        assert torch.equal(patches[:, 3 * row + column], piece)
    assert torch.equal(transformer.unpatchify(patches, 2, 4), x)


def test_patch_embedding_is_a_convolution_with_the_stride_of_its_kernel():
    embed, x = PatchEmbedding(8, 4, 3, 5), torch.randn(2, 3, 8, 8)
    conv = nn.functional.conv2d(x, embed.proj.weight.view(5, 3, 4, 4), embed.proj.bias, stride=4)
    assert_allclose(array(embed(x)), array(conv.flatten(2).transpose(1, 2)), atol=1e-5)


def test_a_vision_transformer_has_the_size_it_promises():
    model = VisionTransformer(16, 4, 3, 8, 2, 2, 16, 10)
    layer = 4 * (8 * 8 + 8) + (8 * 16 + 16) + (16 * 8 + 8) + 2 * 16
    assert sum(p.numel() for p in model.parameters()) == (48 * 8 + 8) + 2 * layer + 90
    assert model(torch.randn(2, 3, 16, 16)).shape == (2, 10)


# learning and writing ----------------------------------------------------------------------------------------------


def test_it_learns_to_reverse():
    model = SequenceTransformer(6, 32, 2, 1, 64, max_length=8)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    words = torch.randint(1, 6, (256, 4))
    pairs = [(words, torch.cat([torch.zeros(256, 1).long(), words.flip(1)], dim=1))]
    trainer = Trainer(captioning.caption_step(model, optimizer, null=-1), pairs, {"model": model}, 150, bar=False)
    trainer.train()
    assert trainer.history["loss"][-1] < 0.05 < 1.5 < trainer.history["loss"][0]
    assert (model.sample(words, 0, 4) == words.flip(1)).float().mean() > 0.98


def tiny_captions():
    data = load_captions(num_train=12, num_val=1, size=8, objects="one", references=2)
    rng = np.random.default_rng(0)
    return data, rng.standard_normal((12, 3, 4)).astype(np.float32)


def test_it_learns_captions_by_heart_and_writes_them():
    data, features = tiny_captions()
    model = CaptioningTransformer(data["word_to_idx"], 4, 32, 2, 1, 17, dim_feedforward=64, dropout=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    batches = CaptionBatches(features, data["train_captions"][::2], np.arange(12), batch_size=6)
    Trainer(captioning.caption_step(model, optimizer), batches, {"model": model}, 150, bar=False).train()
    model.train()
    written = model.sample(features, 16)
    assert model.training and written.dtype == np.int32
    assert_allclose(written, data["train_captions"][::2, 1:])


def test_batches_give_every_picture_one_of_its_captions():
    data, features = tiny_captions()
    batches = CaptionBatches(features, data["train_captions"], data["train_image_idxs"], batch_size=5)
    assert len(batches) == 3
    for _ in range(3):
        seen = list(batches)
        assert [len(x) for x, _ in seen] == [5, 5, 2]
        for x, captions in seen:
            pictures = [int((features == picture).all(axis=(1, 2)).argmax()) for picture in array(x)]
            for picture, caption in zip(pictures, array(captions), strict=True):
                allowed = data["train_captions"][2 * picture : 2 * picture + 2, : len(caption)]
                assert (allowed == caption).all(axis=1).any()
        assert len({tuple(picture.ravel()) for x, _ in seen for picture in array(x)}) == 12


def test_the_loss_leaves_padding_out():
    scores, words = torch.randn(2, 3, 5), torch.tensor([[4, 2, 0], [1, 0, 0]])
    p = scores.log_softmax(dim=2)
    expected = -(p[0, 0, 4] + p[0, 1, 2] + p[1, 0, 1]) / 3
    assert_allclose(captioning.caption_loss(scores, words, 0).item(), expected.item(), rtol=1e-6)


def test_temperature_flattens_the_choice():
    scores = torch.tensor([[1.0, 3.0, 2.0]]).repeat(4000, 1)
    assert (captioning.next_word(scores) == 1).all()
    for temperature in (0.5, 2.0):
        generator = torch.Generator().manual_seed(0)
        drawn = captioning.next_word(scores, temperature, generator).flatten().bincount(minlength=3) / 4000
        assert_allclose(array(drawn), array((scores[0] / temperature).softmax(0)), atol=0.03)


def test_the_net_draws_from_its_own_generator():
    model = CaptioningTransformer(WORDS, 5, 8, 2, 1, 20)
    draw = lambda n: model.sample(torch.ones(4, 5), 12, temperature=1.0, generator=torch.Generator().manual_seed(n))
    assert (draw(1) == draw(1)).all() and (draw(1) != draw(2)).any()
    words = draw(1)
    for caption in words:  # behind <END> there is nothing
        ends = np.flatnonzero(caption == WORDS["<END>"])
        assert not len(ends) or (caption[ends[0] + 1 :] == 0).all()


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
@pytest.mark.usefixtures("float64")
def test_the_recurrent_net_is_the_numpy_net(cell_type):
    theirs = NumpyRNN(WORDS, 5, 4, 3, cell_type, np.float64, rng=0)
    ours = CaptioningRNN(WORDS, 5, 4, 3, cell_type, torch.float64)
    assert list(ours.params) == list(theirs.params)
    assert [p.shape for p in ours.params.values()] == [p.shape for p in theirs.params.values()]
    ours.params = {name: torch.tensor(value, requires_grad=True) for name, value in theirs.params.items()}
    features, captions = np.random.default_rng(1).standard_normal((2, 5)), np.array([[1, 3, 4, 2, 0], [1, 3, 4, 5, 2]])
    loss, grads = theirs.loss(features, captions)
    found = ours.loss(torch.tensor(features), torch.tensor(captions))
    found.backward()
    assert found.item() == pytest.approx(loss, rel=1e-12)
    for name, p in ours.params.items():
        assert_allclose(array(p.grad), grads[name], rtol=0, atol=1e-10)
    assert (array(ours.sample(torch.tensor(features), 6)) == theirs.sample(features, 6)).all()


# errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MultiHeadAttention(8, 3), "3 heads of 8 numbers; use a divisor"),
        (lambda: PositionalEncoding(4, max_len=3)(torch.ones(1, 5, 4)), "5 places; the table has 3, set by max_len"),
        (lambda: PatchEmbedding(8, 3), "patches of 3 in pictures of 8; use a divisor"),
        (lambda: PatchEmbedding(8, 4)(torch.ones(1, 3, 4, 8)), r"x is \(1, 3, 4, 8\); this net takes 8 x 8"),
        (lambda: transformer.patchify(torch.ones(1, 1, 4, 5), 2), "patches of 2 do not fill 4 x 5 pixels"),
        (lambda: CaptioningTransformer({"a": 0}, 5, 8), 'no "<NULL>"'),
        (lambda: CaptioningTransformer(WORDS, 5, 8)(torch.ones(5), torch.ones(1, 2).long()), r"features are \(5,\)"),
        (
            lambda: CaptioningTransformer({"<NULL>": 0}, 5, 8).sample(torch.ones(1, 5)),
            'temperature is 0.0, "<START>" is',
        ),
        (lambda: CaptioningTransformer(WORDS, 5, 8).sample(torch.ones(1, 5), temperature=-1), "temperature is -1"),
        (lambda: CaptionBatches(np.ones((2, 3)), np.ones((2, 4)), np.array([0, 0])), "2 pictures; give each of them"),
        (lambda: CaptioningRNN(WORDS, cell_type="gru"), "cell_type is 'gru'"),
        (lambda: CaptioningRNN({"<NULL>": 0}).sample(torch.ones(1, 512)), 'no "<START>"'),
    ],
)
def test_errors_say_what_was_given_and_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_query_without_a_key_is_refused():
    x, mask = torch.ones(1, 3, 4), torch.tensor([[1, 0, 0], [1, 1, 0], [0, 0, 0]])
    with pytest.raises(ValueError, match=r"leaves query \[2\] no key"):
        MultiHeadAttention(4, 1)(x, x, x, mask)
