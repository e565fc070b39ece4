"""Labels from the data itself: hide a part, words of a sentence or patches of a picture, and guess it from the rest.

Sources: Devlin et al. 2019, BERT: Pre-training of Deep Bidirectional Transformers; He et al. 2022, Masked Autoencoders
Are Scalable Vision Learners.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cs231n_lib.data import grammar, scenes
from cs231n_lib.data.captions import IDX_TO_WORD, encode
from cs231n_lib.pytorch.simclr import RandomBatches
from cs231n_lib.pytorch.training import Trainer
from cs231n_lib.pytorch.transformer import (
    PatchEmbedding,
    PositionalEncoding,
    TransformerEncoder,
    TransformerEncoderLayer,
    patchify,
    unpatchify,
)

# words -------------------------------------------------------------------------------------------------------------


def mask_tokens(
    tokens: Tensor, share: float, mask_id: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Hide each word with probability `share`; 0 is padding and is never hidden.

    Shapes: tokens (N, T), word numbers.
    Settings: share, 0..1;  mask_id, the number that stands for a hidden word;  generator, default PyTorch's own.
    Returns: masked (N, T), the tokens with mask_id at hidden places; mask (N, T), True where hidden.
    Raises: ValueError for a share outside 0..1.
    """
    _check_share("mask_tokens: share", share)
    mask = (torch.rand(tokens.shape, generator=generator) < share) & (tokens != 0)
    return tokens.masked_fill(mask, mask_id), mask


