"""Topic 03: the softmax classifier."""

import numpy as np

from ..model import Exercise, Mistake, Remark, case, edge
from ..puzzles import FindMistake, LineOrder
from .t02_svm import LIBRARY, PLAIN, images, loops, loss_cases, shared, terms


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


SOFTMAX = [
    *shared(
        "03",
        "    loss = loss / N\n",
        "",
        (
            ("p[np.arange(N), y]).sum()", "p[np.arange(rows), y]).sum()"),
            ("dscores[np.arange(N), y]", "dscores[np.arange(rows), y]"),
        ),
        edition="2016 to 2024",
    ),
    Mistake(
        "03.lossNC",
        "the mean runs over pictures and classes",
        "np.mean of a whole table divides by how many numbers?",
        "loss = loss / N",
        "loss = loss / p.size",
    ),
    Mistake(
        "03.slope",
        "p - 1 is multiplied by p * (1 - p) once more",
        "p - 1 is the derivative of log and softmax together. What is left to multiply by?",
        "dscores[np.arange(N), y] -= 1\n",
        "dscores[np.arange(N), y] -= 1\n    dscores = dscores * p * (1 - p)\n",
    ),
    Mistake(
        "03.s",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "scores - scores.max(axis=1, keepdims=True)",
        "scores",
    ),
    Mistake(
        "03.t",
        "one maximum for all rows",
        "One very large row: what happens to the exponentials of the others?",
        "scores.max(axis=1, keepdims=True)",
        "scores.max()",
    ),
    Mistake(
        "03.u",
        "the maximum runs over the pictures instead of the classes",
        "Softmax cancels what is added to a whole row. Is your maximum one number a row?",
        "scores.max(axis=1, keepdims=True)",
        "scores.max(axis=0, keepdims=True)",
    ),
    Mistake(
        "03.f",
        "the truth does not enter the gradient: 1 is not subtracted at y",
        "Where does the right class enter your gradient?",
        "    dscores[np.arange(N), y] -= 1\n",
        "",
    ),
    Mistake(
        "03.g",
        "the loss takes the log of exp, not of a probability",
        "Is what you take the log of a probability? Do the rows sum to 1?",
        "np.log(p[np.arange(N), y])",
        "np.log(exp[np.arange(N), y])",
    ),
    Mistake(
        "03.v",
        "the gradient uses exp, not the probabilities",
        "Do the rows of what you multiply with X.T sum to 0?",
        "dscores = p.copy()",
        "dscores = exp.copy()",
    ),
    Mistake(
        "03.w",
        "the probabilities sum to 1 over all pictures together",
        "Which numbers should sum to 1: a row, a column, or all?",
        "exp.sum(axis=1, keepdims=True)",
        "exp.sum()",
    ),
    Mistake(
        "03.x",
        "the probabilities sum to 1 over the pictures instead of the classes",
        "Which numbers should sum to 1: a row or a column?",
        "exp.sum(axis=1, keepdims=True)",
        "exp.sum(axis=0, keepdims=True)",
    ),
    Mistake(
        "03.y",
        "the sign of the loss is turned round",
        "A log of a probability is never positive. Is a loss?",
        "-np.log(p",
        "np.log(p",
    ),
    Mistake(
        "03.z",
        "the log is missing",
        "What does a right class of probability 1 cost? And one of probability 0?",
        "-np.log(p[np.arange(N), y]).sum()",
        "-p[np.arange(N), y].sum()",
    ),
    Mistake(
        "03.A",
        "the logs of all classes are added, not that of the right class alone",
        "The loss of a picture asks for one probability. Which?",
        "np.log(p[np.arange(N), y])",
        "np.log(p)",
    ),
    Mistake(
        "03.B",
        "log to the base 2 or 10",
        "The derivative of which log is 1/p?",
        "np.log(p",
        "np.log2(p",
    ),
    Mistake(
        "03.C2",
        "reg enters the loss as an exponent, 0.5**reg",
        "One star or two?",
        "reg * np.sum(W * W)",
        "0.5**reg * np.sum(W * W)",
    ),
    Mistake(
        "03.mixed",
        "the shift is in the sum of the exponentials, but not in the right score",
        "What is taken off every score before exp: is it off the right score as well?",
        "-np.log(p[np.arange(N), y]).sum()",
        "(np.log(exp.sum(axis=1)) - scores[np.arange(N), y]).sum()",
    ),
    Mistake(
        "03.every",
        "1 is subtracted at every class, not at the right one alone",
        "Do the rows of the gradient of the scores sum to 0?",
        "dscores[np.arange(N), y] -= 1",
        "dscores -= 1",
    ),
    Mistake(
        "03.right",
        "only the right class has a gradient",
        "Every score stands in the denominator. Which ones did you not touch?",
        "dscores[np.arange(N), y] -= 1\n",
        "dscores[np.arange(N), y] -= 1\n    dscores = np.where(np.arange(scores.shape[1]) == y[:, None], dscores, 0)\n",
    ),
    Mistake(
        "03.E",
        "1 is taken from the probabilities before the log",
        "Are you still taking the log of a probability?",
        "loss = -np.log(p[np.arange(N), y]).sum()",
        "p[np.arange(N), y] -= 1\n    loss = -np.log(p[np.arange(N), y]).sum()",
        more=(("    dscores[np.arange(N), y] -= 1\n", ""),),
    ),
    Mistake(
        "03.D",
        "1 is added at y instead of subtracted",
        "The right class's score should go up when you step downhill. Which sign does that need?",
        "dscores[np.arange(N), y] -= 1",
        "dscores[np.arange(N), y] += 1",
    ),
]

