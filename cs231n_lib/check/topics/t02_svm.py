"""Topic 02: the linear classifier and the multi-class hinge loss."""

import numpy as np

from ..model import Exercise, Mistake, case, edge
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


SHARED = [  # what both linear losses can do wrong: (id behind the topic's number, title, hint, old, new, more)
    (
        "a",
        "dW is not divided by N",
        "Your loss is a mean over the pictures. Is your gradient?",
        "    dW = dW / N\n",
        "",
        (),
    ),
    (
        "b",
        "neither loss nor gradient is divided by N",
        "Take every picture twice: should the loss double?",
        "    dW = dW / N\n",
        "",
        None,
    ),
    (
        "c",
        "the gradient of the penalty is reg * W for reg * sum(W * W)",
        "What is the derivative of w²?",
        "2 * reg * W",
        "reg * W",
        (),
    ),
    (
        "d",
        "the penalty's gradient is taken from dW instead of W",
        "Which matrix is being punished for being large?",
        "dW + 2 * reg * W",
        "dW + 2 * reg * dW",
        (),
    ),
    (
        "e",
        "half the penalty, in loss and gradient",
        "Loss and gradient agree, but which convention does this task use: reg or reg / 2?",
        "reg * np.sum(W * W)",
        "0.5 * reg * np.sum(W * W)",
        (("2 * reg * W", "reg * W"),),
    ),
    (
        "half",
        "half the penalty in the loss, with the gradient of the whole",
        "Differentiate your own penalty: is that what you add to dW?",
        "reg * np.sum(W * W)",
        "0.5 * reg * np.sum(W * W)",
        (),
    ),
    (
        "noreg",
        "the penalty is missing in the loss",
        "Set reg to 1000: does your loss notice?",
        "reg * np.sum(W * W)",
        "0",
        (),
    ),
    (
        "nodreg",
        "the penalty is missing in the gradient",
        "Set reg to 1000: does your gradient notice?",
        "2 * reg * W",
        "0",
        (),
    ),
    (
        "noboth",
        "there is no penalty at all",
        "Set reg to 1000: does anything change?",
        "reg * np.sum(W * W)",
        "0",
        (("2 * reg * W", "0"),),
    ),
    (
        "sumW",
        "the penalty adds up the weights, not their squares",
        "Can a weight of -3 cancel a weight of 3 in your penalty?",
        "np.sum(W * W)",
        "np.sum(W)",
        (),
    ),
    (
        "root",
        "the penalty is the norm, not the squared norm",
        "Does the penalty of this task have a square root?",
        "np.sum(W * W)",
        "np.sqrt(np.sum(W * W))",
        (),
    ),
    (
        "regN",
        "the penalty is divided by N as well",
        "The penalty is about W alone. Why should it know how many pictures there are?",
        "reg * np.sum(W * W)",
        "reg * np.sum(W * W) / N",
        (("2 * reg * W", "2 * reg * W / N"),),
    ),
    (
        "lossregN",
        "the penalty is divided by N in the loss",
        "When do you divide by N: before or after you add the penalty?",
        "reg * np.sum(W * W)",
        "reg * np.sum(W * W) / N",
        (),
    ),
    (
        "dnumber",
        "the penalty itself, one number, is added to dW",
        "Every weight of the penalty has a derivative of its own. What shape has yours?",
        "2 * reg * W",
        "reg * np.sum(W * W)",
        (),
    ),
    (
        "regdN",
        "the penalty's gradient is divided by N",
        "When do you divide by N: before or after you add the penalty?",
        "dW + 2 * reg * W",
        "dW + 2 * reg * W / N",
        (),
    ),
    (
        "twice",
        "the gradient of the penalty is added for every picture",
        "Is the penalty inside or outside the sum over the pictures?",
        "2 * reg * W",
        "2 * N * reg * W",
        (),
    ),
    (
        "j",
        "the sign of dW is turned round",
        "Downhill or uphill: which way does dW point?",
        "return loss, dW",
        "return loss, -dW",
        (),
    ),
    (
        "flip",
        "the sign of the data part of dW is turned round",
        "The right class's score should go up. Which way does your dW push it?",
        "dW = X.T @ dscores",
        "dW = -X.T @ dscores",
        (),
    ),
    (
        "C",
        "divided by the number of classes instead of pictures",
        "A mean over what?",
        "N = len(X)\n",
        "N = W.shape[1]\n    rows = len(X)\n",
        None,
    ),
    (
        "NC",
        "loss and gradient are divided by N * C, the number of all scores",
        "A mean over what: pictures, or single scores?",
        "N = len(X)\n",
        "N = len(X) * W.shape[1]\n    rows = len(X)\n",
        None,
    ),
    (
        "dNC",
        "dW is divided by N * C, the number of all scores",
        "A mean over what: pictures, or single scores?",
        "dW = dW / N\n",
        "dW = dW / scores.size\n",
        (),
    ),
    (
        "losssum",
        "the loss is a sum over the pictures, the gradient a mean",
        "Take every picture twice: should the loss double?",
        None,
        None,
        (),
    ),
]


