"""Topic 01: k nearest neighbours."""

from dataclasses import replace

import numpy as np

from ..model import Exercise, Mistake, Remark, case, edge
from ..puzzles import FindMistake, LineOrder
from ..run import Blank, WrongForm

PLAIN = "cs231n_lib.textbook.knn"
LIBRARY = "cs231n_lib.nets.nearest_neighbor:KNearestNeighbor"


def distances(fn, X_train, X):
    """Play a distance method: an object with training rows, then one call."""
    return fn(fn.new(X_train=X_train, y_train=np.zeros(len(X_train), dtype=int)), X)


def pixels(seed, N, M, D):
    """Return whole-numbered pixels, 0..255, of M training and N test rows."""
    rng = np.random.default_rng(seed)
    return {
        "X_train": rng.integers(0, 256, (M, D)).astype(float),
        "X": rng.integers(0, 256, (N, D)).astype(float),
    }


def distance_cases():
    """Sizes all different, a square pair, more draws; edges: one row alone, a test row that is a training row."""
    square, twins, fractions = pixels(2, 4, 4, 6), pixels(4, 3, 5, 4), pixels(5, 2, 7, 3)
    twins["X"][1] = twins["X_train"][3]
    hand = {"X_train": np.array([[0.0, 0, 0], [4, 3, 3]]), "X": np.array([[3.0, 4, 0], [0, 0, 0], [4, 3, 3]])}
    return [
        case("by hand", **hand),
        case("3 test rows and 5 training rows", **pixels(1, 3, 5, 4)),
        case("as many test as training rows", **square),
        case("as many rows as pixels", **pixels(6, 5, 5, 5)),
        case("pixels between 0 and 1", **{n: v / 256 for n, v in fractions.items()}),
        *(case("random pixels", **pixels(s, s % 5 + 2, s % 3 + 6, 9)) for s in range(10, 16)),
        edge("one test row", **pixels(3, 1, 4, 5)),
        edge("a test row that is a training row", **twins),
    ]


def twin_in_float32():
    """A test row that is a training row, in float32: rounding makes some squared distances negative."""
    X = np.random.default_rng(0).uniform(0, 255, (40, 3072)).astype(np.float32)
    return case("identical pictures in float32", X_train=X, X=X.copy())


