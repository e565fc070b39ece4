"""Topic 16: the contrastive loss of SimCLR (PyTorch tensors)."""

import numpy as np

from ..model import Exercise, Mistake, case, edge
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


LOSS = [
    Mistake("16.a", "each view is kept among its own rivals", "Is everybody their own rival?", " - exp.diagonal()", ""),
    Mistake(
        "16.b",
        "e is taken off instead of e^(1/tau)",
        "What is the similarity of a view with itself, after tau?",
        "exp.diagonal()",
        "2.718281828459045",
    ),
    Mistake(
        "16.c",
        "the twin is left out below the line",
        "A real loss (decoupled), another one: does this task's sum hold the twin?",
        "- exp.diagonal()",
        "- exp.diagonal() - exp.roll(N, 1).diagonal()",
    ),
    Mistake(
        "16.a1",
        "each view's score with itself is 0, so it is still among the rivals",
        "What is exp of the score of a view with itself, and what should its share in the sum be?",
        "- exp.diagonal()",
        "- exp.diagonal() + 1",
    ),
    Mistake(
        "16.d", "the vectors are not normalised", "The cosine of what?", "out / out.norm(dim=1, keepdim=True)", "out"
    ),
    Mistake(
        "16.e",
        "normalised over the batch",
        "One length for each vector: which axis goes?",
        "out.norm(dim=1, keepdim=True)",
        "out.norm(dim=0, keepdim=True)",
    ),
    Mistake("16.f", "tau is not used", "Set tau to 100: does anything change?", " / tau", ""),
    Mistake("16.g", "multiplied by tau", "Should a small tau make the softmax sharper or softer?", "/ tau", "* tau"),
    Mistake(
        "16.f1",
        "the positive pair's cosine is not divided by tau",
        "Numerator and denominator: is tau in both?",
        "twin = exp.roll(N, 1).diagonal()",
        "twin = (rows @ rows.T).exp().roll(N, 1).diagonal()",
    ),
    Mistake(
        "16.f2",
        "the cosines in the denominator are not divided by tau",
        "Numerator and denominator: is tau in both?",
        "others = exp.sum(dim=1) - exp.diagonal()",
        "others = (rows @ rows.T).exp().sum(dim=1) - (rows @ rows.T).exp().diagonal()",
    ),
    Mistake("16.h", "a sum instead of a mean", "Take every pair twice: should the loss double?", ".mean()", ".sum()"),
    Mistake(
        "16.i",
        "twins are looked for next to one another",
        "Where does the twin stand after both halves are put behind one another?",
        "exp.roll(N, 1).diagonal()",
        "exp[[i for i in range(2 * N)], [i + 1 - 2 * (i % 2) for i in range(2 * N)]]",
    ),
    Mistake(
        "16.j",
        "only the left views are counted",
        "How many terms has the sum: N or 2N?",
        "(twin / others)",
        "(twin / others)[:N]",
    ),
    Mistake("16.k", "divided by N instead of 2N", "How many terms has the sum?", ".mean()", ".sum() / N"),
    Mistake(
        "16.l",
        "the sign is turned round",
        "A log of a probability is never positive. Is a loss?",
        "return -(twin",
        "return (twin",
    ),
    Mistake(
        "16.m",
        "the log is missing",
        "What does a sure and right answer cost?",
        "(twin / others).log()",
        "(twin / others)",
    ),
    Mistake(
        "16.n",
        "one direction only: left views look for their positive pair among the right ones",
        "Among how many negatives does a view look: N - 1, or 2N - 2? And who looks?",
        "    return -(twin / others).log().mean()",
        "    cross = (rows[:N] @ rows[N:].T / tau).exp()\n"
        "    return -(cross.diagonal() / cross.sum(dim=1)).log().mean()",
    ),
    Mistake(
        "16.n1",
        "the views of its own side are not among the negatives",
        "Among how many negatives does a view look: N - 1, or 2N - 2?",
        "    return -(twin / others).log().mean()",
        "    cross = (rows[:N] @ rows[N:].T / tau).exp()\n"
        "    return -(cross.diagonal() ** 2 / cross.sum(dim=1) / cross.sum(dim=0)).log().mean() / 2",
    ),
    Mistake(
        "16.o",
        "the log of the mean instead of the mean of the logs",
        "Each view has a loss of its own. In which order do log and mean come?",
        "(twin / others).log().mean()",
        "(twin / others).mean().log()",
    ),
]