def shared(topic, loss_line, undivided, rename, edition):
    """Return the shared mistakes as mistakes of one topic; half the penalty was right in `edition`."""
    found = []
    for id, title, hint, old, new, more in SHARED:
        if id == "b":
            more = ((loss_line, undivided),)
        if id in ("C", "NC"):
            more = rename
        if id == "losssum":
            old, new = loss_line, undivided
        right_then = edition if id == "e" else ""
        found.append(Mistake(f"{topic}.{id}", title, hint, old, new, more=more, edition=right_then))
    return found


FROM_ONES = [  # what a mask of violated margins that starts from ones holds at the right class
    ("ones", "the mask of violated margins starts from ones", "-= (margins > 0).sum(axis=1)"),
    ("count", "all wrong classes are 1 in the mask of violated margins", "= -(margins > 0).sum(axis=1)"),
    ("classes", "the mask of violated margins is 1 everywhere", "= 1 - margins.shape[1]"),
]


def from_ones(topic: str, mask: str) -> list[Mistake]:
    """Return the slips of a mask that starts from ones; `mask` is its name in the plain version."""
    return [
        Mistake(
            f"{topic}.{id}",
            f"{title}, so every class counts in the gradient, violated or not",
            "A margin that is satisfied: how does the loss change when its score moves a little?",
            f"(margins > 0).astype(float)\n    {mask}[np.arange(N), y] = -{mask}.sum(axis=1)",
            f"np.ones_like(margins)\n    {mask}[np.arange(N), y] {right}",
        )
        for id, title, right in FROM_ONES
    ]


