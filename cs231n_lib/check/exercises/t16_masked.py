"""Topic 16: labels from the data itself, hidden words and hidden patches (PyTorch tensors)."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..modules import mask_laws, seeded, tensor
from .t14_gan_losses import gradients
from .t14_gan_losses import tensor as exact

PLAIN = "cs231n_lib.textbook.masked"
LIBRARY = "cs231n_lib.pytorch.masked"

# --- words -----------------------------------------------------------------------------------------------------------


CALLS = 12  # of a random function, each from another state of the generator


def hiding(fn, tokens, share, mask_id):
    """Play mask_tokens many times: what stands at hidden places and elsewhere, how many are hidden, where and when."""
    import torch

    with seeded():
        drawn = [[torch.as_tensor(part) for part in fn(tokens, share, mask_id)] for _ in range(CALLS)]
    found = {"shapes of both": [*drawn[0][0].shape, *drawn[0][1].shape]}
    if any(part.shape != tokens.shape for pair in drawn for part in pair):
        return found
    masked, hidden = (torch.stack(parts) for parts in zip(*drawn, strict=True))  # (calls, N, T)
    hidden, words = hidden.bool(), (tokens != 0).expand(len(drawn), -1, -1)
    tokens, half = tokens.expand(len(drawn), -1, -1), tokens.shape[1] // 2  # the first half of a row is words
    often = hidden[:, :, :half].double().mean(dim=(0, 1))  # how often each place is hidden
    return {
        **found,
        "share of the words that is hidden": np.round(hidden[words].double().mean().item(), 1),
        "hidden places that hold mask_id": int((masked[hidden] == mask_id).all()),
        "hidden places that still hold their word": int((masked[hidden] == tokens[hidden]).sum()),
        "other places as they were": int((masked[~hidden] == tokens[~hidden]).all()),
        "padding hidden": int(hidden[~words].any()),
        "every place is hidden as often": int((often - often.mean()).abs().max() < 0.1),
        **mask_laws(hidden[:, :, :half], ("calls", "sentences", "places")),
    }


def token_cases():
    """Sentences of unequal length, three shares."""

    def sentences(seed, N, T, share, mask_id):
        rng = np.random.default_rng(seed)
        tokens = rng.integers(1, 9, (N, T))
        tokens[np.arange(T) >= rng.integers(T // 2, T + 1, N)[:, None]] = 0
        return {"tokens": tensor(tokens, "int64"), "share": share, "mask_id": mask_id}

    return [
        case("a share of 0.2", **sentences(1, 60, 20, 0.2, 9)),
        case("a share of 0.7", **sentences(2, 50, 25, 0.7, 11)),
        case("a share of 0.5", **sentences(3, 60, 16, 0.5, 10)),
    ]


def language_cases():
    """Sentences with different numbers of hidden words, one in each, one alone, sizes alike."""

    def guesses(seed, N, T, V, hidden):
        rng = np.random.default_rng(seed)
        mask = rng.random((N, T)) < hidden
        mask[0, 1] = True
        return {
            "scores": exact(2 * rng.standard_normal((N, T, V))),
            "tokens": tensor(rng.integers(0, V, (N, T)), "int64"),
            "mask": tensor(mask, "bool"),
        }

    one_each = guesses(4, 3, 4, 6, 0.0)
    one_each["mask"] = tensor(np.eye(3, 4), "bool")
    return [
        case("a third of the words hidden", **guesses(1, 3, 5, 7, 0.3)),
        case("sizes alike", **guesses(2, 4, 4, 4, 0.5)),
        case("one word of each sentence hidden", **one_each),
        edge("one hidden word in all", **guesses(3, 2, 6, 5, 0.0)),
    ]


def guessing(fn, scores, tokens, mask):
    """Play the loss of the hidden words: its value and its gradient."""
    return gradients(lambda leaf: fn(leaf, tokens, mask), scores=scores)


# --- patches ---------------------------------------------------------------------------------------------------------


def masking(fn, x, mask_ratio):
    """Play random_masking many times: how many are kept, which, whether they find their places, whether by chance."""
    import torch

    with seeded():
        drawn = [[torch.as_tensor(part) for part in fn(x, mask_ratio)] for _ in range(CALLS)]
    N, L, D = x.shape
    kept, mask, ids_restore = drawn[0]
    found = {"shapes of all three": [*kept.shape, *mask.shape, *ids_restore.shape]}
    fits = kept.ndim == 3 and kept.shape[0] == N and kept.shape[1] <= L and kept.shape[2] == D
    if not fits or any(one.shape != (N, L) for _, *both in drawn for one in both):
        return found
    found |= kept_patches(x, kept, mask, ids_restore.long())
    masks = torch.stack([mask for _, mask, _ in drawn])  # (calls, N, L)
    often = masks.double().mean(dim=(0, 1))  # how often each patch is hidden
    return {
        **found,
        "hidden in all": mask.sum(),
        "every patch is hidden as often": int((often - often.mean()).abs().max() < 0.1),
        **mask_laws(masks, ("calls", "pictures")),
    }


def kept_patches(x, kept, mask, ids_restore):
    """Return which patches are kept, and whether mask and ids_restore say so."""
    import torch

    N, L, D = x.shape

    def picked(rows, ids):
        return rows.gather(1, ids.clamp(0, L - 1)[:, :, None].expand(-1, -1, D))

    row = torch.cat([kept, kept.new_zeros(N, L - kept.shape[1], D)], dim=1)
    place = ((picked(row, ids_restore) == x).all(dim=2) | (mask == 1)).all()
    found = {
        "kept patches back at their places": int(place),
        "kept patches are the first of each picture": int(torch.equal(kept, x[:, : kept.shape[1]])),
        "ids_restore lists the kept patches": int(torch.equal(kept, picked(x, ids_restore[:, : kept.shape[1]]))),
        "ids_restore holds each place once": int((ids_restore.sort(dim=1).values == torch.arange(L)).all()),
    }
    for flag in (0, 1):
        those = (x * (mask == flag)[:, :, None]).sum(dim=1)
        same = torch.allclose(kept.sum(dim=1), those, atol=1e-4)
        found[f"kept patches are those with mask {flag}"] = int(same)
    return found


def masking_cases():
    """Three quarters, a half and a quarter of the patches; many pictures, so that chance evens out."""
    shapes = [
        ("three quarters hidden", (100, 8, 3), 0.75),
        ("half hidden", (120, 6, 6), 0.5),
        ("a quarter hidden", (80, 12, 2), 0.25),
    ]
    return [
        case(label, x=tensor(np.random.default_rng(i).standard_normal(shape)), mask_ratio=ratio)
        for i, (label, shape, ratio) in enumerate(shapes)
    ]


def patch_loss_cases():
    """Pictures with different numbers of hidden patches, one in each, one alone, sizes alike."""

    def guesses(seed, N, L, D, hidden):
        rng = np.random.default_rng(seed)
        mask = rng.random((N, L)) < hidden
        mask[0, 1] = True
        return {
            "prediction": exact(rng.standard_normal((N, L, D))),
            "patches": exact(rng.standard_normal((N, L, D))),
            "mask": exact(mask),
        }

    one_each = guesses(4, 3, 4, 5, 0.0)
    one_each["mask"] = exact(np.eye(3, 4))
    return [
        case("two thirds of the patches hidden", **guesses(1, 3, 5, 4, 0.7)),
        case("sizes alike", **guesses(2, 4, 4, 4, 0.5)),
        case("one patch of each picture hidden", **one_each),
        edge("one hidden patch in all", **guesses(3, 2, 6, 3, 0.0)),
    ]


def rebuilding(fn, prediction, patches, mask):
    """Play the loss of the hidden patches: its value and its gradient."""
    return gradients(lambda leaf: fn(leaf, patches, mask), prediction=prediction)


def exercise(name, returns, cases, proof, why, mistakes, play):
    """Return an exercise of this file."""
    truth, plain = f"{LIBRARY}:{name}", f"{PLAIN}:{name}"
    return Exercise(name, truth, returns, cases, proof, why, mistakes, plain=plain, play=play)


EXERCISES = [
    exercise(
        "mask_tokens",
        ("masked", "mask"),
        token_cases,
        "Hundreds of sentences, three shares, twelve calls: what is hidden, how much, and what is not.",
        "Padding stays: a net that guesses silence learns nothing.",
        catalogue.rows("masked.mask_tokens"),
        hiding,
    ),
    exercise(
        "masked_language_loss",
        ("loss",),
        language_cases,
        "Four sets of sentences with different numbers of hidden words: loss and gradient.",
        "The visible words are given away, so only the hidden ones are graded.",
        catalogue.rows("masked.masked_language_loss"),
        guessing,
    ),
    exercise(
        "random_masking",
        ("kept", "mask", "ids_restore"),
        masking_cases,
        "Hundreds of pictures, three ratios, twelve calls: which are kept, where they belong, and chance.",
        "The encoder reads the kept patches alone: with three quarters hidden it has a quarter of the work.",
        catalogue.rows("masked.random_masking"),
        masking,
    ),
    exercise(
        "masked_patch_loss",
        ("loss",),
        patch_loss_cases,
        "Four sets of patches with different numbers hidden: loss and gradient.",
        "The visible patches could simply be copied, so only the hidden ones are graded.",
        catalogue.rows("masked.masked_patch_loss"),
        rebuilding,
    ),
]