SIM = [
    Mistake(
        "16.s1",
        "the product is not divided by the lengths",
        "The cosine of two vectors lies between …?",
        " / (z_i.norm() * z_j.norm())",
        "",
    ),
    Mistake(
        "16.s2",
        "divided by the sum of the lengths",
        "Which law of cosines?",
        "z_i.norm() * z_j.norm()",
        "z_i.norm() + z_j.norm()",
    ),
    Mistake(
        "16.s3",
        "only one of the lengths is divided out",
        "Make one vector twice as long: should its cosine change?",
        "(z_i.norm() * z_j.norm())",
        "z_i.norm()",
    ),
    Mistake(
        "16.s4",
        "squared lengths",
        "Make one vector twice as long: should its cosine change?",
        "(z_i.norm() * z_j.norm())",
        "(z_i.norm() * z_j.norm()) ** 2",
    ),
    Mistake(
        "16.s5",
        "the absolute value of the cosine",
        "May two vectors point away from one another?",
        "return (z_i * z_j).sum()",
        "return (z_i * z_j).sum().abs()",
    ),
]

PAIRS = [
    Mistake(
        "16.p1",
        "the vectors are not normalised",
        "The cosine of what?",
        "out_left / out_left.norm(dim=1, keepdim=True)",
        "out_left",
        more=(("out_right / out_right.norm(dim=1, keepdim=True)", "out_right"),),
    ),
    Mistake(
        "16.p2",
        "normalised over the batch",
        "One length for each vector: which axis goes?",
        "out_left.norm(dim=1, keepdim=True)",
        "out_left.norm(dim=0, keepdim=True)",
        more=(("out_right.norm(dim=1, keepdim=True)", "out_right.norm(dim=0, keepdim=True)"),),
    ),
    Mistake(
        "16.p3",
        "the result is (N,), not (N, 1)",
        "What shape does the docstring say?",
        "(left * right).sum(dim=1, keepdim=True)",
        "(left * right).sum(dim=1)",
    ),
    Mistake(
        "16.p4",
        "all rows with all rows",
        "How many twins has each row?",
        "(left * right).sum(dim=1, keepdim=True)",
        "left @ right.T",
    ),
    Mistake(
        "16.p5",
        "only the left vectors are normalised",
        "Make a right vector twice as long: should its cosine change?",
        "out_right / out_right.norm(dim=1, keepdim=True)",
        "out_right",
    ),
    Mistake(
        "16.p6",
        "normalised by one length for all",
        "One length for each vector, please.",
        "out_left.norm(dim=1, keepdim=True)",
        "out_left.norm()",
        more=(("out_right.norm(dim=1, keepdim=True)", "out_right.norm()"),),
    ),
]

MATRIX = [
    Mistake(
        "16.m1",
        "the vectors are not normalised",
        "What should stand on the diagonal?",
        "out / out.norm(dim=1, keepdim=True)",
        "out",
    ),
    Mistake(
        "16.m2",
        "normalised over the batch",
        "What should stand on the diagonal?",
        "out.norm(dim=1, keepdim=True)",
        "out.norm(dim=0, keepdim=True)",
    ),
    Mistake(
        "16.m3",
        "numbers with numbers instead of rows with rows",
        "Which shape should it have?",
        "rows @ rows.T",
        "rows.T @ rows",
    ),
    Mistake(
        "16.m4",
        "normalised by one length for all",
        "One length for each vector, please.",
        "out.norm(dim=1, keepdim=True)",
        "out.norm()",
    ),
    Mistake(
        "16.m5",
        "divided by squared lengths",
        "What should stand on the diagonal?",
        "out.norm(dim=1, keepdim=True)",
        "out.norm(dim=1, keepdim=True) ** 2",
    ),
    Mistake(
        "16.m6",
        "the diagonal is set to 0",
        "Nice for the loss, but is it what this function is asked for?",
        "rows @ rows.T",
        "(rows @ rows.T) * (1 - (rows @ rows.T).new_ones(len(rows)).diag())",
    ),
]


