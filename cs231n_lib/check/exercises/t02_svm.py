"""Topic 02: the linear classifier and the multi-class hinge loss."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..puzzles import FindMistake, LineOrder

PLAIN = "cs231n_lib.textbook.linear"
LIBRARY = "cs231n_lib.nets.linear"


def images(seed, N, D, C, reg, size=1.0):
    """Return weights, pictures, labels and reg; most margins are violated, some are not."""
    rng = np.random.default_rng(seed)
    return {
        "W": size * rng.standard_normal((D, C)),
        "X": rng.standard_normal((N, D)),
        "y": rng.integers(0, C, N),
        "reg": reg,
    }


def loss_cases():
    """reg zero and not, sizes all different and all alike, W = 0, more draws; an edge: one picture."""
    zero = images(4, 6, 4, 5, 0.0) | {"W": np.zeros((4, 5))}
    return [
        case("reg = 0", **images(1, 5, 4, 3, 0.0)),
        case("reg = 0.7", **images(2, 5, 4, 3, 0.7)),
        case("as many pictures as pixels and classes", **images(3, 4, 4, 4, 0.3)),
        case("all weights zero", **zero),
        *(
            case("random pictures", **images(s, s % 4 + 5, s % 3 + 2, s % 5 + 3, 0.1 * (s % 7), 0.7))
            for s in range(10, 16)
        ),
        edge("one picture", **images(5, 1, 3, 4, 0.2)),
    ]


def terms(W, X, y, reg):
    """Name what is added too often or forgotten."""
    return {"reg * W": reg * W, "reg * sum(W * W)": reg * np.sum(W * W)}


def long():
    """Many pictures, to see whether they are looped over."""
    return case("long", **images(0, 120, 5, 6, 0.1))


def two_classes(seed, N, D, reg, size=1.0):
    """Return one column of weights, pictures, labels -1 or 1, and reg; some margins are violated, some are not."""
    rng = np.random.default_rng(seed)
    return {
        "w": size * rng.standard_normal(D),
        "X": rng.standard_normal((N, D)),
        "y": rng.choice([-1, 1], N),
        "reg": reg,
    }


def two_class_cases():
    """reg zero and not, sizes different and alike, w = 0, large weights, more draws; an edge: one picture."""
    return [
        case("reg = 0", **two_classes(1, 7, 4, 0.0)),
        case("reg = 0.7", **two_classes(2, 8, 3, 0.7)),
        case("as many pictures as pixels", **two_classes(3, 5, 5, 0.3)),
        case("all weights zero", **two_classes(4, 6, 4, 0.1) | {"w": np.zeros(4)}),
        case("large weights", **two_classes(6, 9, 4, 0.1, 5.0)),
        *(case("random pictures", **two_classes(s, s % 5 + 6, s % 3 + 2, 0.2 * (s % 4))) for s in range(10, 14)),
        edge("one picture", **two_classes(5, 1, 3, 0.2)),
    ]


PROOF = "Eleven sets of pictures: reg zero and not, sizes all different and all alike, one picture, W = 0."
EXERCISES = [
    Exercise(
        "svm_loss_naive",
        f"{LIBRARY}:svm_loss_naive",
        ("loss", "dW"),
        loss_cases,
        PROOF,
        "With W = 0 the loss is C - 1: a number to expect before any training.",
        catalogue.rows("linear.svm_loss", "linear.svm_loss in loops"),
        plain=f"{PLAIN}:svm_loss",
        terms=terms,
        given=("loss",),
    ),
    Exercise(
        "svm_loss_vectorized",
        f"{LIBRARY}:svm_loss_vectorized",
        ("loss", "dW"),
        loss_cases,
        PROOF,
        "The gradient is one matrix product: X.T against a table of 1, 0 and minus the number of violated margins.",
        catalogue.rows("linear.svm_loss", "linear.svm_loss in tables"),
        plain=f"{PLAIN}:svm_loss",
        terms=terms,
        long_case=long,
        max_lines=60,
    ),
    Exercise(
        "binary_hinge_loss",
        f"{PLAIN}:binary_hinge_loss",
        ("loss", "dw"),
        two_class_cases,
        "Ten sets of pictures of two classes: reg zero and not, one picture, w = 0, large weights.",
        "Two classes need one column: its score is the difference of the two scores of before.",
        catalogue.rows("linear.binary_hinge_loss"),
        long_case=lambda: case("long", **two_classes(0, 120, 5, 0.1)),
        max_lines=60,
    ),
    LineOrder(
        "svm_gradient_lines",
        "svm_loss_vectorized",
        "def svm_loss_vectorized(W, X, y, reg):",
        (
            "dscores[rows, y] = -dscores.sum(axis=1)",
            "return margins.sum() / len(X) + reg * np.sum(W * W), dW",
            "margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)",
            "dW = X.T @ dscores / len(X) + reg * W",
            "scores, rows = X @ W, np.arange(len(X))",
            "dscores = (margins > 0).astype(float)",
            "dW = X.T @ dscores / len(X) + 2 * reg * W",
            "margins[rows, y] = 0",
        ),
        (5, 3, 8, 6, 1, 7, 2),
        "The right class is set last: it is the sum of what its row already holds.",
    ),
    FindMistake(
        "svm_mistake",
        """
        def svm_loss_naive(W, X, y, reg):
            loss, dW = 0.0, np.zeros_like(W)
            for i in range(len(X)):
                scores = X[i] @ W
                for j in range(W.shape[1]):
                    if j == y[i]:
                        continue
                    margin = scores[j] - scores[y[i]] + 1
                    if margin > 0:
                        loss += margin
                        dW[:, j] += X[i]
                        dW[:, y[i]] -= X[i]
            loss = loss / len(X) + reg * np.sum(W * W)
            dW = dW / len(X) + 2 * reg * W
            return loss, dW
        """,
        "dW / len(X) + 2 * reg * W",
        "dW / len(X) + reg * W",
        "the gradient of the penalty is reg * W for reg * sum(W * W)",
        "Each line of the loss has a line of the gradient. Differentiate them one by one.",
        "The derivative of w² is 2w. With reg = 0 nothing shows, which is why a check with reg = 0 proves little.",
    ),
]