LOSSES = "-np.log(p[np.arange(N), y])"
LOOPS = loops("03", f"loss = {LOSSES}.sum()\n    loss = loss / N", LOSSES)


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


ROWS = [
    Mistake(
        "03.r.shift",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "s - s.max(axis=1, keepdims=True)",
        "s",
    ),
    Mistake(
        "03.r.global",
        "one maximum for all rows",
        "One very large row: what happens to the exponentials of the others?",
        "s.max(axis=1, keepdims=True)",
        "s.max()",
    ),
    Mistake(
        "03.r.column",
        "the maximum runs over the rows, one for each class",
        "Softmax cancels what is added to a whole row. Is your maximum one number a row?",
        "s.max(axis=1, keepdims=True)",
        "s.max(axis=0, keepdims=True)",
    ),
    Mistake(
        "03.r.log",
        "the log is taken after the division",
        "A probability that rounded to 0 has which log? Take the log before you divide.",
        "np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]",
        "-np.log((np.exp(s) / np.exp(s).sum(axis=1, keepdims=True))[np.arange(len(y)), y])",
    ),
    Mistake(
        "03.r.sign",
        "the sign is turned round",
        "A log of a probability is never positive. Is a loss?",
        "np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]",
        "s[np.arange(len(y)), y] - np.log(np.exp(s).sum(axis=1))",
    ),
    Mistake(
        "03.r.mean",
        "the mean of all rows instead of one loss a row",
        "How many numbers does the task ask for?",
        "return np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]",
        "return np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y])",
    ),
    Mistake(
        "03.r.axis",
        "the exponentials are summed over the rows",
        "Which numbers share one sum: those of a row or of a column?",
        "sum(axis=1)",
        "sum(axis=0)",
    ),
    Mistake(
        "03.r.score",
        "the right class's score is not subtracted",
        "Where does the truth enter?",
        " - s[np.arange(len(y)), y]",
        "",
    ),
]

