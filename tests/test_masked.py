"""Hidden words and patches: what is hidden, what is graded, the way back, and how little can be known at best."""

import math

import numpy as np
import pytest
import torch

from cs231n_lib.data import grammar
from cs231n_lib.pytorch import masked
from cs231n_lib.pytorch.transformer import patchify


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def texts():
    return masked.sentence_pairs("train", 600)


# hiding words ------------------------------------------------------------------------------------------------------


def test_a_share_of_the_words_is_hidden_and_never_padding():
    tokens = torch.randint(1, 30, (400, 12), generator=seeded())
    tokens[:, 9:] = 0
    hidden, mask = masked.mask_tokens(tokens, 0.3, 99, seeded(1))
    assert mask[:, 9:].sum() == 0
    assert mask[:, :9].float().mean().item() == pytest.approx(0.3, abs=0.03)
    assert (hidden[mask] == 99).all() and torch.equal(hidden[~mask], tokens[~mask])
    assert (tokens != 99).all(), "the true words were written to"


def test_one_word_of_each_row_is_hidden_and_each_allowed_one_as_often():
    tokens = torch.arange(1, 7).repeat(3000, 1)
    allowed = torch.tensor([False, True, True, False, True, False]).repeat(3000, 1)
    hidden, mask = masked.mask_one_token(tokens, allowed, 99, seeded())
    assert torch.equal(mask.sum(dim=1), torch.ones(3000, dtype=torch.long))
    torch.testing.assert_close(mask.float().mean(0), torch.tensor([0, 1, 1, 0, 1, 0]) / 3, atol=0.03, rtol=0)
    assert (hidden[mask] == 99).all() and torch.equal(hidden[~mask], tokens[~mask])


def test_only_hidden_words_are_graded():
    scores = torch.randn(3, 5, 7, generator=seeded(), dtype=torch.float64, requires_grad=True)
    tokens = torch.randint(7, (3, 5), generator=seeded())
    mask = torch.zeros(3, 5, dtype=torch.bool)
    mask[0, 1] = mask[0, 4] = mask[2, 2] = True
    loss = masked.masked_language_loss(scores, tokens, mask)
    p = scores.softmax(dim=-1)
    by_hand = -sum(p[n, t, tokens[n, t]].log() for n, t in ((0, 1), (0, 4), (2, 2))) / 3
    torch.testing.assert_close(loss, by_hand)
    (gradient,) = torch.autograd.grad(loss, scores)
    assert torch.equal(gradient.abs().sum(dim=-1) > 0, mask)


def test_padding_changes_no_score():
    torch.manual_seed(0)
    model = masked.MaskedLanguageModel(20, max_length=9).eval()
    tokens = torch.randint(1, 20, (4, 6), generator=seeded())
    longer = torch.cat([tokens, torch.zeros(4, 3, dtype=torch.long)], dim=1)
    torch.testing.assert_close(model(longer)[:, :6], model(tokens), atol=1e-5, rtol=1e-4)


def test_every_place_sees_both_sides():
    torch.manual_seed(0)
    model = masked.MaskedLanguageModel(20, max_length=9).eval()
    tokens = torch.randint(1, 20, (1, 9), generator=seeded())
    for changed, looked_at in ((0, 8), (8, 0)):
        other = tokens.clone()
        other[0, changed] = tokens[0, changed] % 19 + 1
        assert (model(other)[0, looked_at] - model(tokens)[0, looked_at]).abs().max() > 1e-4


# two sentences -----------------------------------------------------------------------------------------------------


def nouns_of(text):
    parsed = grammar.parse(text)
    assert parsed is not None
    return parsed[0]


def test_both_sentences_are_true_of_one_scene_and_one_may_be_hidden(texts):
    tokens = masked.encode_pairs(texts)
    assert tokens.shape == (600, 2 * masked.LONGEST) and tokens.max() < masked.MASK
    for a, b in texts[:100]:
        nouns_a, nouns_b = (sorted((n.colour, n.shape) for n in nouns_of(text)) for text in (a, b))
        assert nouns_a == nouns_b
    allowed = masked.may_hide(tokens)
    assert not allowed[:, masked.LONGEST :].any()
    assert torch.equal(allowed.sum(1), torch.tensor([len(a.split()) for a, _ in texts]))