DISTANCES = [
    Mistake(
        "01.a",
        "the square root is missing",
        "Are these distances, or distances before one last step?",
        "np.sqrt(np.sum(difference**2))",
        "np.sum(difference**2)",
    ),
    Mistake(
        "01.b",
        "the L1 distance (absolute values) instead of the L2 distance",
        "Which norm does the task name? What does it do to each difference before the sum?",
        "np.sqrt(np.sum(difference**2))",
        "np.sum(np.abs(difference))",
    ),
    Mistake(
        "01.c",
        "+2ab in the expansion of (a - b)²",
        "Multiply (a - b)² out once on paper. What is the sign of the middle term?",
        "np.sqrt(np.sum(difference**2))",
        "np.sqrt(np.sum((X[i] + self.X_train[j]) ** 2))",
    ),
    Mistake(
        "01.d",
        "|a|² and |b|² on swapped axes",
        "Which of the two must be a column, so that it varies from row to row?",
        "np.sum(difference**2)",
        "max(0, (X[j] ** 2).sum() - 2 * X[i] @ self.X_train[j] + (self.X_train[i] ** 2).sum())",
    ),
    Mistake(
        "01.e",
        "the middle term ab without its 2",
        "Multiply (a - b)² out once on paper. How often does ab come up?",
        "np.sum(difference**2)",
        "(X[i] ** 2).sum() - X[i] @ self.X_train[j] + (self.X_train[j] ** 2).sum()",
    ),
    Mistake(
        "01.f",
        "pixels subtracted as uint8, so that differences wrap round",
        "What type do your pixels have? What is 10 - 200 in that type?",
        "X[i] - self.X_train[j]",
        "X[i].astype(np.uint8) - self.X_train[j].astype(np.uint8)",
    ),
    Mistake(
        "01.i",
        "rows are training pictures, columns are test pictures",
        "Which picture does row i of dists belong to?",
        "return dists",
        "return dists.T",
    ),
    Mistake(
        "01.j",
        "a mean over the pixels instead of their sum",
        "Would the distance change if each picture were stored twice as large?",
        "np.sum(difference**2)",
        "np.mean(difference**2)",
    ),
    Mistake(
        "01.k",
        "the sum runs over all training rows at once",
        "One number for each pair, please: which axis holds the pixels?",
        "np.sum(difference**2)",
        "np.sum((self.X_train - X[i]) ** 2)",
    ),
    Mistake(
        "01.axis0",
        "the sum runs over the training rows and keeps the pixels",
        "One number for each training row, please: which axis holds the pixels?",
        "dists[i, j] = np.sqrt(np.sum(difference**2))",
        "dists[i] = np.sqrt(np.sum((self.X_train - X[i]) ** 2, axis=0))",
    ),
    Mistake(
        "01.l",
        "the pixels are summed before they are squared",
        "Can a +3 and a -3 cancel in your sum? Should they?",
        "np.sum(difference**2)",
        "np.sum(difference) ** 2",
    ),
    Mistake(
        "01.m",
        "the root is taken of each pixel, before the sum",
        "Root of a sum, or sum of roots?",
        "np.sqrt(np.sum(difference**2))",
        "np.sum(np.sqrt(difference**2)) / np.sqrt(len(difference))",
    ),
    Mistake(
        "01.n",
        "every test row is compared with one and the same training row",
        "How many different training rows does your inner step meet?",
        "self.X_train[j]\n",
        "self.X_train[0]\n",
    ),
    Mistake(
        "01.o",
        "the squared lengths of the training rows are missing",
        "(a - b)² has three terms. Count yours.",
        "np.sum(difference**2)",
        "max(0, (X[i] ** 2).sum() - 2 * X[i] @ self.X_train[j])",
    ),
]

_BY_ID = {m.id: m for m in DISTANCES}


def again(id, old, new):
    """Return a mistake of the loop version as it looks in the version without loops."""
    return replace(_BY_ID[id], old=old, new=new)


NO_LOOPS = [
    again("01.a", "np.sqrt(np.maximum(squares, 0))", "squares"),
    again(
        "01.b",
        "np.sqrt(np.maximum(squares, 0))",
        "np.abs(X[:, None] - self.X_train).sum(axis=2)",
    ),
    again("01.c", "- 2 * cross", "+ 2 * cross"),
    again(
        "01.d",
        "test_squares - 2 * cross + train_squares",
        "test_squares[:, 0] - 2 * cross + train_squares[:, None]",
    ),
    again("01.e", "2 * cross", "cross"),
    again("01.f", "cross =", "X = X.astype(np.uint8)\n        cross ="),
    again("01.i", "np.sqrt(np.maximum(squares, 0))", "np.sqrt(np.maximum(squares, 0)).T"),
    again("01.j", "np.maximum(squares, 0)", "np.maximum(squares, 0) / X.shape[1]"),
    again("01.o", " + train_squares\n", "\n"),
    Mistake(
        "01.y",
        "the squared lengths of the test rows are missing",
        "(a - b)² has three terms. Count yours.",
        "test_squares - 2 * cross",
        "-2 * cross",
    ),
    Mistake(
        "01.z",
        "|a|² is one number for all test rows: the sum runs over rows and pixels",
        "What shape should |a|² have, with one number for each test row?",
        "np.sum(X**2, axis=1, keepdims=True)",
        "np.sum(X**2)",
    ),
    Mistake(
        "01.A",
        "|b|² is one number for all training rows: the sum runs over rows and pixels",
        "What shape should |b|² have, with one number for each training row?",
        "np.sum(self.X_train**2, axis=1)",
        "np.sum(self.X_train**2)",
    ),
    Mistake(
        "01.B",
        "|a|² without keepdims: a row where a column is needed",
        "Broadcasting lines shapes up at their right ends. Where does (N,) land under (N, M)?",
        "axis=1, keepdims=True",
        "axis=1",
    ),
    Mistake(
        "01.C",
        "the squared lengths are summed over the wrong axis",
        "One number for each picture: which axis holds the pixels?",
        "np.sum(self.X_train**2, axis=1)",
        "np.sum(self.X_train**2, axis=0)",
    ),
    Mistake(
        "01.D",
        "the matrix product without .T",
        "Write the shapes under X @ X_train. Which inner sizes must agree?",
        "self.X_train.T",
        "self.X_train",
    ),
    Mistake(
        "01.E",
        "lengths instead of squared lengths in the expansion",
        "|a|² or |a|: which one comes out of (a - b)²?",
        "np.sum(X**2, axis=1, keepdims=True)",
        "np.sqrt(np.sum(X**2, axis=1, keepdims=True))",
        more=(("np.sum(self.X_train**2, axis=1)", "np.sqrt(np.sum(self.X_train**2, axis=1))"),),
    ),
]

