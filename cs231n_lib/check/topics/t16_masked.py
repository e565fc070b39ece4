"""Topic 16: labels from the data itself, hidden words and hidden patches (PyTorch tensors)."""

import numpy as np

from ..model import Exercise, Mistake, case, edge
from ..modules import mask_laws, seeded, tensor
from .t14_gan import gradients
from .t14_gan import tensor as exact

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


TOKENS = [
    Mistake(
        "16.t1", "the share is kept instead of hidden", "Is the share who stays or who goes?", "< share", ">= share"
    ),
    Mistake("16.t2", "padding is hidden as well", "Is silence worth guessing?", " & (tokens != 0)", ""),
    Mistake(
        "16.t3",
        "hidden words become 0, the padding",
        "How does the net know a hidden word from silence?",
        "tokens.masked_fill(hidden, mask_id)",
        "tokens.masked_fill(hidden, 0)",
    ),
    Mistake(
        "16.t4",
        "the visible words are replaced",
        "1 = hidden or visible?",
        "tokens.masked_fill(hidden, mask_id)",
        "tokens.masked_fill(~hidden, mask_id)",
    ),
    Mistake(
        "16.t5",
        "the same places are hidden in every sentence",
        "One draw for all, or one for each word?",
        "torch.rand(tokens.shape)",
        "torch.rand(tokens.shape[1])",
    ),
    Mistake(
        "16.t6",
        "the mask is True where a word is visible",
        "1 = hidden or visible?",
        "return masked, hidden",
        "return masked, ~hidden",
    ),
    Mistake(
        "16.t7",
        "the true tokens are written to: the answers are lost",
        "Who still needs the true words?",
        "tokens.masked_fill(",
        "tokens.masked_fill_(",
    ),
    Mistake(
        "16.t8",
        "normal numbers instead of uniform ones",
        "How often is a normal number below 0.2?",
        "torch.rand(",
        "torch.randn(",
    ),
    Mistake(
        "16.t9",
        "nothing is replaced",
        "What does the net read at a hidden place?",
        "tokens.masked_fill(hidden, mask_id)",
        "tokens",
    ),
    Mistake(
        "16.t10",
        "the same words are hidden at every call: the generator is set to one seed",
        "Call it twice. Which words are hidden the second time?",
        "    hidden = ",
        "    torch.manual_seed(0)\n    hidden = ",
    ),
    Mistake(
        "16.t11",
        "one draw for each sentence: all of its words are hidden, or none",
        "One draw for all, or one for each word?",
        "torch.rand(tokens.shape)",
        "torch.rand(len(tokens), 1)",
    ),
    Mistake(
        "16.t12",
        "the first words of each sentence are hidden, not random ones",
        "What makes the choice random?",
        "(torch.rand(tokens.shape) < share)",
        "(torch.arange(tokens.shape[1]) < share * tokens.shape[1])",
    ),
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


LANGUAGE = [
    Mistake(
        "16.u1",
        "all words are graded, the visible ones as well",
        "Which words are the question?",
        "(losses * mask).sum() / mask.sum()",
        "losses.mean()",
    ),
    Mistake(
        "16.u2",
        "the visible words are graded",
        "Which words are the question?",
        "(losses * mask).sum() / mask.sum()",
        "(losses * ~mask).sum() / (~mask).sum()",
    ),
    Mistake(
        "16.u3",
        "divided by the number of all words",
        "A mean over what: all words, or those asked for?",
        "/ mask.sum()",
        "/ mask.numel()",
    ),
    Mistake(
        "16.u4",
        "divided by the number of sentences",
        "A mean over what: sentences, or words asked for?",
        "/ mask.sum()",
        "/ len(mask)",
    ),
    Mistake(
        "16.u5", "a sum instead of a mean", "Take every sentence twice: should the loss double?", " / mask.sum()", ""
    ),
    Mistake(
        "16.u6",
        "each word is asked for the one before it",
        "Which word should a hidden place guess: its own, or a neighbour?",
        "tokens[:, :, None]",
        "tokens.roll(1, 1)[:, :, None]",
    ),
    Mistake(
        "16.u7",
        "the softmax runs over the places instead of the words",
        "Which numbers should sum to 1?",
        "log_softmax(dim=-1)",
        "log_softmax(dim=1)",
    ),
    Mistake(
        "16.u8",
        "the sign is turned round",
        "A log of a probability is never positive. Is a loss?",
        "losses = -logp",
        "losses = logp",
    ),
    Mistake(
        "16.u9",
        "the scores are taken for logs of probabilities",
        "Do exp(scores) sum to 1?",
        "scores.log_softmax(dim=-1)",
        "scores",
    ),
    Mistake(
        "16.u10",
        "the mean of the sentences' means, though they hide different numbers of words",
        "Does every hidden word count as much?",
        "(losses * mask).sum() / mask.sum()",
        "((losses * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()",
    ),
]

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


MASKING = [
    Mistake(
        "16.v1",
        "the ratio is kept instead of hidden",
        "Is mask_ratio who stays or who goes?",
        "int(L * (1 - mask_ratio))",
        "int(L * mask_ratio)",
    ),
    Mistake(
        "16.v2",
        "the mask is turned round: 1 where a patch is kept",
        "1 = hidden or kept?",
        "ids_restore >= keep",
        "ids_restore < keep",
    ),
    Mistake(
        "16.v3",
        "the same patches are hidden in all pictures",
        "One draw for all, or one for each picture?",
        "torch.rand(N, L)",
        "torch.rand(1, L).expand(N, L)",
    ),
    Mistake(
        "16.v4",
        "nothing is shuffled: the first patches are kept",
        "What makes the choice random?",
        "torch.rand(N, L).argsort(dim=1)",
        "torch.arange(L).expand(N, L)",
    ),
    Mistake(
        "16.v5",
        "ids_restore is the shuffle itself, not the way back",
        "You dealt the cards by one list. Which list puts them back?",
        "ids_shuffle.argsort(dim=1)\n",
        "ids_shuffle\n",
    ),
    Mistake(
        "16.v6",
        "the last patches of the shuffle are kept, the mask says the first",
        "Which end of the list is kept, and which end does the mask mean?",
        "ids_shuffle[:, :keep]",
        "ids_shuffle[:, L - keep :]",
    ),
    Mistake(
        "16.v7",
        "sorted over the pictures instead of the patches",
        "Which axis holds the patches?",
        "torch.rand(N, L).argsort(dim=1)",
        "torch.rand(N, L).argsort(dim=0) % L",
    ),
    Mistake(
        "16.v8",
        "the mask lies in shuffled order",
        "Column j of the mask: patch j, or the j-th of the shuffle?",
        "(ids_restore >= keep).float()",
        "(torch.arange(L) >= keep).float().expand(N, L)",
    ),
    Mistake(
        "16.v9",
        "hidden patches are set to 0 instead of left out",
        "What should the encoder not even have to read?",
        "return kept,",
        "return x * (1 - mask)[:, :, None],",
    ),
    Mistake(
        "16.v10",
        "the first patches are kept, while mask and ids_restore speak of random ones",
        "Which patches does the shuffle put first? Are they those you keep?",
        "kept = x.gather(1, ids_keep[:, :, None].expand(N, keep, D))",
        "kept = x[:, :keep]",
    ),
    Mistake(
        "16.v11",
        "the same patches are hidden at every call: the generator is set to one seed",
        "Call it twice. Which patches are hidden the second time?",
        "    ids_shuffle = ",
        "    torch.manual_seed(0)\n    ids_shuffle = ",
    ),
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


PATCHES = [
    Mistake(
        "16.w1",
        "all patches are graded, the visible ones as well",
        "Grade what was hidden.",
        "(errors * mask).sum() / mask.sum()",
        "errors.mean()",
    ),
    Mistake(
        "16.w2",
        "the visible patches are graded",
        "1 = hidden or kept?",
        "(errors * mask).sum() / mask.sum()",
        "(errors * (1 - mask)).sum() / (1 - mask).sum()",
    ),
    Mistake(
        "16.w3",
        "divided by the number of all patches",
        "A mean over what: all patches, or the hidden ones?",
        "/ mask.sum()",
        "/ mask.numel()",
    ),
    Mistake(
        "16.w4",
        "the squares of a patch are added, not averaged",
        "Twice as many pixels a patch: should the loss double?",
        ".mean(dim=-1)",
        ".sum(dim=-1)",
    ),
    Mistake(
        "16.w5",
        "absolute differences instead of squares",
        "Which power does the task name?",
        "(prediction - patches) ** 2",
        "(prediction - patches).abs()",
    ),
    Mistake(
        "16.w6",
        "a sum over the hidden patches instead of a mean",
        "Take every picture twice: should the loss double?",
        " / mask.sum()",
        "",
    ),
    Mistake(
        "16.w7",
        "the mean of the pictures' means, though they hide different numbers of patches",
        "Does every hidden patch count as much?",
        "(errors * mask).sum() / mask.sum()",
        "((errors * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()",
    ),
    Mistake(
        "16.w8",
        "the mean difference is squared",
        "Mean of squares, or square of the mean?",
        "((prediction - patches) ** 2).mean(dim=-1)",
        "(prediction - patches).mean(dim=-1) ** 2",
    ),
    Mistake(
        "16.w9",
        "divided by the number of pictures",
        "A mean over what: pictures, or hidden patches?",
        "/ mask.sum()",
        "/ len(mask)",
    ),
]


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
        TOKENS,
        hiding,
    ),
    exercise(
        "masked_language_loss",
        ("loss",),
        language_cases,
        "Four sets of sentences with different numbers of hidden words: loss and gradient.",
        "The visible words are given away, so only the hidden ones are graded.",
        LANGUAGE,
        guessing,
    ),
    exercise(
        "random_masking",
        ("kept", "mask", "ids_restore"),
        masking_cases,
        "Hundreds of pictures, three ratios, twelve calls: which are kept, where they belong, and chance.",
        "The encoder reads the kept patches alone: with three quarters hidden it has a quarter of the work.",
        MASKING,
        masking,
    ),
    exercise(
        "masked_patch_loss",
        ("loss",),
        patch_loss_cases,
        "Four sets of patches with different numbers hidden: loss and gradient.",
        "The visible patches could simply be copied, so only the hidden ones are graded.",
        PATCHES,
        rebuilding,
    ),
]