def test_pairs_are_drawn_from_the_seed_alone(texts):
    assert masked.sentence_pairs("train", 600) == texts != masked.sentence_pairs("train", 600, seed=1)


@pytest.mark.parametrize(
    ("sentence", "place", "other", "expected"),
    [
        ("a red ring above a small blue star", 1, "a blue star and a red ring", ("colour", "red")),
        ("a red ring above a small blue star", 0, "a blue star and a red ring", ("article", "a")),
        ("a red ring above a small blue star", 7, "a blue star and a red ring", ("shape", "star")),
        ("a red ring above a small blue star", 5, "a blue star and a red ring", ("size", "None")),
        ("a red ring above a small blue star", 5, "a small blue star and a red ring", ("size", "small")),
        ("a large red ring above a small blue star", 1, "a small blue star and a red ring", ("size", "None")),
        ("a red ring above a blue star", 3, "a blue star below a red ring", ("relation", "..., other: above")),
        ("a red ring left of a blue star", 3, "a red ring and a blue star", ("relation", "... of, other: and")),
        ("a red ring left of a blue star", 4, "a red ring and a blue star", ("of", "of")),
    ],
)
def test_the_clue_of_a_word(sentence, place, other, expected):
    assert masked.clue(sentence, place, other) == expected


def test_the_floor_of_what_can_be_known():
    floors = masked.entropy_floors(masked.sentence_pairs("train", 4000))
    assert sum(share for share, _ in floors.values()) == pytest.approx(1)
    for kind in ("colour", "shape", "article", "of"):
        assert floors[kind][1] == 0
    # The other sentence names the size of its first object in 7 cases of 10, of its second in 5; else it is a coin.
    assert floors["size"][1] == pytest.approx(0.4 * math.log(2), abs=0.03)
    assert 0.2 < floors["relation"][1] < 0.6


def test_no_guesser_that_knows_the_clue_beats_the_floor(texts):
    """Train a table of counts on half of the pairs; its cost on the other half lies above the floor, not far."""
    floors = masked.entropy_floors(texts)
    floor = sum(share * nats for share, nats in floors.values())
    counts: dict[tuple, dict[str, int]] = {}
    cost, number = 0.0, 0
    for half, (a, b) in enumerate(texts):
        for place, word in enumerate(a.split()):
            row = counts.setdefault(masked.clue(a, place, b), {})
            if half < 300:
                row[word] = row.get(word, 0) + 1
            else:
                cost -= math.log((row.get(word, 0) + 0.1) / (sum(row.values()) + 0.3))
                number += 1
    assert floor - 0.02 < cost / number < floor + 0.06


def test_a_small_net_learns_to_read_the_other_sentence():
    texts = masked.sentence_pairs("train", 1500)
    tokens = masked.encode_pairs(texts)
    torch.manual_seed(0)
    model = masked.MaskedLanguageModel(masked.MASK + 1, max_length=22, embed_dim=32, dim_feedforward=64)

    def loss(rows):
        hidden, mask = masked.mask_one_token(tokens[rows], masked.may_hide(tokens[rows]), masked.MASK)
        return masked.masked_language_loss(model(hidden), tokens[rows], mask)

    trainer = masked.trainer_of(model, loss, 1500, num_epochs=3, batch_size=50, bar=False)
    trainer.train()
    losses = trainer.history["loss"]
    assert len(losses) == 90 and np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])


# patches -----------------------------------------------------------------------------------------------------------