CLIP = [
    Mistake(
        "16.q1",
        "the vectors are not normalised",
        "The cosine of what?",
        "pictures / pictures.norm(dim=1, keepdim=True)",
        "pictures",
        more=(("captions / captions.norm(dim=1, keepdim=True)", "captions"),),
    ),
    Mistake(
        "16.q2",
        "only the pictures look for their captions",
        "Who else is looking for a partner?",
        "return (by_picture + by_caption) / 2",
        "return by_picture",
    ),
    Mistake(
        "16.q3",
        "only the captions look for their pictures",
        "Who else is looking for a partner?",
        "return (by_picture + by_caption) / 2",
        "return by_caption",
    ),
    Mistake(
        "16.q4",
        "a sum of the two directions instead of their mean",
        "What should N pairs all alike cost: ln N, or twice that?",
        "(by_picture + by_caption) / 2",
        "(by_picture + by_caption)",
    ),
    Mistake("16.q5", "tau is not used", "Set tau to 100: does anything change?", " / tau", ""),
    Mistake("16.q6", "multiplied by tau", "Should a small tau make the softmax sharper or softer?", "/ tau", "* tau"),
    Mistake(
        "16.q7",
        "the partner itself is struck out as in SimCLR",
        "Row i is a picture, column i a caption: is that the same thing twice?",
        "scores = pictures @ captions.T / tau",
        "scores = (pictures @ captions.T / tau).fill_diagonal_(-torch.inf)",
    ),
    Mistake(
        "16.q11",
        "the partner itself is struck out as in SimCLR, with -1e9",
        "Row i is a picture, column i a caption: is that the same thing twice?",
        "scores = pictures @ captions.T / tau",
        "scores = (pictures @ captions.T / tau).fill_diagonal_(-1e9)",
    ),
    Mistake(
        "16.q12",
        "the partner's own score is set to 0",
        "Row i is a picture, column i a caption: is that the same thing twice?",
        "scores = pictures @ captions.T / tau",
        "scores = (pictures @ captions.T / tau).fill_diagonal_(0)",
    ),
    Mistake(
        "16.q8",
        "sums over the batch instead of means",
        "Take every pair twice: should the loss double?",
        "return (by_picture + by_caption) / 2",
        "return (by_picture + by_caption) / 2 * len(scores)",
    ),
    Mistake(
        "16.q9",
        "the partner is looked for one row further",
        "Row i goes with which column?",
        "log_softmax(dim=1)[right, right]",
        "log_softmax(dim=1)[right, right.roll(1)]",
        more=(("log_softmax(dim=0)[right, right]", "log_softmax(dim=0)[right, right.roll(1)]"),),
    ),
    Mistake(
        "16.q10",
        "the captions are normalised over the batch",
        "One length for each vector: which axis goes?",
        "captions.norm(dim=1, keepdim=True)",
        "captions.norm(dim=0, keepdim=True)",
    ),
]


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
        LOSS,
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
        SIM,
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
        PAIRS,
        f"{PLAIN}:sim_positive_pairs",
    ),
    Exercise(
        "compute_sim_matrix",
        f"{LIBRARY}:compute_sim_matrix",
        ("matrix",),
        matrix_cases,
        "Four sets of rows of different lengths.",
        "Normalise first, and one matrix product gives every cosine.",
        MATRIX,
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
        CLIP,
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