SVM = [
    *shared(
        "02",
        "loss = margins.sum() / N",
        "loss = margins.sum()",
        (
            ("correct = scores[np.arange(N), y]", "correct = scores[np.arange(rows), y]"),
            ("margins[np.arange(N), y] = 0", "margins[np.arange(rows), y] = 0"),
            ("dscores[np.arange(N), y] = -", "dscores[np.arange(rows), y] = -"),
        ),
        edition="2016",
    ),
    Mistake(
        "02.f",
        "the right class is counted in the loss",
        "How much loss should a perfect score give? Yours is larger by exactly 1.",
        "loss = margins.sum() / N",
        "loss = np.maximum(0, scores - correct[:, None] + 1).sum() / N",
    ),
    Mistake(
        "02.g",
        "the right class is counted in loss and gradient",
        "What is the margin of the right class against itself? It should not count.",
        "    margins[np.arange(N), y] = 0\n",
        "",
    ),
    Mistake(
        "02.i",
        "the margin of 1 is missing",
        "With W = 0 the loss should be the number of classes minus 1. What is yours?",
        "correct[:, None] + 1)",
        "correct[:, None])",
    ),
    Mistake(
        "02.k",
        "the right class gets -1 instead of minus the number of violated margins",
        "A picture with three violated margins: how often is it subtracted from the right column?",
        "-dscores.sum(axis=1)",
        "-1",
    ),
    Mistake(
        "02.k1",
        "the right class is subtracted once for every other class, violated or not",
        "A margin that is satisfied: does it push the right score up?",
        "-dscores.sum(axis=1)",
        "1 - W.shape[1]",
    ),
    Mistake(
        "02.k2",
        "the right class is added where it should be subtracted",
        "Each violated margin holds -s_y. Which sign does its column of dW get?",
        "-dscores.sum(axis=1)",
        "dscores.sum(axis=1)",
    ),
    Mistake(
        "02.k3",
        "the right class is counted in the gradient",
        "What is the margin of the right class against itself? It should not count.",
        "-dscores.sum(axis=1)",
        "-dscores.sum(axis=1) - 1",
    ),
    Mistake(
        "02.l",
        "the gradient of the right class is missing",
        "Each violated margin holds two scores: s_j and s_y. Which column did you not touch?",
        "dscores[np.arange(N), y] = -dscores.sum(axis=1)",
        "dscores[np.arange(N), y] = 0",
    ),
    Mistake(
        "02.m",
        "only the right class has a gradient",
        "Each violated margin holds two scores: s_j and s_y. Which columns did you not touch?",
        "dW = X.T @ dscores",
        "keep = np.zeros_like(dscores)\n    keep[np.arange(N), y] = 1\n    dW = X.T @ (dscores * keep)",
    ),
    Mistake(
        "02.n",
        "every class counts in the gradient, violated or not",
        "A margin that is satisfied: how does the loss change when its score moves a little?",
        "(margins > 0)",
        "(margins > -1)",
    ),
    *from_ones("02.n", "dscores"),
    Mistake(
        "02.o",
        "the margins themselves stand in the gradient, not 0 or 1",
        "What is the slope of max(0, m) where m > 0?",
        "(margins > 0).astype(float)",
        "margins.copy()",
    ),
    Mistake(
        "02.o1",
        "the table of violated margins holds True and False, so the minus of the count is lost",
        "Which type has margins > 0, and what becomes of -3 in it?",
        "(margins > 0).astype(float)",
        "margins > 0",
    ),
    Mistake(
        "02.p",
        "only the largest margin of each picture is counted",
        "Sum over the other classes, or the worst of them?",
        "margins[np.arange(N), y] = 0\n",
        "margins[np.arange(N), y] = 0\n    margins = margins * (margins == margins.max(axis=1, keepdims=True))\n",
    ),
    Mistake(
        "02.q",
        "the margins are squared",
        "That is the squared hinge loss: a real one, but which one does the task name?",
        "loss = margins.sum() / N",
        "loss = np.square(margins).sum() / N",
    ),
    Mistake(
        "02.r",
        "s_y - s_j instead of s_j - s_y",
        "When the right class leads by far, should the loss be large or small?",
        "scores - correct[:, None] + 1",
        "correct[:, None] - scores + 1",
    ),
    Mistake(
        "02.s",
        "the absolute value instead of max(0, ·)",
        "What does a margin that is satisfied by far cost in your loss?",
        "np.maximum(0, scores - correct[:, None] + 1)",
        "np.abs(scores - correct[:, None] + 1)",
    ),
    Mistake(
        "02.t",
        "the correct scores are taken from X instead of the scores",
        "Are these scores or pixels?",
        "correct = scores[np.arange(N), y]",
        "correct = X[np.arange(N), y % X.shape[1]]",
    ),
    Mistake(
        "02.u",
        "the margin is subtracted instead of added",
        "With W = 0 the loss should be the number of classes minus 1. What is yours?",
        "correct[:, None] + 1",
        "correct[:, None] - 1",
    ),
    Mistake(
        "02.v",
        "the mean runs over pictures and classes",
        "margins.mean() divides by how many numbers?",
        "margins.sum() / N",
        "margins.mean()",
    ),
]


OFTEN = "np.sum(float(N) ** np.arange(1 - N, 1))"  # how often a penalty is added that each picture divides once more
LOOPS = [  # name, title, question, which line is patched, the penalty in it
    (
        "loss",
        "the loss is divided by N inside the loop, once for every picture",
        "How often does the line run that divides the loss?",
        "loss",
        None,
    ),
    (
        "lossreg",
        "the loss is divided by N and given its penalty inside the loop, once for every picture",
        "How often do the lines run that finish the loss?",
        "loss",
        "reg * np.sum(W * W)",
    ),
    (
        "dW",
        "dW is divided by N inside the loop, once for every picture",
        "How often does the line run that divides dW?",
        "dW",
        None,
    ),
    (
        "dWreg",
        "dW is divided by N and given its penalty inside the loop, once for every picture",
        "How often do the lines run that finish dW?",
        "dW",
        "2 * reg * W",
    ),
    (
        "return",
        "the return stands inside the loop, so only the first picture counts",
        "After how many pictures does your function end?",
        "return",
        None,
    ),
]


def loops(topic: str, loss: str, each: str) -> list[Mistake]:
    """Return the slips of a loss in loops: a line after the loop over the pictures stands inside it.

    `loss` is the text that makes the mean loss, `each` the losses picture by picture.
    """
    first = f"({each})[0] / N + reg * np.sum(W * W), np.outer(X[0], dscores[0]) / N + 2 * reg * W"
    lines = {
        "loss": (loss, f"loss = {each} @ float(N) ** np.arange(-N, 0)"),
        "dW": (
            "dW = X.T @ dscores\n    dW = dW / N\n",
            "dW = X.T @ (dscores * float(N) ** np.arange(-N, 0)[:, None])\n",
        ),
        "return": ("return loss, dW", f"return {first}"),
    }
    return [
        Mistake(
            f"{topic}.loop.{name}",
            title,
            question,
            *lines[line],
            more=((penalty, f"{penalty} * {OFTEN}"),) if penalty else (),
        )
        for name, title, question, line, penalty in LOOPS
    ]