def test_kept_and_filler_go_back_to_their_places():
    x = torch.randn(5, 12, 3, generator=seeded())
    kept, mask, ids_restore = masked.random_masking(x, 0.75, seeded(1))
    assert kept.shape == (5, 3, 3) and torch.equal(mask.sum(1), torch.full((5,), 9.0))
    filler = torch.full((3,), 7.0)
    back = masked.unshuffle(kept, filler, ids_restore)
    hidden = mask[:, :, None] > 0
    assert torch.equal(back, torch.where(hidden, filler, x))
    assert not torch.equal(mask[0], mask[1]), "all pictures hide the same patches"


def test_only_hidden_patches_are_graded():
    prediction, patches = torch.randn(2, 4, 6, 5, generator=seeded(), dtype=torch.float64)
    mask = torch.zeros(4, 6, dtype=torch.float64)
    mask[0, 2] = mask[3, 5] = mask[3, 1] = 1
    by_hand = sum(((prediction - patches)[n, k] ** 2).mean() for n, k in ((0, 2), (3, 5), (3, 1))) / 3
    torch.testing.assert_close(masked.masked_patch_loss(prediction, patches, mask), by_hand)
    prediction[mask == 0] += 9
    torch.testing.assert_close(masked.masked_patch_loss(prediction, patches, mask), by_hand)


@pytest.fixture
def autoencoder():
    torch.manual_seed(0)
    return masked.MaskedAutoencoder(16, 4, embed_dim=32, num_layers=1, decoder_dim=16, mask_ratio=0.5)


def test_hidden_pixels_have_no_say(autoencoder):
    """The encoder reads visible patches only: changing the hidden ones changes no prediction."""
    x = torch.rand(3, 3, 16, 16, generator=seeded())
    prediction, mask = autoencoder(x, seeded(1))
    noise = torch.rand(x.shape, generator=seeded(2))
    hidden = masked.unpatchify(mask[:, :, None].expand(3, 16, 48), 4, 16)
    changed, _ = autoencoder(torch.where(hidden > 0, noise, x), seeded(1))
    torch.testing.assert_close(changed, prediction)
    other, _ = autoencoder(torch.where(hidden > 0, x, noise), seeded(1))
    assert (other - prediction).abs().max() > 1e-3


def test_rebuilt_pictures_keep_what_was_visible(autoencoder):
    x = torch.rand(3, 3, 16, 16, generator=seeded())
    seen, rebuilt = autoencoder.rebuild(x, seeded(1))
    _, mask = autoencoder(x, seeded(1))
    visible = mask == 0
    for pictures in (seen, rebuilt):
        assert torch.equal(patchify(pictures, 4)[visible], patchify(x, 4)[visible])
    assert (patchify(seen, 4)[~visible] == 0.5).all() and not rebuilt.requires_grad


def test_the_autoencoder_beats_one_colour(autoencoder):
    """On pictures of two flat halves, what is hidden can be rebuilt from what is seen."""
    halves = torch.rand(200, 3, 1, 2, generator=seeded()).repeat_interleave(8, dim=3).expand(200, 3, 16, 16)
    trainer = masked.trainer_of(
        autoencoder, lambda rows: autoencoder.loss(halves[rows]), 200, num_epochs=60, batch_size=50, bar=False
    )
    trainer.train()
    with torch.no_grad():
        assert autoencoder.loss(halves, seeded(1)) < 0.5 * halves.var()


# errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: masked.mask_tokens(torch.ones(2, 3), 1.5, 9), "share is 1.5; use a share from 0 to 1"),
        (lambda: masked.random_masking(torch.ones(2, 3, 4), -0.1), "mask_ratio is -0.1"),
        (
            lambda: masked.masked_language_loss(
                torch.ones(1, 2, 3), torch.zeros(1, 2).long(), torch.zeros(1, 2).bool()
            ),
            "no word is hidden",
        ),
        (
            lambda: masked.masked_patch_loss(torch.ones(1, 2, 3), torch.ones(1, 2, 3), torch.zeros(1, 2)),
            "no patch is hidden",
        ),
        (lambda: masked.clue("ring red a", 0, "a red ring"), "use two sentences of the grammar"),
    ],
)
def test_impossible_requests_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