CLAMP = Remark(
    "01.clamp",
    "On identical pictures in float32 it gives nan: rounding makes their squared distance about -16. "
    "np.maximum(squares, 0) under the root cures it.",
    twin_in_float32,
)


def distance_exercise(loops, why, plain, mistakes, long_case=None, max_lines=0, remarks=()):
    """Return one of the three distance exercises: the same cases, the same truth."""
    return Exercise(
        f"KNearestNeighbor.compute_distances_{loops}",
        f"{LIBRARY}.compute_distances_{loops}",
        ("dists",),
        distance_cases,
        "A case by hand and 12 sets of pixels: sizes all different, a square case, one row alone, identical pictures.",
        why,
        mistakes,
        plain=f"{PLAIN}:KNearestNeighbor.{plain}",
        play=distances,
        long_case=long_case,
        max_lines=max_lines,
        remarks=remarks,
    )


def vote(fn, y_train, dists, k):
    """Play predict_labels: an object with labels, then one call."""
    return fn(fn.new(X_train=np.zeros((len(y_train), 1)), y_train=y_train), dists, k)


def vote_default(fn, y_train, dists):
    """Play predict_labels without k."""
    return fn(fn.new(X_train=np.zeros((len(y_train), 1)), y_train=y_train), dists)


def votes(fn, y_train, dists, k):
    """Play predict_labels with k, or without it where k is None."""
    return vote_default(fn, y_train, dists) if k is None else vote(fn, y_train, dists, k)


