"""Topic 16: the contrastive loss of SimCLR (PyTorch tensors)."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..modules import on_cpu, tensor
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.simclr"
LIBRARY = "cs231n_lib.pytorch.simclr"


def views(seed, N, D):
    """Return two views of N pictures; vectors of different lengths."""
    rng = np.random.default_rng(seed)
    left = rng.standard_normal((N, D)) * rng.uniform(0.5, 3, (N, 1))
    return {"out_left": tensor(left), "out_right": tensor(left + rng.standard_normal((N, D)))}


def contrast(fn, out_left, out_right, tau):
    """Play a loss of pairs of views, on the processor whatever device it has as its default."""
    return fn(out_left, out_right, tau, **on_cpu(fn))


def loss_cases():
    """tau 1 and not, as many pictures as numbers.

    Not one pair alone: it costs exactly 0, whatever the views are, and what a right loss gives is rounding.
    """
    return [
        case("3 pairs and tau 0.5", **views(1, 3, 4), tau=0.5),
        case("3 pairs and tau 1", **views(2, 3, 5), tau=1.0),
        case("4 pairs of 4 numbers and tau 2", **views(3, 4, 4), tau=2.0),
        case("6 pairs and tau 0.2", **views(5, 6, 3), tau=0.2),
        case("2 pairs and tau 0.3", **views(6, 2, 3), tau=0.3),
    ]


def pair_cases():
    """The same views without tau."""
    return [
        *(case(f"{N} pairs of {D} numbers", **views(s, N, D)) for s, N, D in ((1, 3, 4), (2, 4, 4), (4, 6, 2))),
        edge("one pair alone", **views(3, 1, 5)),
    ]


def vector_cases():
    """Two vectors: by hand, opposite, random ones of different lengths."""
    rng = np.random.default_rng(6)
    pairs = [
        ("vectors by hand", [3.0, 4], [4.0, 3]),
        ("opposite vectors", [1.0, 2, 2], [-2.0, -4, -4]),
        ("random vectors", 3 * rng.standard_normal(5), rng.standard_normal(5)),
    ]
    return [case(label, z_i=tensor(a), z_j=tensor(b)) for label, a, b in pairs]


def matrix_cases():
    """Rows of different lengths, as many rows as numbers, two rows."""
    rng = np.random.default_rng(7)
    rows = [
        (kind, f"{N} rows of {D} numbers", tensor(2 * rng.standard_normal((N, D))))
        for kind, N, D in ((case, 4, 3), (case, 6, 6), (edge, 2, 5), (case, 8, 2))
    ]
    return [kind(label, out=out) for kind, label, out in rows]


def caption_cases():
    """Pictures and captions as vectors: sizes unlike and alike, large and small tau, one pair."""
    names = {"out_left": "pictures", "out_right": "captions"}
    sizes = [(1, 3, 4, 0.5), (2, 4, 4, 1.0), (3, 6, 3, 0.2), (4, 5, 7, 2.0), (5, 1, 3, 0.3)]
    return [
        (edge if N == 1 else case)(
            f"{N} pairs and tau {tau:g}" if N > 1 else "one pair alone",
            **{names[k]: v for k, v in views(seed, N, D).items()},
            tau=tau,
        )
        for seed, N, D, tau in sizes
    ]


def loss(name, why, long_case=None):
    """Return the exercise of one form of the loss."""
    return Exercise(
        name,
        f"{LIBRARY}:{name}",
        ("loss",),
        loss_cases,
        "Five sets of pairs, tau from 0.2 to 2.",
        why,
        catalogue.rows("simclr.simclr_loss"),
        f"{PLAIN}:simclr_loss",
        play=contrast,
        long_case=long_case,
        max_lines=60,
    )


EXERCISES = [
    Exercise(
        "sim",
        f"{LIBRARY}:sim",
        ("cosine",),
        vector_cases,
        "Three pairs of vectors: by hand, opposite, random.",
        "Length does not count, only direction.",
        catalogue.rows("simclr.sim"),
        f"{PLAIN}:sim",
    ),
    loss("simclr_loss_naive", "With tau far from 1 a forgotten tau shows; with tau = 1 it does not."),
    Exercise(
        "sim_positive_pairs",
        f"{LIBRARY}:sim_positive_pairs",
        ("pairs",),
        pair_cases,
        "Four sets of pairs, as many pictures as numbers among them.",
        "Each row meets its twin alone; the matrix of all pairs is another function.",
        catalogue.rows("simclr.sim_positive_pairs"),
        f"{PLAIN}:sim_positive_pairs",
    ),
    Exercise(
        "compute_sim_matrix",
        f"{LIBRARY}:compute_sim_matrix",
        ("matrix",),
        matrix_cases,
        "Four sets of rows of different lengths.",
        "Normalise first, and one matrix product gives every cosine.",
        catalogue.rows("simclr.compute_sim_matrix"),
        f"{PLAIN}:compute_sim_matrix",
    ),
    loss(
        "simclr_loss_vectorized",
        "Exponentials of the whole matrix, less its diagonal: nobody is their own rival.",
        lambda: case("long", **views(9, 40, 3), tau=0.5),
    ),
    Exercise(
        "clip_loss",
        f"{PLAIN}:clip_loss",
        ("loss",),
        caption_cases,
        "Five sets of pictures and captions, tau from 0.2 to 2, one pair alone.",
        "One matrix of scores, read along its rows and along its columns: both sides look for their partner.",
        catalogue.rows("simclr.clip_loss"),
    ),
    LineOrder(
        "simclr_lines",
        "simclr_loss_vectorized",
        "def simclr_loss_vectorized(out_left, out_right, tau):",
        (
            "others = exp.sum(dim=1) - exp.diagonal()",
            "exp = (out @ out.T / tau).exp()",
            "return -(twin / others).log().mean()",
            "out = torch.cat([out_left, out_right])",
            "others = exp.sum(dim=1)",
            "twin = exp.roll(len(out_left), 0).diagonal()",
            "out = out / out.norm(dim=1, keepdim=True)",
        ),
        (4, 7, 2, 1, 6, 3),
        "Normalise, compare, exponentiate; then the twin against all others, nobody against themselves.",
        imports="import torch",
    ),
    FindMistake(
        "simclr_mistake",
        """
        def simclr_loss(out_left, out_right, tau):
            N = len(out_left)
            out = torch.cat([out_left, out_right])
            out = out / out.norm(dim=1, keepdim=True)
            scores = out @ out.T / tau
            scores.fill_diagonal_(-torch.inf)
            twins = torch.arange(2 * N).roll(N)
            return F.cross_entropy(scores, twins)
        """,
        "scores.fill_diagonal_(-torch.inf)",
        "scores.fill_diagonal_(0)",
        "each view's score with itself is 0, so it is still among the rivals",
        "What is exp of the score of a view with itself, and what should its share in the sum be?",
        "exp(0) is 1, not 0: the score of a view with itself has to be minus infinity to leave the sum.",
    ),
]
