"""Topic 03: the softmax classifier."""

import numpy as np

from .. import catalogue
from ..model import Exercise, Remark, case, edge
from ..puzzles import FindMistake, LineOrder
from .t02_svm import LIBRARY, PLAIN, images, loss_cases, terms


def large(seed, offset):
    """Return pictures whose scores are near `offset`, different ones from row to row; no probability is close to 0."""
    rng = np.random.default_rng(seed)
    W = rng.uniform(-1, 1, (4, 3))
    X = np.concatenate([rng.uniform(-1, 1, (5, 3)), np.array(offset, float)[:, None]], axis=1)
    W[3] = 1.0  # the last pixel shifts all scores of its row alike
    return {"W": W, "X": X, "y": rng.integers(0, 3, 5), "reg": 0.1}


def softmax_cases():
    """The cases of the linear losses; edges: scores of a thousand, alike and mixed."""
    return [
        *loss_cases(),
        edge("scores near 1000", **large(30, [1000, 1001, 1000, 999, 1000])),
        edge("scores near 1000 beside scores near 0", **large(31, [1000, 0, 5, -1000, 2])),
    ]


def long():
    """Many pictures, to see whether they are looped over."""
    return case("long", **images(0, 120, 5, 6, 0.1))


def underflow():
    """Scores so far apart that the right class's probability is rounded to 0."""
    X = np.array([[1000.0, 0.0], [0.0, 1000.0]])
    return case("scores 1000 apart", W=np.eye(2), X=X, y=np.array([1, 1]), reg=0.0)


LOG_FIRST = Remark(
    "03.o",
    "where a probability rounds to 0 it gives inf or nan: taking the log before the division, "
    "log(sum(exp(s))) - s_y, would not.",
    underflow,
)


def row_cases():
    """A case by hand, random scores, large ones, and ones whose probabilities round to 0."""
    rng = np.random.default_rng(3)
    return [
        case("by hand", s=np.log(np.array([[1.0, 1, 2], [6, 1, 1]])), y=np.array([2, 1])),
        case("as many rows as classes", s=rng.standard_normal((4, 4)), y=np.array([3, 0, 2, 2])),
        *(case("random scores", s=3 * rng.standard_normal((6, 5)), y=rng.integers(0, 5, 6)) for _ in range(4)),
        case("scores near 1000", s=1000 + rng.standard_normal((3, 4)), y=np.array([0, 3, 1])),
        case(
            "large rows beside small ones",
            s=rng.standard_normal((3, 4)) + np.array([[1e4], [0], [-1e4]]),
            y=np.array([1, 1, 2]),
        ),
        case("scores 10000 apart", s=np.array([[1e4, 0, 5], [0, 3.0, -1e4]]), y=np.array([1, 2])),
    ]


def score_cases():
    """The scores of the row cases, without labels."""
    return [case(c.label, s=c.args["s"]) for c in row_cases()]


def target_cases():
    """Rows by hand, certain targets, even ones, random ones, all sizes alike; edges: one row, scores far apart."""

    def soft(seed, N, C, spread=1.0):
        rng = np.random.default_rng(seed)
        return {"s": spread * rng.standard_normal((N, C)), "t": rng.dirichlet(np.ones(C), N)}

    by_hand = {"s": np.log([[1.0, 2, 1], [1, 1, 2]]), "t": np.array([[0.5, 0.25, 0.25], [0, 0, 1.0]])}
    return [
        case("by hand", **by_hand),
        case("one true class a row", s=soft(1, 4, 5)["s"], t=np.eye(5)[[0, 3, 3, 1]]),
        case("every class as likely", s=soft(2, 3, 4)["s"], t=np.full((3, 4), 0.25)),
        case("random targets", **soft(3, 6, 3)),
        case("as many rows as classes", **soft(4, 4, 4)),
        edge("one row", **soft(5, 1, 6)),
        edge("scores of thousands", **soft(6, 3, 4, 1e3)),
    ]


PROOF = "Eleven sets of pictures as for the hinge loss, and scores near 1000, alone and beside small ones."
EXERCISES = [
    Exercise(
        "softmax_loss_naive",
        f"{LIBRARY}:softmax_loss_naive",
        ("loss", "dW"),
        softmax_cases,
        PROOF,
        "With W = 0 the loss is log C: 2.303 for ten classes, a number to expect before any training.",
        catalogue.rows("linear.softmax_loss", "linear.softmax_loss in loops"),
        plain=f"{PLAIN}:softmax_loss",
        terms=terms,
        remarks=(LOG_FIRST,),
    ),
    Exercise(
        "softmax_loss_vectorized",
        f"{LIBRARY}:softmax_loss_vectorized",
        ("loss", "dW"),
        softmax_cases,
        PROOF,
        "The gradient of the scores is p minus 1 at the right class: what is predicted minus what is true.",
        catalogue.rows("linear.softmax_loss"),
        plain=f"{PLAIN}:softmax_loss",
        terms=terms,
        long_case=long,
        max_lines=60,
        remarks=(LOG_FIRST,),
    ),
    Exercise(
        "softmax",
        f"{PLAIN}:softmax",
        ("p",),
        score_cases,
        "Scores by hand, random ones, and scores of 1e4: every row sums to 1, no overflow.",
        "Softmax looks at differences only, so the largest score of a row may be taken off first.",
        catalogue.rows("linear.softmax"),
    ),
    Exercise(
        "softmax_row_losses",
        f"{PLAIN}:softmax_row_losses",
        ("losses",),
        row_cases,
        "Two rows by hand, random ones, and scores up to 1e4.",
        "The log is taken before the division, so a probability that rounds to 0 does no harm.",
        catalogue.rows("linear.softmax_row_losses"),
    ),
    Exercise(
        "soft_targets_loss",
        f"{PLAIN}:soft_targets_loss",
        ("loss", "ds"),
        target_cases,
        "Seven sets of targets: by hand, one true class a row, all classes alike, scores of thousands.",
        "p - t: with one sure class t is 1 there and 0 elsewhere, and the known gradient comes out.",
        catalogue.rows("linear.soft_targets_loss"),
    ),
    LineOrder(
        "softmax_lines",
        "softmax",
        "def softmax(s):",
        (
            "e = np.exp(s)",
            "return e / e.sum(axis=0, keepdims=True)",
            "s = s - s.max(axis=1, keepdims=True)",
            "return e / e.sum(axis=1, keepdims=True)",
            "s = s - s.max()",
        ),
        (3, 1, 4),
        "Shift, exponentiate, divide: after the shift the largest exponential is 1 and nothing overflows.",
    ),
    FindMistake(
        "softmax_mistake",
        """
        def softmax_loss(W, X, y):
            N = len(X)
            scores = X @ W
            scores = scores - scores.max(axis=1, keepdims=True)
            p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
            loss = -np.log(p[np.arange(N), y]).mean()
            dscores = p.copy()
            dscores[np.arange(N), y] -= 1
            dW = X.T @ dscores / N
            return loss, dW
        """,
        "dW = X.T @ dscores / N",
        "dW = -X.T @ dscores / N",
        "the sign of dW is turned round",
        "Follow the right class: which sign has its dscores, and which way does a step against dW move its score?",
        "dscores is p - 1 < 0 at the right class, so a step against dW raises its score. With the minus it climbs.",
    ),
]