def far(seed, N, M):
    """Return distances (N, M), no two in a row alike."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(M) + 1.5 for _ in range(N)])


def vote_cases():
    """A case by hand, ties of two and of three labels, k = 1, k = M, and more draws."""
    hand = np.array([[4.0, 1, 3, 2], [1.0, 2, 3, 4]])
    rng = np.random.default_rng(7)
    return [
        case("k = 1", y_train=np.array([3, 1, 2, 0, 2]), dists=far(0, 4, 5), k=1),
        case("k left out", y_train=np.array([3, 1, 2, 0, 2]), dists=far(1, 6, 5), k=None),
        case("k = 3 without ties", y_train=np.array([2, 1, 2, 1]), dists=hand, k=3),
        case(
            "a tie of two labels", y_train=np.array([5, 3, 5, 4]), dists=np.array([[1.0, 2, 9, 8], [9, 1.5, 8, 2]]), k=2
        ),
        case(
            "a tie of three labels", y_train=np.array([7, 2, 4, 2]), dists=np.array([[1.0, 9, 2, 3], [2, 3, 1, 9]]), k=3
        ),
        case("k = all", y_train=np.array([1, 4, 4, 0, 1, 4]), dists=far(2, 3, 6), k=6),
        *(case("random votes", y_train=rng.integers(0, 4, 9), dists=far(s, 7, 9), k=s % 5 + 2) for s in range(20, 26)),
    ]


VOTES = [
    Mistake(
        "01.g",
        "a tie goes to the larger label",
        "Two labels have as many votes. Which one wins, by the task?",
        "np.argmax(votes)",
        "len(votes) - 1 - np.argmax(votes[::-1])",
    ),
    Mistake(
        "01.h",
        "a tie goes to the label of the nearest row (as Counter.most_common does)",
        "Two labels have as many votes. Which one wins, by the task?",
        "np.argmax(votes)",
        "max(self.y_train[nearest], key=lambda label: votes[label])",
    ),
    Mistake(
        "01.p",
        "the k farthest rows vote",
        "argsort puts which distances first?",
        "[:k]",
        "[-k:]",
    ),
    Mistake(
        "01.q",
        "only the nearest row is asked, whatever k is",
        "Change k from 1 to 5: does anything in your function change?",
        "[:k]",
        "[:1]",
    ),
    Mistake(
        "01.q2",
        "only the k-th nearest row is asked",
        "k rows should vote. How many does your index take out?",
        "[:k]",
        "[k - 1 : k]",
    ),
    Mistake(
        "01.r",
        "the nearest row is left out",
        "Does the nearest row have a vote? Where does your slice begin?",
        "[:k]",
        "[1 : k + 1]",
    ),
    Mistake(
        "01.s",
        "row numbers are voted on instead of labels",
        "argsort gives positions. What stands at these positions?",
        "np.bincount(self.y_train[nearest])",
        "np.bincount(nearest)",
    ),
    Mistake(
        "01.t",
        "the result is the number of votes, not the label that has them",
        "max or argmax: a height, or the place where it stands?",
        "np.argmax(votes)",
        "np.max(votes)",
    ),
    Mistake(
        "01.u",
        "the labels are averaged",
        "Is class 2 the mean of class 1 and class 3?",
        "np.argmax(votes)",
        "int(np.mean(self.y_train[nearest]))",
    ),
    Mistake(
        "01.v",
        "one neighbour too few or too many votes",
        "How many elements has a[:k]?",
        "[:k]",
        "[: k + 1]",
    ),
    Mistake(
        "01.w",
        "the rarest label wins",
        "Who wins a vote: the most or the fewest?",
        "np.argmax(votes)",
        "np.argmin(votes)",
    ),
    Mistake(
        "01.x",
        "the distances themselves are taken for row numbers",
        "sort or argsort: do you need the distances, or where they stood?",
        "np.argsort(dists[i])[:k]",
        "np.sort(dists[i]).astype(int)[:k] % len(self.y_train)",
    ),
]


def folds(fn, X, y, num_folds):
    """Play cross_validation_folds and name each part of each fold."""
    splits = fn.raw(X, y, num_folds)
    if not hasattr(splits, "__len__") or len(splits) != num_folds:
        got = len(splits) if hasattr(splits, "__len__") else type(splits).__name__
        raise WrongForm("folds", {"count": num_folds, "got": got})
    if all(split is None for split in splits):
        raise Blank
    parts = ("X_train", "y_train", "X_val", "y_val")
    for split in splits:
        if not isinstance(split, (tuple, list)) or len(split) != 4:
            raise WrongForm("arity", {"count": 4, "names": ", ".join(parts), "got": type(split).__name__})
    return {
        f"{part} of fold {i}": value
        for i, split in enumerate(splits, 1)
        for part, value in zip(parts, split, strict=True)
    }


def fold_cases():
    """Folds of one size; edges: folds that cannot be of one size, one row a fold."""

    def rows(N, num_folds, D=3):
        X = np.arange(N * D, dtype=float).reshape(N, D) + 1
        return {"X": X, "y": np.arange(N) * 7 % 5 + 1, "num_folds": num_folds}

    return [
        case("6 rows in 3 folds", **rows(6, 3)),
        case("8 rows in 2 folds", **rows(8, 2)),
        case("12 rows in 4 folds", **rows(12, 4, 2)),
        case("20 rows in 5 folds", **rows(20, 5)),
        edge("11 rows in 4 folds", **rows(11, 4)),
        edge("5 rows in 2 folds", **rows(5, 2)),
        edge("4 rows in 4 folds", **rows(4, 4, 2)),
    ]


FOLDS = [
    Mistake(
        "01.leak",
        "the validation fold is in the training rows as well",
        "Did the pupil see the exam? With k = 1 such a classifier is right on every validation row.",
        "X_folds[:i] + X_folds[i + 1 :]",
        "X_folds",
        more=(("y_folds[:i] + y_folds[i + 1 :]", "y_folds"),),
    ),
    Mistake(
        "01.labels",
        "pictures and labels come from different folds",
        "Row 0 of X_train: is row 0 of y_train its label?",
        "y_folds[:i] + y_folds[i + 1 :]",
        "y_folds[i + 1 :] + y_folds[:i]",
    ),
    Mistake(
        "01.first",
        "the same fold validates every time",
        "How many rows are never used to validate?",
        "X_folds[i], y_folds[i]",
        "X_folds[0], y_folds[0]",
    ),
    Mistake(
        "01.one",
        "only the fold before the validation fold trains",
        "Five folds: how many of them should train while one validates?",
        "X_folds[:i] + X_folds[i + 1 :]",
        "[X_folds[i - 1]]",
        more=(("y_folds[:i] + y_folds[i + 1 :]", "[y_folds[i - 1]]"),),
    ),
    Mistake(
        "01.swap",
        "one fold trains and the rest validates",
        "Which part should be the large one?",
        "(X_train, y_train, X_folds[i], y_folds[i])",
        "(X_folds[i], y_folds[i], X_train, y_train)",
    ),
    Mistake(
        "01.remainder",
        "the rows left over by the division are lost",
        "11 rows in 4 folds: how many rows do your folds hold together?",
        "np.array_split(X, num_folds), np.array_split(y, num_folds)",
        "[np.array_split(a[: len(a) // num_folds * num_folds], num_folds) for a in (X, y)]",
    ),
    Mistake(
        "01.stride",
        "every num_folds-th row instead of consecutive rows",
        "A fair split, but the task asks for consecutive rows. What does np.array_split give?",
        "np.array_split(X, num_folds), np.array_split(y, num_folds)",
        "[[a[i::num_folds] for i in range(num_folds)] for a in (X, y)]",
    ),
]


def pairs(seed, N, M, D):
    """Return N and M rows of whole numbers."""
    rng = np.random.default_rng(seed)
    return {"A": rng.integers(-9, 10, (N, D)).astype(float), "B": rng.integers(-9, 10, (M, D)).astype(float)}


def l1_cases():
    """A case by hand, sizes all different, a square case, more draws; an edge: one row alone."""
    return [
        case("by hand", A=np.array([[1.0, 2, 3], [4, 0, 0]]), B=np.array([[0.0, 0, 0], [3, 2, 1], [1, 1, 1]])),
        case("3 rows and 5 rows", **pairs(1, 3, 5, 4)),
        case("as many rows in both", **pairs(2, 4, 4, 6)),
        *(case("random rows", **pairs(s, s % 5 + 2, s % 3 + 6, 5)) for s in range(10, 14)),
        edge("one row beside four", **pairs(3, 1, 4, 3)),
    ]


L1 = [
    Mistake(
        "01.l1.abs",
        "no absolute value: differences cancel",
        "Can a +3 and a -3 cancel in your sum?",
        "np.abs(differences)",
        "differences",
    ),
    Mistake(
        "01.l1.squares",
        "squares instead of absolute values",
        "Which norm does the task name?",
        "np.abs(differences)",
        "(differences**2)",
    ),
    Mistake(
        "01.l1.l2",
        "the L2 distance instead of the L1 distance",
        "Which norm does the task name?",
        "np.abs(differences).sum(axis=2)",
        "np.sqrt((differences**2).sum(axis=2))",
    ),
    Mistake(
        "01.l1.axis",
        "the sum runs over the wrong axis",
        "differences is (N, M, D). Which letter should vanish?",
        "axis=2",
        "axis=1",
    ),
    Mistake(
        "01.l1.axis0",
        "the sum runs over the rows of A",
        "differences is (N, M, D). Which letter should vanish?",
        "axis=2",
        "axis=0",
    ),
    Mistake(
        "01.l1.mean",
        "a mean instead of a sum",
        "Would the distance double if each row were written twice?",
        "sum(axis=2)",
        "mean(axis=2)",
    ),
    Mistake(
        "01.l1.max",
        "the largest difference instead of their sum",
        "That is a distance too (L∞). Which one does the task name?",
        "sum(axis=2)",
        "max(axis=2)",
    ),
    Mistake(
        "01.l1.turned",
        "rows belong to B, columns to A",
        "Which array does row i of the result belong to?",
        "sum(axis=2)",
        "sum(axis=2).T",
    ),
    Mistake(
        "01.l1.outside",
        "the absolute value is taken after the sum",
        "Absolute value of a sum, or sum of absolute values?",
        "np.abs(differences).sum(axis=2)",
        "np.abs(differences.sum(axis=2))",
    ),
]

EXERCISES = [
    distance_exercise(
        "two_loops",
        "This slow version is the one to trust: the fast ones are compared with it.",
        "compute_distances",
        DISTANCES,
    ),
    distance_exercise(
        "one_loop",
        "One test row against all training rows at once is broadcasting: (M, D) - (D,).",
        "compute_distances",
        DISTANCES,
        lambda: case("long", **pixels(0, 4, 60, 3)),
        120,
    ),
    distance_exercise(
        "no_loops",
        "One matrix product does the work of both loops; that is where the speed of array code comes from.",
        "compute_distances_no_loops",
        NO_LOOPS,
        lambda: case("long", **pixels(0, 80, 60, 3)),
        60,
        (CLAMP,),
    ),
    Exercise(
        "KNearestNeighbor.predict_labels",
        f"{LIBRARY}.predict_labels",
        ("labels",),
        vote_cases,
        "Votes with and without ties, of two and three labels, k from 1 to all, and k left out.",
        "Ties go to the smaller label, so the same data give the same answer everywhere.",
        VOTES,
        plain=f"{PLAIN}:KNearestNeighbor.predict_labels",
        play=votes,
    ),
    Exercise(
        "cross_validation_folds",
        f"{PLAIN}:cross_validation_folds",
        ("splits",),
        fold_cases,
        "Seven splits, even and uneven: each row validates exactly once, and never where it trains.",
        "A row that is in both parts makes k = 1 look perfect: the leak this exercise is about.",
        FOLDS,
        play=folds,
    ),
    Exercise(
        "pairwise_l1",
        f"{PLAIN}:pairwise_l1",
        ("distances",),
        l1_cases,
        "One case by hand and seven random ones, sizes all different and one row alone.",
        "The expansion trick is gone (|a - b| has none), broadcasting is not: (N, 1, D) - (1, M, D).",
        L1,
        long_case=lambda: case("long", **pairs(0, 30, 30, 4)),
        max_lines=40,
    ),
    LineOrder(
        "knn_no_loops_lines",
        "KNearestNeighbor.compute_distances_no_loops",
        "def compute_distances_no_loops(self, X):",
        (
            "squares = test_squares - 2 * cross + train_squares",
            "train_squares = np.sum(self.X_train**2, axis=1)",
            "return np.sqrt(np.maximum(squares, 0))",
            "squares = test_squares + 2 * cross + train_squares",
            "cross = X @ self.X_train.T",
            "test_squares = np.sum(X**2, axis=1, keepdims=True)",
            "cross = X @ self.X_train",
        ),
        (5, 6, 2, 1, 3),
        "The column (N, 1) and the row (M,) are stretched over the (N, M) products: three terms, one array.",
    ),
    FindMistake(
        "knn_mistake",
        """
        def compute_distances_one_loop(self, X):
            dists = np.zeros((len(X), len(self.X_train)))
            for i in range(len(X)):
                differences = self.X_train - X[i]
                squares = np.sum(differences**2, axis=1)
                dists[i] = np.sqrt(squares)
            return dists
        """,
        "np.sum(differences**2, axis=1)",
        "np.sum(differences**2)",
        "the sum runs over all training rows at once",
        "Write the shape of each array beside its line: (M, D), then …? One row of dists must be (M,).",
        "Without axis=1 the sum is a single number, which NumPy then writes into the whole row: no error, and every "
        "column of dists is alike.",
    ),
]