SOFTMAX_ROWS = [
    Mistake(
        "03.p.shift",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "s - s.max(axis=1, keepdims=True)",
        "s",
    ),
    Mistake(
        "03.p.global",
        "one maximum for all rows",
        "One very large row: what happens to the others?",
        "s.max(axis=1, keepdims=True)",
        "s.max()",
    ),
    Mistake(
        "03.p.column",
        "the maximum runs over the rows, one for each class",
        "Softmax cancels what is added to a whole row. Is your maximum one number a row?",
        "s.max(axis=1, keepdims=True)",
        "s.max(axis=0, keepdims=True)",
    ),
    Mistake(
        "03.p.axis",
        "columns sum to 1 instead of rows",
        "Which numbers should sum to 1?",
        "e.sum(axis=1, keepdims=True)",
        "e.sum(axis=0, keepdims=True)",
    ),
    Mistake(
        "03.p.all",
        "all numbers together sum to 1",
        "Which numbers should sum to 1?",
        "e.sum(axis=1, keepdims=True)",
        "e.sum()",
    ),
    Mistake(
        "03.p.exp",
        "the exponentials are not divided by their sum",
        "Do your rows sum to 1?",
        "e / e.sum(axis=1, keepdims=True)",
        "e",
    ),
    Mistake(
        "03.p.noexp",
        "the scores are divided by their sum without exp",
        "Can a score be negative? Can a probability?",
        "e = np.exp(s)",
        "e = s",
    ),
    Mistake(
        "03.p.log",
        "the log of the probabilities is returned",
        "Is what you return between 0 and 1?",
        "return e / e.sum(axis=1, keepdims=True)",
        "return np.log(e / e.sum(axis=1, keepdims=True))",
    ),
    Mistake(
        "03.p.sign",
        "the signs of the scores are turned round",
        "Which class gets the largest probability?",
        "np.exp(s)",
        "np.exp(-s)",
    ),
    Mistake(
        "03.p.keep",
        "the sums are not kept as a column",
        "Broadcasting lines shapes up at their right ends. Where does (N,) land under (N, C)?",
        "e.sum(axis=1, keepdims=True)",
        "e.sum(axis=1)",
    ),
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


SOFT_TARGETS = [
    Mistake(
        "03.q1",
        "only the likeliest target of each row counts",
        "A target of a quarter is a target as well. Where does it enter?",
        "    loss = -np.sum",
        "    t = np.eye(t.shape[1])[t.argmax(axis=1)]\n    loss = -np.sum",
    ),
    Mistake(
        "03.q2",
        "the loss is not divided by N",
        "Take every row twice: should the loss double?",
        "    loss = loss / N\n",
        "",
    ),
    Mistake(
        "03.q3", "the gradient is not divided by N", "Your loss is a mean. Is your gradient?", "    ds = ds / N\n", ""
    ),
    Mistake(
        "03.q4",
        "the sign of the gradient is turned round",
        "Downhill or uphill?",
        "np.exp(logp) - t",
        "t - np.exp(logp)",
    ),
    Mistake(
        "03.q5",
        "1 is subtracted where there is any target, not the target itself",
        "With one sure class p - 1 is right. What stands in its place when the target is a quarter?",
        "np.exp(logp) - t",
        "np.exp(logp) - (t > 0)",
    ),
    Mistake(
        "03.q6",
        "the gradient is weighted with the targets",
        "Each row's targets sum to 1. What does that make of the sum over the classes?",
        "np.exp(logp) - t",
        "t * (np.exp(logp) - 1)",
    ),
    Mistake(
        "03.q7",
        "divided by N C, the number of all entries",
        "A mean over what: rows, or entries?",
        "loss = loss / N",
        "loss = loss / t.size",
        more=(("ds = ds / N", "ds = ds / t.size"),),
    ),
    Mistake(
        "03.q8",
        "targets and probabilities are exchanged in the loss",
        "Of which of the two is the log taken?",
        "np.sum(t * logp)",
        "np.sum(np.exp(logp) * np.log(np.maximum(t, 1e-12)))",
    ),
    Mistake(
        "03.q9",
        "the log is missing",
        "What does a sure and right answer cost?",
        "np.sum(t * logp)",
        "np.sum(t * np.exp(logp))",
    ),
    Mistake(
        "03.q10",
        "the sign of the loss is turned round",
        "A log of a probability is never positive. Is a loss?",
        "-np.sum",
        "np.sum",
    ),
    Mistake(
        "03.q11",
        "the scores are not shifted before exp",
        "Try scores of 1000. What is exp(1000)?",
        "s = s - s.max(axis=1, keepdims=True)",
        "pass",
    ),
    Mistake(
        "03.q12",
        "the targets' own entropy is taken off (the Kullback-Leibler divergence)",
        "A real loss, another one: what is left when p equals t?",
        "-np.sum(t * logp)",
        "-np.sum(t * (logp - np.log(np.where(t > 0, t, 1))))",
    ),
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
        [*SOFTMAX, *LOOPS],
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
        SOFTMAX,
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
        SOFTMAX_ROWS,
    ),
    Exercise(
        "softmax_row_losses",
        f"{PLAIN}:softmax_row_losses",
        ("losses",),
        row_cases,
        "Two rows by hand, random ones, and scores up to 1e4.",
        "The log is taken before the division, so a probability that rounds to 0 does no harm.",
        ROWS,
    ),
    Exercise(
        "soft_targets_loss",
        f"{PLAIN}:soft_targets_loss",
        ("loss", "ds"),
        target_cases,
        "Seven sets of targets: by hand, one true class a row, all classes alike, scores of thousands.",
        "p - t: with one sure class t is 1 there and 0 elsewhere, and the known gradient comes out.",
        SOFT_TARGETS,
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