TABLES = [  # the tables do not fit, or fit by chance where two sizes are alike
    Mistake(
        "02.column",
        "the right scores are a row where a column is needed",
        "NumPy lays N numbers along the last axis of the scores. Which axis holds the pictures?",
        "correct[:, None]",
        "correct",
    ),
    Mistake(
        "02.pairs",
        "scores[:, y] takes the columns y of every row, not one right score a row",
        "Which shape has scores[:, y], and which has scores[np.arange(N), y]?",
        "correct = scores[np.arange(N), y]",
        "correct = scores[:, y]",
        more=(("correct[:, None]", "correct"),),
    ),
    Mistake(
        "02.pairs.column",
        "scores[:, y] takes the columns y of every row and is made a column as well",
        "Which shape has scores[:, y], and which has scores[np.arange(N), y]?",
        "correct = scores[np.arange(N), y]",
        "correct = scores[:, y]",
    ),
    Mistake(
        "02.T",
        "dW without the transpose of X",
        "dW has the shape (D, C). Which two tables multiply to that shape?",
        "dW = X.T @ dscores",
        "dW = X @ dscores",
    ),
]


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


BINARY = [
    Mistake(
        "02.two.n",
        "dw is not divided by N",
        "Your loss is a mean over the pictures. Is your gradient?",
        "    dw = dw / N\n",
        "",
    ),
    Mistake(
        "02.two.both",
        "neither loss nor gradient is divided by N",
        "Take every picture twice: should the loss double?",
        "    dw = dw / N\n",
        "",
        (("loss = margins.sum() / N", "loss = margins.sum()"),),
    ),
    Mistake(
        "02.two.c",
        "the gradient of the penalty is reg * w for reg * sum(w * w)",
        "What is the derivative of w²?",
        "2 * reg * w",
        "reg * w",
    ),
    Mistake(
        "02.two.nodreg",
        "the penalty is missing in the gradient",
        "Set reg to 1000: does your gradient notice?",
        "2 * reg * w",
        "0",
    ),
    Mistake(
        "02.two.noreg",
        "the penalty is missing in the loss",
        "Set reg to 1000: does your loss notice?",
        "reg * np.sum(w * w)",
        "0",
    ),
    Mistake(
        "02.two.margin",
        "the margin of 1 is missing",
        "With w = 0 the loss should be 1. What is yours?",
        "1 - y * scores",
        "-y * scores",
    ),
    Mistake(
        "02.two.turned",
        "1 + y * score instead of 1 - y * score",
        "A large score of the right sign: should it cost much or nothing?",
        "1 - y * scores",
        "1 + y * scores",
    ),
    Mistake(
        "02.two.y",
        "the label is missing in the loss",
        "Pictures of the class -1 should have negative scores. Where does your loss say so?",
        "1 - y * scores",
        "1 - scores",
    ),
    Mistake(
        "02.two.dy",
        "the label is missing in the gradient",
        "What is the slope of -y * score? It knows which side the picture belongs to.",
        "-y * (margins > 0)",
        "-1.0 * (margins > 0)",
    ),
    Mistake(
        "02.two.sign",
        "the sign of the data part of dw is turned round",
        "The score of a picture of class 1 should go up. Which way does your dw push it?",
        "-y * (margins > 0)",
        "y * (margins > 0)",
    ),
    Mistake(
        "02.two.all",
        "every picture counts in the gradient, violated or not",
        "A margin that is satisfied: how does the loss change when its score moves a little?",
        "-y * (margins > 0)",
        "-1.0 * y",
    ),
    Mistake(
        "02.two.o",
        "the margins themselves stand in the gradient, not 0 or 1",
        "What is the slope of max(0, m) where m > 0?",
        "-y * (margins > 0)",
        "-y * margins",
    ),
    Mistake(
        "02.two.T",
        "dw without the transpose of X",
        "dw has D numbers. Which product with X gives D of them?",
        "dw = X.T @ dscores",
        "dw = X @ dscores",
    ),
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
        [*SVM, *loops("02", "loss = margins.sum() / N", "margins.sum(axis=1)")],
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
        [*SVM, *TABLES],
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
        BINARY,
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