def mask_one_token(
    tokens: Tensor, allowed: Tensor, mask_id: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Hide one word of each row, any of those that `allowed` (N, T) marks with True; otherwise as `mask_tokens`."""
    place = torch.multinomial(allowed.float(), 1, generator=generator)  # (N, 1)
    mask = torch.zeros_like(tokens, dtype=torch.bool).scatter(1, place, True)
    return tokens.masked_fill(mask, mask_id), mask


def masked_language_loss(scores: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """Compute the mean cross-entropy of the hidden words; the visible ones are not graded.

    Shapes: scores (N, T, V), tokens (N, T) as they were before hiding, mask (N, T), True where hidden.
    Raises: ValueError if nothing is hidden.
    """
    mask = mask.bool()
    if not mask.any():
        raise ValueError("masked_language_loss: no word is hidden; a mean over nothing is no loss")
    return F.cross_entropy(scores[mask], tokens[mask])


class MaskedLanguageModel(nn.Module):
    """Score every word at every place, from all places at once: embedding, positions, encoder, linear layer.

    Shapes: tokens (N, T), 0 for padding, which no place looks at -> scores (N, T, num_tokens).
    Settings: num_tokens, the one for hidden words included; max_length, the longest row (default 40); the others as in
        `TransformerEncoderLayer`, embed_dim 64, num_layers 2, num_heads 4, dim_feedforward 128, dropout 0 by default.
    """

    def __init__(
        self,
        num_tokens: int,
        max_length: int = 40,
        embed_dim: int = 64,
        num_layers: int = 2,
        num_heads: int = 4,
        dim_feedforward: int = 128,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.embedding = nn.Embedding(num_tokens, embed_dim)
        self.positional_encoding = PositionalEncoding(embed_dim, dropout, max_length)
        layer = TransformerEncoderLayer(embed_dim, num_heads, dim_feedforward, dropout)
        self.encoder = TransformerEncoder(layer, num_layers)
        self.output = nn.Linear(embed_dim, num_tokens)

    def forward(self, tokens: Tensor) -> Tensor:
        words = (tokens != 0)[:, None, None, :]  # (N, 1, 1, T): what every place may look at
        return self.output(self.encoder(self.positional_encoding(self.embedding(tokens)), words))


# two sentences about one scene -------------------------------------------------------------------------------------

MASK = len(IDX_TO_WORD)  # the number of a hidden word, one above all words
LONGEST = 11  # words of a sentence, <END> included
_TURNED = {"left of": "right of", "right of": "left of", "above": "below", "below": "above", "and": "and"}


def sentence_pairs(split: str, num: int, seed: int = 0) -> list[tuple[str, str]]:
    """Draw `num` scenes of two objects and write two sentences about each, two of its five at random."""
    spec, generator = scenes.draw_captioned(split, num), torch.Generator().manual_seed(seed)
    chosen = torch.rand(num, 5, generator=generator).argsort(dim=1)[:, :2].tolist()
    return [(grammar.sentence(spec, i, a), grammar.sentence(spec, i, b)) for i, (a, b) in enumerate(chosen)]


def encode_pairs(pairs: Iterable[tuple[str, str]]) -> Tensor:
    """Turn pairs of sentences into word numbers, (N, 22): 11 places for each, its words, <END>, then 0."""
    halves = zip(*pairs, strict=True)
    return torch.cat([torch.from_numpy(encode(half))[:, 1 : 1 + LONGEST].long() for half in halves], dim=1)


def may_hide(tokens: Tensor) -> Tensor:
    """Mark with True the words of the first sentence of each row (N, 22); <END> and padding may not be hidden."""
    words = tokens >= IDX_TO_WORD.index("a")
    words[:, LONGEST:] = False
    return words


def clue(sentence: str, place: int, other: str) -> tuple[str, str]:
    """Say of which kind a word is, and everything in the rest of both sentences that tells which word it is.

    Colours, shapes, articles and "of" can be told for certain: both sentences name both objects, by colour and shape.
    Whether an object is small or large is told only if the other sentence says so, and a relation by the other's.
    """
    word, nouns, others = sentence.split()[place], *(grammar.parse(text) for text in (sentence, other))
    if nouns is None or others is None:
        raise ValueError(f"clue: {sentence!r} and {other!r}; use two sentences of the grammar")
    if word in grammar.SIZES:
        noun = nouns[0][int(place > 1)]  # a size is the second word of its noun
        return "size", str(next(said.size for said in others[0] if said.shape == noun.shape))
    if word in {relation.split()[0] for relation in grammar.RELATIONS}:
        same_order = others[0][0].shape == nouns[0][0].shape
        seen = others[1] if same_order else _TURNED[str(others[1])]
        return "relation", f"{'... of' if word in ('left', 'right') else '...'}, other: {seen}"
    kinds = {"article": ("a", "an"), "colour": scenes.COLOUR_NAMES, "of": ("of",)}
    return next((kind for kind, words in kinds.items() if word in words), "shape"), word


def entropy_floors(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Measure what no net can know: for each kind of word its share, and its mean entropy given its clue, in nats.

    A word of the first sentence is hidden, each with the same chance. Counted over the pairs, so the more, the better.
    """
    weights: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for sentence, other in pairs:
        words = sentence.split()
        for place, word in enumerate(words):
            weights[clue(sentence, place, other)][word] += 1 / len(words)
    total = sum(sum(of_words.values()) for of_words in weights.values())
    floors: dict[str, tuple[float, float]] = {}
    for (kind, _), of_words in weights.items():
        share, nats = floors.get(kind, (0.0, 0.0))
        here = sum(of_words.values())
        entropy = -sum(n / here * math.log(n / here) for n in of_words.values())
        floors[kind] = (share + here / total, nats + here / total * entropy)
    return {kind: (share, nats / share) for kind, (share, nats) in floors.items()}


# patches -----------------------------------------------------------------------------------------------------------


def random_masking(
    x: Tensor, mask_ratio: float, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Shuffle the patches of each picture and keep the first ones; the others are hidden.

    Shapes: x (N, L, D), L patches of D numbers.  mask_ratio: share of the patches to hide, 0..1.
    Returns: kept (N, K, D), K = int(L * (1 - mask_ratio)); mask (N, L), 1 where hidden, 0 where kept; ids_restore
        (N, L): the shuffled patches, read in this order, are in their old places (`unshuffle`).
    Raises: ValueError for a ratio outside 0..1.
    """
    _check_share("random_masking: mask_ratio", mask_ratio)
    N, L, D = x.shape
    keep = int(L * (1 - mask_ratio))
    ids_shuffle = torch.rand(N, L, generator=generator).argsort(dim=1)
    ids_restore = ids_shuffle.argsort(dim=1)
    kept = x.gather(1, ids_shuffle[:, :keep, None].expand(N, keep, D))
    return kept, (ids_restore >= keep).to(x.dtype), ids_restore


def unshuffle(kept: Tensor, filler: Tensor, ids_restore: Tensor) -> Tensor:
    """Put kept patches back in their places, and the filler where one was hidden.

    Shapes: kept (N, K, D), filler (D,), ids_restore (N, L) -> (N, L, D).
    """
    (N, K, D), L = kept.shape, ids_restore.shape[1]
    row = torch.cat([kept, filler.expand(N, L - K, D)], dim=1)  # (N, L, D), still shuffled
    return row.gather(1, ids_restore[:, :, None].expand(N, L, D))


def masked_patch_loss(prediction: Tensor, patches: Tensor, mask: Tensor) -> Tensor:
    """Compute the mean over the hidden patches of their pixels' mean squared error.

    Shapes: prediction and patches (N, L, D), mask (N, L), 1 where hidden.
    Raises: ValueError if nothing is hidden.
    """
    if not mask.any():
        raise ValueError("masked_patch_loss: no patch is hidden; a mean over nothing is no loss")
    errors = (prediction - patches).square().mean(dim=-1)  # (N, L)
    return (errors * mask).sum() / mask.sum()


class MaskedAutoencoder(nn.Module):
    """Rebuild pictures from a few of their patches: the encoder reads the visible ones alone, a small decoder all.

    Shapes: x (N, in_channels, img_size, img_size) -> prediction (N, L, D), mask (N, L), 1 where hidden; L patches of
        D = in_channels * patch_size^2 pixels.
    Settings: mask_ratio, share of the patches to hide (default .75); sizes of the encoder as in `VisionTransformer`;
        decoder_dim (default 64) and decoder_layers (default 1) of the decoder.
    """

    def __init__(
        self,
        img_size: int = 32,
        patch_size: int = 4,
        in_channels: int = 3,
        embed_dim: int = 96,
        num_layers: int = 3,
        num_heads: int = 4,
        decoder_dim: int = 64,
        decoder_layers: int = 1,
        mask_ratio: float = 0.75,
    ):
        super().__init__()
        self.patch_size, self.mask_ratio = patch_size, mask_ratio
        self.patch_embed = PatchEmbedding(img_size, patch_size, in_channels, embed_dim)
        L = self.patch_embed.num_patches
        self.positions = PositionalEncoding(embed_dim, 0.0, L)
        self.encoder = TransformerEncoder(TransformerEncoderLayer(embed_dim, num_heads, 2 * embed_dim, 0.0), num_layers)
        self.to_decoder = nn.Linear(embed_dim, decoder_dim)
        self.mask_token = nn.Parameter(torch.zeros(decoder_dim))
        self.decoder_positions = PositionalEncoding(decoder_dim, 0.0, L)
        layer = TransformerEncoderLayer(decoder_dim, num_heads, 2 * decoder_dim, 0.0)
        self.decoder = TransformerEncoder(layer, decoder_layers)
        self.to_pixels = nn.Linear(decoder_dim, in_channels * patch_size**2)

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        centred = 4 * x - 2  # about as large as the positions that are added, or the net hears those alone
        tokens = self.positions(self.patch_embed(centred))  # (N, L, E): a patch knows its place before the shuffle
        kept, mask, ids_restore = random_masking(tokens, self.mask_ratio, generator)
        seen = self.to_decoder(self.encoder(kept))  # (N, K, E'): only the visible patches are read
        whole = self.decoder_positions(unshuffle(seen, self.mask_token, ids_restore))  # (N, L, E')
        return (self.to_pixels(self.decoder(whole)) + 2) / 4, mask

    def loss(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Compute the mean squared error of the hidden patches of pictures x."""
        prediction, mask = self(x, generator)
        return masked_patch_loss(prediction, patchify(x, self.patch_size), mask)

    @torch.no_grad()
    def rebuild(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Return pictures as the net sees them, hidden patches grey, and as it rebuilds them, visible ones as given."""
        prediction, mask = self(x, generator)
        patches, hidden = patchify(x, self.patch_size), mask[:, :, None] > 0
        pictures = (torch.where(hidden, guess, patches) for guess in (torch.full_like(patches, 0.5), prediction))
        seen, rebuilt = (unpatchify(picture, self.patch_size, x.shape[2]) for picture in pictures)
        return seen, rebuilt


# training ----------------------------------------------------------------------------------------------------------


def trainer_of(
    model: nn.Module,
    loss: Callable[[Tensor], Tensor],
    num_rows: int,
    *,
    num_epochs: int,
    batch_size: int = 64,
    learning_rate: float = 4e-3,
    seed: int = 0,
    bar: bool = True,
) -> Trainer:
    """Return a Trainer that lowers loss(rows), rows a batch of numbers 0..num_rows - 1, with Adam.

    learning_rate: the highest; it rises during the first fifth of the steps and falls to 0 in the others.
    """
    batches = RandomBatches(num_rows, batch_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    steps = num_epochs * len(batches)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps, pct_start=0.2)

    def step(rows: Tensor) -> Tensor:
        value = loss(rows)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
        return value.detach()

    parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
    return Trainer(step, batches, parts, num_epochs, seed=seed, bar=bar)


def _check_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is {share}; use a share from 0 to 1")
